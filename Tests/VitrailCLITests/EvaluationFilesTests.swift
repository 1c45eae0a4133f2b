import Foundation
import Imaging
import Platform
import Testing

@Suite("vitrail evaluate: files, stored features, sizes, options")
struct EvaluationFilesTests {
  private func arguments(_ shared: TinyRun.Shared) -> [String] {
    [
      "evaluate", "--weights", shared.run.path + "/model.safetensors", "--train", shared.train.path, "--test",
      shared.test.path, "--no-baselines",
    ]
  }

  @Test("writes a confusion matrix and a table of the classes")
  func confusion() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let outcome = try Vitrail.run(arguments(shared) + ["--evaluators", "linear", "--out", folder.path])
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("input: 16×16×1, shorter side to"))
      let table = try String(
        contentsOf: folder.appendingPathComponent("linear-confusion.csv"), encoding: .utf8
      ).split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
      #expect(table.map { $0[0] } == ["actual", "ash", "birch", "cedar"])
      #expect(table[0] == ["actual", "ash", "birch", "cedar"])
      #expect(table.dropFirst().allSatisfy { $0.dropFirst().compactMap { Int($0) }.reduce(0, +) == 4 })
      let classes = try String(
        contentsOf: folder.appendingPathComponent("linear-classes.csv"), encoding: .utf8)
      #expect(classes.hasPrefix("class,images,recall,precision\nash,4,"))
      let picture = try ImageDecoder.decode(contentsOf: folder.appendingPathComponent("linear-confusion.png"))
      #expect(picture.width > 3 * 40 && picture.height > 3 * 40 && picture.channels == 3)
    }
  }

  @Test("scores stored features as it scores the images")
  func storedFeatures() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let weights = shared.run.path + "/model.safetensors"
      for (name, data) in [("train", shared.train), ("test", shared.test)] {
        let out = folder.appendingPathComponent(name).path
        #expect(
          try Vitrail.run("embed", "--weights", weights, "--data", data.path, "--out", out).code == 0)
      }
      let (train, test) = (folder.path + "/train", folder.path + "/test")
      let stored = try parsed(
        Vitrail.run("evaluate", "--train-features", train, "--test-features", test, "--json", "-").output)
      let images = try parsed(Vitrail.run(arguments(shared) + ["--json", "-"]).output)
      for key in ["linear", "knn"] {
        let scores = [stored, images].map { $0.entries["evaluators"]?.entries[key]?.entries["top1"] }
        #expect(scores[0] != nil && scores[0] == scores[1])
      }
      let one = try Vitrail.run("evaluate", "--train-features", train, "--evaluators", "knn")
      #expect(one.code == 0 && one.output.contains("knn k = 5"), "one set: each is left out")
      expectError(
        try Vitrail.run("evaluate", "--train-features", train), "linear wants a test set", train, "--hold-out"
      )
      let origin = folder.appendingPathComponent("test/origin.json")
      let said = try String(contentsOf: origin, encoding: .utf8)
      let pair = ["evaluate", "--train-features", train, "--test-features", test]
      try said.replacing("bicubic", with: "bilinear").write(to: origin, atomically: true, encoding: .utf8)
      expectError(try Vitrail.run(pair), "prepared otherwise", "bilinear", test, "same --weights")
      try said.replacing(#""weights":""#, with: #""weights":"0"#).write(
        to: origin, atomically: true, encoding: .utf8)
      expectError(try Vitrail.run(pair), "another encoder", test)
      try FileManager.default.removeItem(at: origin)
      #expect(try Vitrail.run(pair).code == 0, "other programs' features do not say what made them")
      let labels = folder.appendingPathComponent("train/labels.npy")
      try Data(contentsOf: labels).dropLast(8).write(to: labels)
      expectError(
        try Vitrail.run("evaluate", "--train-features", train, "--test-features", test), "labels.npy",
        "vitrail embed")
      expectError(
        try Vitrail.run("evaluate", "--train-features", folder.path), "cannot read the array", "features.npy")
    }
  }

  @Test(
    "keeps features by content, and computes them again when an image, the weights or nothing is the same")
  func cache() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let train = folder.appendingPathComponent("train")
      try FileManager.default.copyItem(at: shared.train, to: train)
      func scores(_ more: String...) throws -> (text: String, errors: String) {
        let outcome = try Vitrail.run(
          [
            "evaluate", "--weights", shared.run.path + "/model.safetensors", "--train", train.path, "--test",
            shared.test.path, "--json", "-", "--evaluators", "knn",
          ] + more)
        #expect(outcome.code == 0, "\(outcome.errors)")
        return (outcome.output, outcome.errors)
      }
      let first = try scores("--no-cache")
      #expect(try scores().text == first.text)
      let again = try scores()
      #expect(again.text == first.text && !again.errors.contains("encoding"), "nothing is left to compute")
      // The content counts, not the name.
      let (old, new) = (train.appendingPathComponent("ash/0.png"), train.appendingPathComponent("ash/00.png"))
      try FileManager.default.moveItem(at: old, to: new)
      #expect(try !scores().errors.contains("encoding \(36) train"))
      try FileManager.default.removeItem(at: new)
      try SampleImages.image(class: 2, seed: 77, width: 12, height: 20, channels: 1).writePNG(to: old)
      #expect(try scores().errors.contains("encoding 36 train images"))
    }
  }

  @Test("scores several input sizes")
  func sizes() throws {
    let shared = try TinyRun.shared.get()
    let sweep = arguments(shared) + ["--evaluators", "knn", "--sweep-resize"]
    let outcome = try Vitrail.run(sweep + ["24,16,12", "--json", "-"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let rows = try parsed(outcome.output).entries["sizes"]?.list ?? []
    #expect(rows.map { $0.entries["size"] } == [.integer(12), .integer(16), .integer(24)])
    let own = try parsed(Vitrail.run(arguments(shared) + ["--evaluators", "knn", "--json", "-"]).output)
    #expect(
      rows.count == 3
        && rows[1].entries["evaluators"]?.entries["knn"] == own.entries["evaluators"]?.entries["knn"])
    #expect(try Vitrail.run(sweep + ["16"]).output.contains("16 (own)"))
    expectError(try Vitrail.run(sweep + ["18"]), "no multiple of the patch's 4", "choose 16 or 20")
  }

  @Test("takes options of evaluators, and says what is wrong with them")
  func options() throws {
    let shared = try TinyRun.shared.get()
    let knn = arguments(shared) + ["--evaluators", "knn", "--set"]
    let outcome = try Vitrail.run(knn + ["knn.k=[3,4]"])
    #expect(outcome.output.contains("knn k = 3") && !outcome.output.contains("knn k = 20"))
    expectError(try Vitrail.run(knn + ["knn.k=[0]"]), "k is [0]", "knn.k", "1 or more")
    expectError(try Vitrail.run(knn + ["knn.q=1"]), "q", "knn")
    expectError(try Vitrail.run(knn + ["linear.l2=[1]"]), "'linear' is not among the evaluators", "--set")
    expectError(try Vitrail.run(knn + ["knn=3"]), "'knn' is no option", "knn.key=value")
  }
}
