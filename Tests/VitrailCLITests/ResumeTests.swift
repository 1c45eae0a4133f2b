import Foundation
import Platform
import Testing

/// Runs that are stopped in every way end with the bits of a run that was never stopped.
@Suite("vitrail pretrain --resume")
struct ResumeTests {
  private static let steps = 60
  private static let logSteps = 3

  /// Average, clipping, drop path, a schedule inside of the model, two lanes and a bad image: all that a checkpoint must
  /// carry.
  private static func arguments(_ out: URL, data: URL) -> [String] {
    ["pretrain", "--data", data.path, "--out", out.path, "--max-bad", "0.1"] + TinyRun.options
      + TinyRun.settings([
        "train.steps=\(steps)", "train.checkpointSteps=2", "train.logSteps=\(logSteps)", "train.lanes=2",
        "train.averageMomentum=0.9", "train.clipNorm=1", "model.dropPath=0.1", "model.depth=2",
        "model.placement={kind: branchNorm, steps: 40}",
        "train.learningRatePerBatch256=0.03",
      ])
  }

  private struct Reference {
    let data: URL
    let run: URL

    init() throws {
      let folder = try sharedFolder()
      data = folder.appendingPathComponent("data")
      run = folder.appendingPathComponent("run")
      try SampleImages.write(to: data, count: 32)
      try Data("text".utf8).write(to: data.appendingPathComponent("ash/text.png"))
      let outcome = try Vitrail.run(arguments(run, data: data))
      try #require(outcome.code == 0, "\(outcome.errors)")
    }
  }

  private static let reference = Result { try Reference() }

  private func expectSameAsReference(_ run: URL) throws {
    let reference = try Self.reference.get()
    for file in ["checkpoints/last.safetensors", "model.safetensors"] {
      let wanted = try TinyRun.tensors(reference.run.appendingPathComponent(file))
      #expect(try TinyRun.tensors(run.appendingPathComponent(file)) == wanted)
      #expect(wanted.keys.contains { $0.hasPrefix("optimizer.second.") } == (file != "model.safetensors"))
    }
    let logged = [1] + Array(stride(from: Self.logSteps, through: Self.steps, by: Self.logSteps))
    #expect(try TinyRun.loggedSteps(run) == logged)
    #expect(try TinyRun.loggedLosses(run) == TinyRun.loggedLosses(reference.run))
    #expect(!TinyRun.files(run).contains { $0.hasSuffix(".partial") })
    #expect(TinyRun.files(run).contains("report.html"))
    let bad = try String(contentsOf: run.appendingPathComponent("bad-images.txt"), encoding: .utf8)
    #expect(bad.split(separator: "\n").count == 1)
  }

  /// Waits until the run has written its recipe, and a checkpoint of `step` or later.
  private func wait(_ process: Vitrail.Running, for step: Int, in run: URL) {
    let deadline = Clock.seconds + 60
    let recipe = run.appendingPathComponent("recipe.yaml").path
    func hasCome() -> Bool {
      FileManager.default.fileExists(atPath: recipe) && TinyRun.checkpointStep(run) ?? 0 >= step
    }
    while process.isRunning && !hasCome() && Clock.seconds < deadline { usleep(200) }
  }

