import Foundation
import Platform
import Testing
import VisionTransformer

@Suite("vitrail on wrong weights and run folders")
struct WeightsTests {
  @Test("refuses files that hold no encoder of this kind")
  func wrongFiles() throws {
    let shared = try TinyRun.shared.get()
    let model = shared.run.appendingPathComponent("model.safetensors")
    try withTemporaryFolder { folder in
      func expectRefusal(_ file: URL, _ word: String, inspects: Bool = false) throws {
        let out = folder.appendingPathComponent("out").path
        let embedded = try Vitrail.run(
          "embed", "--weights", file.path, "--data", shared.test.path, "--out", out)
        expectError(embedded, file.path, word)
        #expect(!FileManager.default.fileExists(atPath: out))
        let inspected = try Vitrail.run("inspect", file.path)
        if inspects { #expect(inspected.code == 0) } else { expectError(inspected, file.path) }
      }
      func write(_ name: String, _ data: Data) throws -> URL {
        let file = folder.appendingPathComponent(name)
        try data.write(to: file)
        return file
      }
      let whole = try Data(contentsOf: model)
      try expectRefusal(folder.appendingPathComponent("missing"), "cannot read")
      try expectRefusal(write("empty", Data()), "0 bytes")
      try expectRefusal(write("text", Data("these are no weights at all".utf8)), "does not begin with")
      try expectRefusal(write("truncated", whole.prefix(whole.count - 100)), "does not fit the file")
      try expectRefusal(write("head", whole.prefix(100)), "header claims")
      let foreign = folder.appendingPathComponent("foreign")
      try SafetensorsFile.write([], metadata: ["format": "pt"], to: foreign)
      try expectRefusal(foreign, "no encoder in this file", inspects: true)

      // Changed on purpose: the checksum is left out.
      var other = whole
      let checksum = try #require(other.range(of: Data(#""vitrail.checksum":"murmur3-128:"#.utf8)))
      other.replaceSubrange(checksum, with: Data(#""vitrail.leftover":"another-128:"#.utf8))
      let range = try #require(other.range(of: Data(#"\"depth\":1"#.utf8)))
      other.replaceSubrange(range, with: Data(#"\"depth\":2"#.utf8))
      try expectRefusal(write("deeper", other), "its configuration asks for more", inspects: true)
      try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("norun"), withIntermediateDirectories: true)
      try expectRefusal(folder.appendingPathComponent("norun"), "no weights in this folder")
    }
  }

  @Test("resumes only what can be resumed")
  func resume() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let none = folder.appendingPathComponent("none").path
      expectError(try Vitrail.run("pretrain", "--resume", "--out", none), "no run to resume", none)
      expectError(
        try Vitrail.run("pretrain", "--resume", "--out", shared.run.path, "--lanes", "2"),
        "train.lanes is 1 in the run, and 2 on the command line")
      expectError(
        try Vitrail.run("pretrain", "--resume", "--out", shared.run.path, "--set", "model.width=8"),
        "model.width is 16 in the run, and 8 on the command line")
      expectError(try Vitrail.run("pretrain", "--resume"), code: 64, "--out DIR")
      let taken = try TinyRun.pretrain(shared.train, out: shared.run)
      expectError(taken, "holds a run already", shared.run.path, "--resume")

      // A checkpoint of another architecture, and then one that is damaged.
      let run = folder.appendingPathComponent("run")
      #expect(try TinyRun.pretrain(shared.train, out: run, "train.steps=4", "model.width=32").code == 0)
      let last = run.appendingPathComponent("checkpoints/last.safetensors")
      try FileManager.default.removeItem(at: last)
      try FileManager.default.copyItem(
        at: shared.run.appendingPathComponent("checkpoints/step-00000006.safetensors"), to: last)
      let resume = ["pretrain", "--resume", "--out", run.path]
      expectError(try Vitrail.run(resume), "since step 6: model.width is 32, was 16", "--from-weights")
      try Data(contentsOf: last).prefix(5000).write(to: last)
      let resumed = try Vitrail.run(resume)
      #expect(resumed.code == 0, "the checkpoint of step 4 is whole: \(resumed.errors)")
      #expect(
        resumed.errors.contains("passed over") && resumed.errors.contains("not a whole safetensors file"))
    }
  }

  @Test("inspect shows kind, parameters, tensors, step and recipe")
  func inspect() throws {
    let run = try TinyRun.shared.get().run
    var parameters: [Int?] = []
    for (path, kind) in [
      ("", "run"), ("model.safetensors", "model"), ("checkpoints/last.safetensors", "checkpoint"),
    ] {
      let place = run.appendingPathComponent(path).path
      let plain = try Vitrail.run("inspect", place)
      #expect(plain.code == 0 && plain.output.contains("blocks.0."))
      let json = try parsed(Vitrail.run("inspect", place, "--json").output).entries
      #expect(json["kind"] == .string(kind))
      #expect(json["step"] == .integer(6))
      #expect(json["config"]?.entries["width"] == .integer(16))
      #expect(json["recipe"]?.entries["train"]?.entries["batchSize"] == .integer(8))
      guard case .array(let tensors)? = json["tensors"] else {
        Issue.record("no tensors")
        continue
      }
      #expect(tensors.allSatisfy { Set($0.entries.keys) == ["name", "shape", "dtype"] })
      parameters.append(json["parameters"]?.double.map { Int($0) })
    }
    #expect(parameters[0] == parameters[1])
    let scalars = try TinyRun.tensors(run.appendingPathComponent("checkpoints/last.safetensors"))
      .filter { !$0.key.hasPrefix("optimizer.") }.values.reduce(0) { $0 + $1.count }
    #expect(parameters[2] == scalars, "the optimiser's moments are no parameters")
  }

  @Test("inspect writes control characters of a file's names out")
  func controlCharacters() throws {
    try withTemporaryFolder { folder in
      let header =
        "{\"a\\u001b[2Jb\\nc\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}"
      let size = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
      let file = folder.appendingPathComponent("odd.safetensors")
      try (size + Data(header.utf8)).write(to: file)
      let outcome = try Vitrail.run("inspect", file.path)
      #expect(outcome.code == 0 && outcome.output.contains("a\\u{1B}[2Jb\\u{A}c"), "\(outcome)")
      #expect(!outcome.output.contains("\u{1B}"))
    }
  }
}
