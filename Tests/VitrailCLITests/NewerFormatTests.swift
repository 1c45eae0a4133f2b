import Foundation
import Testing

/// Files of a run that a later version of Vitrail wrote.
@Suite("vitrail on files of a newer format")
struct NewerFormatTests {
  /// Calls `body` with a run that has checkpoints of steps 4 and 6.
  private func withRun(_ body: (_ run: URL, _ data: URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("data")
      let run = folder.appendingPathComponent("run")
      try SampleImages.write(to: data)
      let outcome = try TinyRun.pretrain(data, out: run, "train.steps=6", "train.checkpointSteps=2")
      try #require(outcome.code == 0, "\(outcome.errors)")
      try body(run, data)
    }
  }

  private func checkpoint(_ step: Int, _ run: URL) -> URL {
    run.appendingPathComponent("checkpoints/step-0000000\(step).safetensors")
  }

  /// Makes a file say that it has format 2, with a checksum of another kind.
  private func renew(_ url: URL) throws {
    var data = try Data(contentsOf: url)
    for (old, new) in [
      (#""formatVersion":"1""#, #""formatVersion":"2""#),
      (#""vitrail.checksum":"murmur3-128:"#, #""vitrail.signature":"other3-128:"#),
    ] {
      let place = try #require(data.range(of: Data(old.utf8)))
      try #require(old.utf8.count == new.utf8.count)
      data.replaceSubrange(place, with: Data(new.utf8))
    }
    try data.write(to: url)
  }

  @Test("a newer checkpoint is not resumed from, and not set aside as damaged")
  func resume() throws {
    try withRun { run, _ in
      try renew(checkpoint(6, run))
      let before = TinyRun.files(run)
      let resumed = try Vitrail.run("pretrain", "--resume", "--out", run.path)
      expectError(resumed, "format 2", "up to format 1", "checkpoints", "newer Vitrail")
      #expect(TinyRun.files(run) == before)
      #expect(TinyRun.checkpointStep(run) == 6)
    }
  }

  @Test("commands that read a newer file say so, and name no older one instead")
  func readers() throws {
    try withRun { run, data in
      let out = run.appendingPathComponent("out").path
      let model = run.appendingPathComponent("model.safetensors")
      try renew(model)
      try renew(checkpoint(6, run))
      for weights in [run, model] {
        expectError(
          try Vitrail.run("embed", "--weights", weights.path, "--data", data.path, "--out", out),
          "format 2", model.path, "newer Vitrail")
      }
      for arguments in [
        ["reconstruct", "--weights", run.path, "--data", data.path, "--out", out],
        ["predict", "--weights", model.path, "--data", data.path, "--out", out],
        ["convert", "--from", model.path, "--to", out, "--fold"],
        ["pretrain", "--data", data.path, "--out", out, "--from-weights", run.path] + TinyRun.options,
      ] {
        expectError(try Vitrail.run(arguments), "format 2", "newer Vitrail")
      }
      #expect(!FileManager.default.fileExists(atPath: out + "/recipe.yaml"))
    }
  }

  @Test("instead of a damaged file a checkpoint is named that this version reads")
  func instead() throws {
    try withRun { run, data in
      let model = run.appendingPathComponent("model.safetensors")
      try Data(contentsOf: model).dropLast(100).write(to: model)
      try renew(checkpoint(6, run))
      let out = run.appendingPathComponent("out").path
      expectError(
        try Vitrail.run("embed", "--weights", run.path, "--data", data.path, "--out", out),
        "not a whole safetensors file", "step-00000004.safetensors, which is whole")
    }
  }

  @Test("inspect shows a newer file")
  func inspect() throws {
    try withRun { run, _ in
      let model = run.appendingPathComponent("model.safetensors")
      let present = try parsed(Vitrail.run("inspect", model.path, "--json").output)
      #expect(present["formatVersion"] == .integer(1))
      try renew(model)
      for path in [model.path, run.path] {
        let plain = try Vitrail.run("inspect", path)
        #expect(plain.code == 0 && plain.output.contains("format  2") && plain.output.contains("blocks.0."))
        let newer = try parsed(Vitrail.run("inspect", path, "--json").output)
        #expect(newer["formatVersion"] == .integer(2) && newer["tensors"] == present["tensors"])
      }
    }
  }
}
