import Foundation
import Platform
import Testing

@Suite("train.featureSteps")
struct FeatureHealthTests {
  private static let keys: Set = ["featureStd", "rankMe", "alignment", "uniformity", "baselineLoss"]

  private func arguments(_ out: URL, _ data: URL, _ settings: [String]) -> [String] {
    ["pretrain", "--data", data.path, "--out", out.path] + TinyRun.options
      + TinyRun.settings(["train.steps=60", "train.checkpointSteps=2"] + settings)
  }

  /// What the looks logged, by step.
  private func looks(_ run: URL) throws -> [Int: [String: Double]] {
    let text = try String(contentsOf: run.appendingPathComponent("metrics.jsonl"), encoding: .utf8)
    var found: [Int: [String: Double]] = [:]
    for line in text.split(separator: "\n") {
      let entries = try parsed(String(line)).entries
      let health = entries.filter { Self.keys.contains($0.key) }.compactMapValues(\.double)
      if !health.isEmpty { found[Int(entries["step"]?.double ?? 0)] = health }
    }
    return found
  }

  private func text(_ run: URL, _ name: String) throws -> String {
    try String(contentsOf: run.appendingPathComponent(name), encoding: .utf8)
  }

  @Test("logs the features at the first, every so many-th and the last step, and changes no bit of the run")
  func log() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let settings = ["train.learningRatePerBatch256=0.03"]
      let run = folder.appendingPathComponent("run")
      let outcome = try Vitrail.run(arguments(run, shared.train, settings + ["train.featureSteps=25"]))
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains(/rank \d.*\/8 std \d/))
      let whole = try looks(run)
      #expect(whole.keys.sorted() == [1, 25, 50, 60])
      for look in whole.values {
        #expect(Set(look.keys) == Self.keys)
        #expect((1...8).contains(look["rankMe"] ?? 0))
        #expect((0...1).contains(look["featureStd"] ?? -1))
        #expect((0...4).contains(look["alignment"] ?? -1))
        #expect((-8...0).contains(look["uniformity"] ?? 1))
        #expect((0...1.05).contains(look["baselineLoss"] ?? -1))
      }
      let report = try text(run, "report.html")
      #expect(report.contains("Effective rank (RankMe)") && report.contains("blind to the images"))

      let other = folder.appendingPathComponent("other")
      let process = try Vitrail.start(arguments(other, shared.train, settings + ["train.featureSteps=25"]))
      let deadline = Clock.seconds + 60
      while process.isRunning && TinyRun.checkpointStep(other) ?? 0 < 10 && Clock.seconds < deadline {
        usleep(200)
      }
      process.send(SIGINT)
      #expect(try process.finish().code == 75)
      #expect(try Vitrail.run("pretrain", "--resume", "--out", other.path).code == 0)
      #expect(try looks(other) == whole)

      let without = folder.appendingPathComponent("without")
      #expect(
        try Vitrail.run(arguments(without, shared.train, settings + ["train.featureSteps=0"])).code == 0)
      #expect(try looks(without).isEmpty)
      #expect(
        try TinyRun.tensors(without.appendingPathComponent("model.safetensors"))
          == TinyRun.tensors(run.appendingPathComponent("model.safetensors")))
    }
  }

  @Test(
    "warns once when the loss does not leave its baseline: on standard error, in warnings.txt, in the report")
  func warning() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let outcome = try Vitrail.run(
        arguments(run, shared.train, ["train.learningRatePerBatch256=0", "train.featureSteps=10"]))
      #expect(outcome.code == 0, "\(outcome.errors)")
      let lines = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
      let warned = lines.filter { $0.contains("trivial loss") }
      #expect(warned.count == 1 && warned[0].hasPrefix("warning: step 50 · trivial loss · "))
      #expect(warned[0].contains("predicting the mean patch"))
      #expect(warned[0].contains("the learning rate is 0"))
      #expect(warned[0].contains("set train.learningRatePerBatch256"))
      let listed = try text(run, "warnings.txt").split(separator: "\n")
      #expect(listed.map { "warning: \($0)" } == lines.map(String.init))
      let report = try text(run, "report.html")
      #expect(report.contains("<h2>Warnings</h2>") && report.contains("step 50 · trivial loss"))

      let other = folder.appendingPathComponent("other")
      try FileManager.default.copyItem(at: run, to: other)
      for name in ["last", "step-00000060"] {
        try FileManager.default.removeItem(
          at: other.appendingPathComponent("checkpoints/\(name).safetensors"))
      }
      let resumed = try Vitrail.run("pretrain", "--resume", "--out", other.path)
      #expect(resumed.code == 0 && !resumed.errors.contains("warning: "), "\(resumed.errors)")
      #expect(try text(other, "warnings.txt") == text(run, "warnings.txt"))
    }
  }

  @Test("a loss that has not left its baseline at the end is said of short runs too")
  func shortRun() throws {
    let shared = try TinyRun.shared.get()
    let listed = try text(shared.run, "warnings.txt")
    #expect(listed.hasPrefix("step 6 · trivial loss · ") && listed.contains("the run is short: 6 steps"))
    #expect(try text(shared.run, "report.html").contains(", not below the "))
  }

  @Test("a run that has learned something writes no warnings, and says so")
  func healthyRun() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let outcome = try TinyRun.pretrain(
        shared.train, out: run, "train.steps=400", "train.featureSteps=400",
        "train.learningRatePerBatch256=0.2")
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(!TinyRun.files(run).contains("warnings.txt"))
      let verdict = /verdict: loss [\d.]+, below the [\d.]+ of an answer blind to the images;/
      #expect(outcome.output.contains(verdict))
      #expect(outcome.output.contains(/features use [\d.]+ of 8 directions\n/))
    }
  }

  @Test("wants 0 or more")
  func ranges() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      expectError(
        try TinyRun.pretrain(shared.train, out: folder, "train.featureSteps=-1"), "train.featureSteps")
    }
  }
}