  @Test(
    "stops at a signal, says how to go on, and goes on to the same bits",
    arguments: [
      (SIGINT, 14), (SIGTERM, 14), (SIGINT, 0), (SIGHUP, 14), (SIGUSR1, 14), (SIGXCPU, 14), (SIGXFSZ, 14),
      (SIGPIPE, 14),
    ])
  func signal(_ number: Int32, after first: Int) throws {
    let data = try Self.reference.get().data
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("it's a run")
      let process = try Vitrail.start(Self.arguments(run, data: data))
      wait(process, for: first, in: run)
      usleep(.random(in: 0...(first == 0 ? 1 : 9000)))
      process.send(number)
      let stopped = try process.finish()
      #expect(stopped.code == 75, "\(stopped.errors)")
      let step = try #require(TinyRun.checkpointStep(run))
      #expect((first..<Self.steps).contains(step))
      #expect(stopped.output.contains("stopped at step \(step) of \(Self.steps)"))
      let quoted = run.path.replacingOccurrences(of: "'", with: "'\\''")
      #expect(stopped.output.contains("  vitrail pretrain --resume --out '\(quoted)'\n"))

      let resumed = try Vitrail.run("pretrain", "--resume", "--out", run.path)
      #expect(resumed.code == 0, "\(resumed.errors)")
      try expectSameAsReference(run)
      // The line that started it finds nothing left to do, and says how to go on all the same.
      let again = try Vitrail.run(Self.arguments(run, data: data) + ["--resume"])
      #expect(again.code == 0, "\(again.errors)")
      #expect(again.output.contains("finished before: all 60 steps are done"))
      #expect(again.output.contains("raise train.steps"))
      try expectSameAsReference(run)
    }
  }

  @Test("survives kill -9 at any moment, again and again")
  func killed() throws {
    let data = try Self.reference.get().data
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      var arguments = Self.arguments(run, data: data)
      var killedSteps: [Int] = []
      for target in [0, 2, 12, 22, 34, 46] {
        let process = try Vitrail.start(arguments)
        wait(process, for: target, in: run)
        if target > 0 { usleep(.random(in: 0...15000)) }
        process.send(SIGKILL)
        #expect(try process.finish().code == -SIGKILL)
        killedSteps.append(TinyRun.checkpointStep(run) ?? 0)
        arguments = ["pretrain", "--resume", "--out", run.path]
      }
      #expect(killedSteps == killedSteps.sorted())
      let partial = run.appendingPathComponent("checkpoints/step-00000001.safetensors.1.partial")
      try Data("left by a killed process".utf8).write(to: partial)
      let last = try Vitrail.run(arguments)
      #expect(last.code == 0, "\(last.errors)")
      try expectSameAsReference(run)
    }
  }

  @Test("goes on when it was killed before it linked its first checkpoint")
  func unlinked() throws {
    let reference = try Self.reference.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      try FileManager.default.copyItem(at: reference.run, to: run)
      try FileManager.default.removeItem(at: run.appendingPathComponent("checkpoints/last.safetensors"))
      try FileManager.default.removeItem(
        at: run.appendingPathComponent("checkpoints/step-00000060.safetensors"))
      let resumed = try Vitrail.run("pretrain", "--resume", "--out", run.path)
      #expect(resumed.code == 0, "\(resumed.errors)")
      try expectSameAsReference(run)
    }
  }

  @Test("a file that cannot grow ends the run with an error; the checkpoint before stays and is resumed")
  func fileLimit() throws {
    try resumeAfterFullDisk { run, resume in
      try Vitrail.start(resume, fileLimit: 40).finish()
    }
  }

  @Test("a full disk ends the run with an error; the checkpoint before stays and is resumed")
  func fullDisk() throws {
    try withTemporaryFolder { disk in
      guard mount("-t", "tmpfs", "-o", "size=4m", "none", disk.path) else { return }
      defer { _ = mount(unmounting: disk) }
      try resumeAfterFullDisk(in: disk) { run, resume in
        let filler = disk.appendingPathComponent("filler")
        try Data().write(to: filler)
        let handle = try FileHandle(forWritingTo: filler)
        var size = 1 << 16
        while size > 0 {
          do { try handle.write(contentsOf: Data(count: size)) } catch { size /= 2 }
        }
        try handle.close()
        defer { try? FileManager.default.removeItem(at: filler) }
        let outcome = try Vitrail.run(resume)
        #expect(outcome.lastError.contains("No space left on device"))
        #expect(outcome.lastError.contains("free some disk space"))
        return outcome
      }
    }
  }

  private func resumeAfterFullDisk(
    in disk: URL? = nil, _ fail: (_ run: URL, _ resume: [String]) throws -> Vitrail.Outcome
  ) throws {
    let data = try Self.reference.get().data
    try withTemporaryFolder { folder in
      let run = (disk ?? folder).appendingPathComponent("run")
      let process = try Vitrail.start(Self.arguments(run, data: data))
      wait(process, for: 6, in: run)
      process.send(SIGINT)
      #expect(try process.finish().code == 75)
      let step = TinyRun.checkpointStep(run)
      let last = run.appendingPathComponent("checkpoints/last.safetensors")
      let before = try TinyRun.tensors(last)

      let resume = ["pretrain", "--resume", "--out", run.path]
      expectError(try fail(run, resume), run.path + "/")
      #expect(TinyRun.checkpointStep(run) == step)
      #expect(try TinyRun.tensors(last) == before)
      let resumed = try Vitrail.run(resume)
      #expect(resumed.code == 0, "\(resumed.errors)")
      try expectSameAsReference(run)
    }
  }

  /// Whether mounting succeeded; only root may.
  private func mount(_ arguments: String...) -> Bool { succeeds("mount", arguments) }
  private func mount(unmounting folder: URL) -> Bool { succeeds("umount", [folder.path]) }

  private func succeeds(_ command: String, _ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
