import Foundation
import Platform
import Testing

@Suite("train.monitor")
struct MonitorTests {
  private struct Look: Decodable, Equatable {
    let step: Int
    let scores: [String: Double]
  }

  private func looks(_ run: URL) throws -> [Look] {
    try String(contentsOf: run.appendingPathComponent("monitor.jsonl"), encoding: .utf8)
      .split(separator: "\n").map { try JSONDecoder().decode(Look.self, from: Data($0.utf8)) }
  }

  private func settings(_ shared: TinyRun.Shared, _ more: String...) -> [String] {
    TinyRun.options
      + TinyRun.settings(
        [
          "train.steps=9", "train.monitor.everySteps=4", "train.monitor.train=\(shared.train.path)",
          "train.monitor.test=\(shared.test.path)", "train.checkpointSteps=2",
        ] + more)
  }

  @Test("scores the encoder now and then, and keeps the best")
  func looksAndBest() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let outcome = try TinyRun.pretrain(shared.train, out: run, options: settings(shared))
      #expect(outcome.code == 0, "\(outcome.errors)")
      let looks = try looks(run)
      #expect(looks.map(\.step) == [4, 8, 9])
      #expect(looks.allSatisfy { Set($0.scores.keys) == ["knn", "linear"] })
      // Of equal scores the first is the best: it stays although two newer checkpoints came.
      let best = try #require(looks.map { $0.scores["knn"] ?? 0 }.max())
      let step = try #require(looks.first { $0.scores["knn"] == best }?.step)
      let link = try FileManager.default.destinationOfSymbolicLink(
        atPath: run.path + "/checkpoints/best.safetensors")
      #expect(link == "step-0000000\(step).safetensors")
      #expect(FileManager.default.fileExists(atPath: run.path + "/checkpoints/" + link))
      let scored = try Vitrail.run(
        "evaluate", "--weights", run.path + "/best.safetensors", "--train", shared.train.path, "--test",
        shared.test.path, "--evaluators", "knn", "--no-baselines", "--json", "-")
      let top1 = try parsed(scored.output).entries["evaluators"]?.entries["knn"]?.entries["top1"]
      #expect(top1?.entries["20"]?.double == best)
      let report = try String(contentsOf: run.appendingPathComponent("report.html"), encoding: .utf8)
      #expect(report.contains("Scores while training") && report.contains("knn was best at step"))

      // Looking changes no bit of the training.
      let blind = folder.appendingPathComponent("blind")
      let plain = TinyRun.options + TinyRun.settings(["train.steps=9"])
      #expect(try TinyRun.pretrain(shared.train, out: blind, options: plain).code == 0)
      #expect(
        try TinyRun.tensors(run.appendingPathComponent("model.safetensors"))
          == TinyRun.tensors(blind.appendingPathComponent("model.safetensors")))
    }
  }

  @Test("what a kill before the keeping of the best left undone is done by --resume")
  func unkeptBest() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let options = settings(shared, "train.steps=4", "train.monitor.everySteps=4")
      #expect(try TinyRun.pretrain(shared.train, out: run, options: options).code == 0)
      let (model, link) = (run.path + "/best.safetensors", run.path + "/checkpoints/best.safetensors")
      let wanted = try TinyRun.tensors(URL(fileURLWithPath: model))
      for lost in [[link], [model, link]] {
        for file in lost { try FileManager.default.removeItem(atPath: file) }
        let resumed = try Vitrail.run("pretrain", "--resume", "--out", run.path)
        #expect(resumed.code == 0, "\(resumed.errors)")
        #expect(try TinyRun.tensors(URL(fileURLWithPath: model)) == wanted)
        #expect(
          try FileManager.default.destinationOfSymbolicLink(atPath: link) == "step-00000004.safetensors")
      }
    }
  }

  @Test("a look that could not be taken is taken by --resume, with nothing trained twice")
  func missingEvaluation() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let set = folder.appendingPathComponent("set")
      try FileManager.default.copyItem(at: shared.train, to: set)
      let options = settings(shared, "train.monitor.train=\(set.path)", "train.steps=4000")
      let process = try Vitrail.start(
        ["pretrain", "--data", shared.train.path, "--out", run.path] + options)
      let deadline = Clock.seconds + 60
      while process.isRunning, TinyRun.checkpointStep(run) ?? 0 < 4, Clock.seconds < deadline { usleep(200) }
      for name in TinyRun.files(set) where name.hasSuffix(".png") {
        try Data().write(to: set.appendingPathComponent(name))
      }
      expectError(try process.finish(), "cannot be read", "which is kept", "--resume")
      let step = try #require(TinyRun.checkpointStep(run))
      #expect(try step % 4 == 0 && looks(run).last?.step == step - 4)

      try FileManager.default.removeItem(at: set)
      try FileManager.default.copyItem(at: shared.train, to: set)
      let recipe = run.appendingPathComponent("recipe.yaml")
      try String(contentsOf: recipe, encoding: .utf8)
        .replacingOccurrences(of: "steps: 4000", with: "steps: \(step + 1)")
        .write(to: recipe, atomically: true, encoding: .utf8)
      let resumed = try Vitrail.run("pretrain", "--resume", "--out", run.path)
      #expect(resumed.code == 0, "\(resumed.errors)")
      #expect(try looks(run).map(\.step) == Array(stride(from: 4, through: step, by: 4)) + [step + 1])
    }
  }

  @Test("says what is wrong before it trains")
  func refusals() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      func pretrain(_ setting: String) throws -> Vitrail.Outcome {
        try TinyRun.pretrain(shared.train, out: run, options: settings(shared, setting))
      }
      expectError(
        try pretrain("train.monitor.evaluators=[knm]"), "unknown evaluator 'knm'", "did you mean 'knn'")
      expectError(try pretrain("train.monitor.train=/none"), "/none")
      expectError(try pretrain("train.monitor.every=3"), "train.monitor", "everySteps")
      expectError(try pretrain("train.monitor.limit=0"), "limit is 0")
      #expect(!FileManager.default.fileExists(atPath: run.appendingPathComponent("metrics.jsonl").path))
    }
  }
}
