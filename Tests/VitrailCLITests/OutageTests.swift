import Foundation
import Platform
import Testing

@Suite("Images that go away while a run trains")
struct OutageTests {
  private func arguments(_ run: URL, _ data: URL) -> [String] {
    ["pretrain", "--data", data.path, "--out", run.path] + TinyRun.options
      + TinyRun.settings(["train.steps=3000", "train.featureSteps=0", "data.maxBad=0"])
  }

  /// Starts a run on 36 images and gives it to `body` once it has done some steps.
  private func withRun(
    _ body: (_ folder: URL, _ data: URL, _ run: URL, _ process: Vitrail.Running) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("data")
      try SampleImages.write(to: data, count: 12)
      let run = folder.appendingPathComponent("run")
      let process = try Vitrail.start(arguments(run, data))
      try waitForSteps(process, run)
      try body(folder, data, run, process)
    }
  }

  /// Whether an undisturbed run on the same images comes to the same weights.
  private func expectUndisturbed(_ run: URL, _ data: URL, in folder: URL) throws {
    let whole = folder.appendingPathComponent("whole")
    #expect(try Vitrail.run(arguments(whole, data)).code == 0)
    #expect(
      try TinyRun.tensors(run.appendingPathComponent("model.safetensors"))
        == TinyRun.tensors(whole.appendingPathComponent("model.safetensors")))
  }

  private func waitForSteps(_ process: Vitrail.Running, _ run: URL) throws {
    let deadline = Clock.seconds + 60
    while process.isRunning, Clock.seconds < deadline {
      let steps = (try? TinyRun.loggedSteps(run)) ?? []
      if steps.count > 3 { return }
      usleep(500)
    }
  }

  @Test("a folder that is away for a moment is waited for, and changes no bit")
  func away() throws {
    try withRun { folder, data, run, process in
      let away = folder.appendingPathComponent("away")
      try FileManager.default.moveItem(at: data, to: away)
      usleep(500_000)
      try FileManager.default.moveItem(at: away, to: data)
      let outcome = try process.finish()
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("warning: the images cannot be read"))
      #expect(!TinyRun.files(run).contains("bad-images.txt"))
      try expectUndisturbed(run, data, in: folder)
    }
  }

  @Test("a run that waits for its images stops at a signal")
  func stopped() throws {
    try withRun { folder, data, run, process in
      try FileManager.default.moveItem(at: data, to: folder.appendingPathComponent("away"))
      usleep(300_000)
      process.send(SIGTERM)
      let outcome = try process.finish(timeout: 20)
      #expect(outcome.code == 75, "\(outcome.errors)")
      #expect(TinyRun.checkpointStep(run) ?? 0 > 0)
    }
  }

  @Test("too many bad images leave the last step that was done")
  func damaged() throws {
    try withRun { folder, data, run, process in
      for name in TinyRun.files(data) where name.hasSuffix(".png") {
        try Data().write(to: data.appendingPathComponent(name))
      }
      expectError(
        try process.finish(), "of 36 images cannot be read", "which is kept", "--max-bad", "--resume")
      #expect(TinyRun.checkpointStep(run) ?? 0 > 0)
      try SampleImages.write(to: data, count: 12)
      try FileManager.default.removeItem(at: run.appendingPathComponent("bad-images.txt"))
      let resumed = try Vitrail.run("pretrain", "--resume", "--out", run.path)
      #expect(resumed.code == 0, "\(resumed.errors)")
      try expectUndisturbed(run, data, in: folder)
    }
  }
}
