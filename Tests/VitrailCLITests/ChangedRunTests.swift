import Foundation
import Platform
import Testing

@Suite("A run that goes on with something changed")
struct ChangedRunTests {
  /// A finished run of six steps on images of its own.
  private func withRun(_ body: (_ run: URL, _ data: URL, _ resume: [String]) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let (run, data) = (folder.appendingPathComponent("run"), folder.appendingPathComponent("data"))
      try SampleImages.write(to: data, count: 12)
      let outcome = try TinyRun.pretrain(data, out: run, "train.steps=6")
      try #require(outcome.code == 0, "\(outcome.errors)")
      try body(run, data, ["pretrain", "--resume", "--out", run.path])
    }
  }

  private func edit(_ run: URL, _ pairs: [(String, String)]) throws {
    let url = run.appendingPathComponent("recipe.yaml")
    var text = try String(contentsOf: url, encoding: .utf8)
    for (old, new) in pairs {
      try #require(text.contains(old))
      text = text.replacingOccurrences(of: old, with: new)
    }
    try text.write(to: url, atomically: true, encoding: .utf8)
  }

  private let more = ("steps: 6", "steps: 8")

  @Test("more steps, more lines and more threads are no change; a set that was moved is the same")
  func free() throws {
    try withRun { run, data, resume in
      try edit(run, [more, ("logSteps: 2", "logSteps: 1")])
      let outcome = try Vitrail.run(resume)
      #expect(outcome.code == 0 && !outcome.errors.contains("note:"), "\(outcome.errors)")
      #expect(try TinyRun.loggedSteps(run).last == 8)

      try edit(run, [("steps: 8", "steps: 9")])
      let moved = data.deletingLastPathComponent().appendingPathComponent("moved")
      try FileManager.default.moveItem(at: data, to: moved)
      let second = try Vitrail.run(resume + ["--data", moved.path])
      #expect(second.code == 0 && !second.errors.contains("note:"), "\(second.errors)")
    }
  }

  @Test("images that are gone or new are refused by name, and taken on purpose")
  func images() throws {
    try withRun { run, data, resume in
      try edit(run, [more])
      try FileManager.default.removeItem(at: data.appendingPathComponent("birch/3.png"))
      let change = "36 images when it was stopped, 35 now; first difference: birch/3.png is missing"
      expectError(try Vitrail.run(resume), change, data.path, "--accept-changed-data")
      #expect(try TinyRun.loggedSteps(run).last == 6)
      let accepted = try Vitrail.run(resume + ["--accept-changed-data"])
      #expect(accepted.code == 0, "\(accepted.errors)")
      #expect(accepted.errors.contains("note: going on from step 6 with other images: \(change)"))
      // From now on these are its images.
      try edit(run, [("steps: 8", "steps: 9")])
      #expect(try Vitrail.run(resume).code == 0)
    }
  }

  @Test(
    "keys that the model is made of are refused, keys about the images unless they are accepted",
    arguments: [
      ("width: 16", "width: 32", "model.width is 32, was 16", false),
      ("decoderWidth: 16", "decoderWidth: 8", "objective.decoderWidth is 8, was 16", false),
      ("batchSize: 8", "batchSize: 4", "train.batchSize is 4, was 8", true),
      ("seed: 0", "seed: 1", "train.seed is 1, was 0", true),
      ("truncated: skip", "truncated: pad", #"data.truncated is "pad", was "skip""#, true),
    ])
  func refused(_ old: String, _ new: String, _ change: String, _ isAcceptable: Bool) throws {
    try withRun { run, _, resume in
      try edit(run, [more, (old, new)])
      let outcome = try Vitrail.run(resume)
      expectError(outcome, "since step 6: ", change, "recipe.yaml")
      #expect(outcome.lastError.contains("--accept-changed-data") == isAcceptable)
      let accepted = try Vitrail.run(resume + ["--accept-changed-data"])
      #expect(accepted.code == (isAcceptable ? 0 : 1), "\(accepted.errors)")
      #expect(accepted.errors.contains(change))
    }
  }

  @Test("keys about how the coming steps learn are said")
  func said() throws {
    try withRun { run, _, resume in
      try edit(run, [more, ("learningRatePerBatch256: 0.00015", "learningRatePerBatch256: 0.001")])
      let outcome = try Vitrail.run(resume)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("train.learningRatePerBatch256 is 0.001, was 0.00015"))
    }
  }

  @Test("one line starts a run, goes on with it and leaves it when it is finished")
  func oneLine() throws {
    try withTemporaryFolder { folder in
      let (run, data) = (folder.appendingPathComponent("run"), folder.appendingPathComponent("data"))
      try SampleImages.write(to: data, count: 12)
      let line =
        ["pretrain", "--data", data.path, "--out", run.path, "--resume"] + TinyRun.options
        + TinyRun.settings(["train.steps=6", "data.mean=auto", "train.lanes=auto"])
      let first = try Vitrail.run(line)
      #expect(first.code == 0 && first.output.contains("trained 6 steps"), "\(first.errors)")
      let second = try Vitrail.run(line)
      #expect(second.code == 0 && second.output.contains("finished before"), "\(second.errors)")
      expectError(
        try Vitrail.run(line + TinyRun.settings(["train.steps=7", "model.norm=rmsNorm"])),
        "model.norm is \"layerNorm\" in the run, and \"rmsNorm\" on the command line", "train.steps is 6")
      expectError(
        try Vitrail.run(["pretrain", "--out", run.path, "--accept-changed-data"]), code: 64, "--resume")
    }
  }
}
