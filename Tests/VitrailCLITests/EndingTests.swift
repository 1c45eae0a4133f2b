import Foundation
import Platform
import Testing

@Suite("How a process ends")
struct EndingTests {
  @Test(
    "a standard error that cannot be written is no reason to stop",
    arguments: ["2>/dev/full", "2>&-", "<&- 2>&-"])
  func unwritableErrors(_ streams: String) throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let outcome = try Vitrail.run(
        ["pretrain", "--data", shared.train.path, "--out", run.path] + TinyRun.options
          + TinyRun.settings(["train.steps=6"]), redirecting: streams)
      #expect(outcome.code == 0)
      for file in ["model.safetensors", "checkpoints/last.safetensors"] {
        #expect(
          try TinyRun.tensors(run.appendingPathComponent(file))
            == TinyRun.tensors(shared.run.appendingPathComponent(file)))
      }
    }
  }

  @Test("a standard output that cannot be written is an error", arguments: [">/dev/full", ">&-"])
  func unwritableOutput(_ streams: String) throws {
    let run = try TinyRun.shared.get().run
    for arguments in [["list", "norms"], ["inspect", run.path, "--json"], ["--help"]] {
      expectError(try Vitrail.run(arguments, redirecting: streams), "printed", "standard output")
    }
  }

  @Test("help names the exit codes")
  func help() throws {
    for arguments in [["--help"], ["pretrain", "--help"], ["finetune", "--help"]] {
      let outcome = try Vitrail.run(arguments)
      let words = outcome.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(outcome.code == 0 && words.contains("75 stopped by a signal and can go on"))
    }
  }

  @Test("a second signal within two seconds loses nothing, a later one ends at once")
  func twoSignals() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      // One step takes longer than the two seconds.
      let process = try Vitrail.start(
        ["pretrain", "--data", shared.train.path, "--out", run.path]
          + TinyRun.settings([
            "train.batchSize=1024", "train.steps=2", "train.lanes=1", "objective.maskRatio=0.1",
          ]))
      let recipe = run.appendingPathComponent("recipe.yaml").path
      let deadline = Clock.seconds + 60
      while process.isRunning, !FileManager.default.fileExists(atPath: recipe), Clock.seconds < deadline {
        usleep(1000)
      }
      // By now the batch is loaded and the step has begun.
      usleep(3_000_000)
      process.send(SIGTERM)
      usleep(500_000)
      process.send(SIGTERM)
      usleep(500_000)
      #expect(process.isRunning)
      usleep(1_500_000)
      process.send(SIGTERM)
      let outcome = try process.finish()
      #expect(outcome.code == 130, "\(outcome.errors)")
      #expect(outcome.errors.contains("stopping after this step"))
    }
  }
}
