import Foundation
import Imaging
import Platform
import Testing

@Suite("vitrail evaluate, embed and reconstruct")
struct EvaluateTests {
  private func expectScores(_ text: String) throws {
    let report = try parsed(text).entries
    #expect(
      Set(report.keys) == ["weights", "train", "test", "identity", "directions", "evaluators"])
    #expect(report["train"] == .object(["images": .integer(36), "classes": .integer(3)]))
    #expect(report["test"] == .object(["images": .integer(12), "classes": .integer(3)]))
    let evaluators = report["evaluators"]?.entries ?? [:]
    let linear = evaluators["linear"]?.entries ?? [:]
    let nearest = evaluators["knn"]?.entries ?? [:]
    #expect(Set(linear.keys).isSuperset(of: ["top1", "top5", "l2", "baselines"]))
    #expect(Set(nearest.keys).isSuperset(of: ["top1", "baselines"]))
    let neighbors: Set = ["1", "5", "10", "20", "200"]
    let votes = nearest["baselines"]?.entries ?? [:]
    #expect(Set(nearest["top1"]?.entries.keys ?? [:].keys) == neighbors)
    #expect(Set(votes["pixels"]?.entries.keys ?? [:].keys) == neighbors)
    #expect(Set(votes["randomInit"]?.entries.keys ?? [:].keys) == neighbors)
    let baselines = linear["baselines"]?.entries ?? [:]
    #expect(Set(baselines.keys) == ["chance", "pixels", "randomInit"])
    let fractions =
      [linear["top1"], linear["top5"], votes["chance"]] + baselines.values.map { $0 }
      + (nearest["top1"]?.entries.values.map { $0 } ?? [])
    #expect(fractions.allSatisfy { (0...1).contains($0?.double ?? -1) })
    #expect(baselines["chance"]?.double.map { abs($0 - 1.0 / 3) <= 1e-12 } == true)
    // The classes differ in brightness: raw pixels tell them apart.
    #expect(baselines["pixels"]?.double == 1)
  }

  @Test("writes the documented JSON to a file, the run folder and standard output")
  func evaluate() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("scores.json")
      // A run of its own: others complete the record of the shared one.
      let run = try shared.copy(in: folder)
      let arguments = [
        "evaluate", "--weights", run.path, "--train", shared.train.path, "--test", shared.test.path,
      ]
      let outcome = try Vitrail.run(arguments + ["--json", file.path])
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("random init") && outcome.output.contains("chance"))
      let text = try String(contentsOf: file, encoding: .utf8)
      try expectScores(text)
      let record = try parsed(
        String(contentsOf: run.appendingPathComponent("evaluation.json"), encoding: .utf8))
      let scores = try parsed(text)
      for name in ["linear", "knn"] {
        let measures = record["evaluators"]?[name]?["measures"]
        #expect(measures != nil && measures == scores["evaluators"]?[name]?["measures"])
      }
      #expect(try Vitrail.run(arguments + ["--json", "-"]).output == text, "scores repeat to the bit")
      let report = try Vitrail.run("report", run.path)
      #expect(
        report.code == 0 && report.output == run.appendingPathComponent("report.html").path + "\n")

      let one = try parsed(Vitrail.run(arguments + ["--evaluators", "knn", "--json", "-"]).output)
      #expect(one.entries["evaluators"]?.entries.keys.map { $0 } == ["knn"])
      expectError(try Vitrail.run(arguments + ["--evaluators", "knm"]), "--evaluators", "did you mean 'knn'")
      expectError(try Vitrail.run(arguments + ["--evaluators", ""]), code: 64, "--evaluators")
      expectError(try Vitrail.run(arguments + ["--json", "/proc/none/x.json"]), "/proc/none/x.json")
    }
  }

  @Test("wants classes, at least two to learn from; a test class that was not learnt is always wrong")
  func classes() throws {
    let shared = try TinyRun.shared.get()
    let arguments = ["evaluate", "--weights", shared.run.path + "/model.safetensors"]
    try withTemporaryFolder { folder in
      let flat = folder.appendingPathComponent("flat").path
      try FileManager.default.copyItem(atPath: shared.test.appendingPathComponent("ash").path, toPath: flat)
      expectError(
        try Vitrail.run(arguments + ["--train", flat, "--test", shared.test.path]), "no classes", flat,
        "own folder")
      expectError(
        try Vitrail.run(arguments + ["--train", shared.train.path, "--test", flat]), "no classes", flat)
      let two = folder.appendingPathComponent("two")
      try SampleImages.write(to: two, classes: ["ash", "birch"], count: 8)
      let outcome = try Vitrail.run(
        arguments + ["--train", two.path, "--test", shared.test.path, "--json", "-"])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let linear = try parsed(outcome.output).entries["evaluators"]?.entries["linear"]?.entries ?? [:]
      #expect((linear["top1"]?.double ?? 1) <= 8.0 / 12)
      #expect((linear["top5"]?.double ?? 1) <= 8.0 / 12)
      let one = folder.appendingPathComponent("one")
      try SampleImages.write(to: one, classes: ["ash"], count: 8)
      expectError(
        try Vitrail.run(arguments + ["--train", one.path, "--test", shared.test.path]), "every train image",
        "at least two classes")
    }
  }

  @Test("several labels an image come from a list")
  func labelSets() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      func list(_ name: String, _ images: URL, count: Int) throws -> String {
        let rows = [("ash", "dark|tree"), ("birch", "tree"), ("cedar", "")].flatMap { (kind, labels) in
          (0..<count).map { "\(images.path)/\(kind)/\($0).png,\(labels)" }
        }
        let file = folder.appendingPathComponent(name)
        try Data((["path,labels"] + rows).joined(separator: "\n").utf8).write(to: file)
        return file.path
      }
      let arguments = [
        "evaluate", "--weights", shared.run.path, "--train", try list("train.csv", shared.train, count: 12),
        "--test", try list("test.csv", shared.test, count: 4), "--out", folder.path,
      ]
      let outcome = try Vitrail.run(arguments + ["--evaluators", "multiLabel", "--json", "-"])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let found = try parsed(outcome.output).entries["evaluators"]?.entries["multiLabel"]?.entries ?? [:]
      #expect((0...1).contains(found["meanAveragePrecision"]?.double ?? -1))
      guard case .array(let lines)? = found["measures"] else { throw Failure("no lines", at: "", mend: "") }
      #expect(lines.map { $0["name"] } == [.string("mAP"), .string("micro F1"), .string("macro F1")])
      let baselines = found["baselines"]?.entries ?? [:]
      #expect(baselines["pixels"]?.double == 1, "the classes differ in brightness")
      #expect(baselines["chance"]?.double.map { abs($0 - 0.5) <= 1e-12 } == true)
      let table = try String(
        contentsOf: folder.appendingPathComponent("multiLabel-classes.csv"), encoding: .utf8)
      #expect(table.split(separator: "\n").map { $0.prefix(8) }.dropFirst() == ["dark,12,", "tree,24,"])
      expectError(
        try Vitrail.run(arguments + ["--evaluators", "linear"]), "several labels", "--evaluators multiLabel")
    }
  }

  @Test("linearSGD reads its places, and MAE's protocol its augmented passes, which are kept")
  func linearSGD() throws {
    let shared = try TinyRun.shared.get()
    func scores(_ protocolName: String, _ pairs: String...) throws -> [String: JSONValue] {
      let outcome = try Vitrail.run(
        [
          "evaluate", "--weights", shared.run.path, "--train", shared.train.path, "--test", shared.test.path,
          "--evaluators", "linearSGD", "--json", "-",
        ] + TinyRun.settings((["protocol=\(protocolName)"] + pairs).map { "linearSGD.\($0)" }))
      #expect(outcome.code == 0, "\(outcome.errors)")
      return try parsed(outcome.output).entries["evaluators"]?.entries["linearSGD"]?.entries ?? [:]
    }
    let grid = try scores("dinov2", "iterations=40", "batchSize=8", "learningRates=[0.01,0.1]")
    #expect(grid["chosen"]?["learningRate"] != nil && grid["baselines"]?["randomInit"] != nil)
    let short = ["epochs=12", "warmupEpochs=2", "augmentedPasses=2"]
    let augmented = try scores("mae", short[0], short[1], short[2])
    #expect(augmented["augmentedPasses"] == .integer(2) && augmented["baselines"]?["pixels"] == nil)
    #expect(augmented["baselines"]?["randomInit"] != nil)
    #expect(try scores("mae", short[0], short[1], short[2]) == augmented, "scores repeat to the bit")
    let plain = try scores("mae", short[0], short[1], "augmentedPasses=0")
    #expect(plain["trainLoss"] != augmented["trainLoss"] && plain["baselines"]?["pixels"] != nil)
  }

  @Test("embed writes NumPy arrays whose rows do not depend on the lanes")
  func embed() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      var matrices: [[Float]] = []
      for lanes in ["1", "3"] {
        let out = folder.appendingPathComponent("new/features-\(lanes)")
        let outcome = try Vitrail.run(
          "embed", "--weights", shared.run.path, "--data", shared.test.path, "--out", out.path, "--lanes",
          lanes)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let features = try array(out.appendingPathComponent("features.npy"))
        #expect(features.header.contains("'descr': '<f4', 'fortran_order': False, 'shape': (12, 16)"))
        #expect(features.body.count == 12 * 16 * 4)
        matrices.append(
          stride(from: 0, to: features.body.count, by: 4).map { place in
            Float(
              bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(features.body[place + $1]) << (8 * $1) })
          })
        let labels = try array(out.appendingPathComponent("labels.npy"))
        #expect(labels.header.contains("'descr': '<i8', 'fortran_order': False, 'shape': (12,)"))
        let zeros = [UInt8](repeating: 0, count: 7)
        let wanted = (0..<12).map { [UInt8($0 / 4)] + zeros }
        #expect(labels.body == Array(wanted.joined()))
        let paths = try String(contentsOf: out.appendingPathComponent("paths.txt"), encoding: .utf8)
          .split(separator: "\n")
        #expect(paths.count == 12 && paths[4].hasSuffix("test/birch/0.png"))
        let classes = try String(contentsOf: out.appendingPathComponent("classes.txt"), encoding: .utf8)
        #expect(classes == "ash\nbirch\ncedar\n")
      }
      let error = zip(matrices[0], matrices[1]).map { abs($0 - $1) }.max() ?? .nan
      #expect(error <= 1e-5)
      expectError(
        try Vitrail.run(
          "embed", "--weights", shared.run.path, "--data", shared.test.path, "--out", "/proc/none/x"),
        "cannot write there", "/proc/none")
    }
  }

  /// The header and the values of a NumPy file of version 1.0.
  private func array(_ url: URL) throws -> (header: String, body: [UInt8]) {
    let bytes = [UInt8](try Data(contentsOf: url))
    try #require(Array(bytes.prefix(8)) == [0x93] + Array("NUMPY".utf8) + [1, 0])
    let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    #expect(start % 64 == 0 && bytes[start - 1] == UInt8(ascii: "\n"))
    return (String(decoding: bytes[10..<start], as: UTF8.self), Array(bytes[start...]))
  }

  @Test("reconstruct draws three columns and a row an image")
  func reconstruct() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      func size(_ count: String) throws -> (width: Int, height: Int) {
        let out = folder.appendingPathComponent("grid-\(count).png")
        let outcome = try Vitrail.run(
          "reconstruct", "--weights", shared.run.path, "--data", shared.test.path, "--out", out.path,
          "--count", count)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let image = try ImageDecoder.decode(contentsOf: out)
        return (image.width, image.height)
      }
      let (one, two, five) = (try size("1"), try size("2"), try size("5"))
      #expect(one.width == two.width && two.width == five.width)
      let row = two.height - one.height
      #expect(row >= 16 && five.height - two.height == 3 * row)
      #expect(one.width >= 3 * 16)

      let options = ["reconstruct", "--data", shared.test.path, "--out", folder.path + "/x.png", "--weights"]
      expectError(
        try Vitrail.run(options + [shared.run.path + "/model.safetensors"]), "an encoder alone",
        "model.safetensors", "checkpoint")
      expectError(try Vitrail.run(options + [shared.run.path, "--count", "0"]), code: 64, "--count")
    }
  }
}
