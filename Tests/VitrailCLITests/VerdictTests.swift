import Foundation
import Platform
import Testing

@Suite("vitrail evaluate: what scores come to, and what becomes of earlier ones")
struct VerdictTests {
  /// A copy of the shared run, whose record no other test writes.
  private func run(in folder: URL) throws -> (path: String, record: URL, arguments: [String]) {
    let shared = try TinyRun.shared.get()
    let run = try shared.copy(in: folder)
    let arguments = ["evaluate", "--weights", run.path, "--train", shared.train.path]
    return (run.path, run.appendingPathComponent("evaluation.json"), arguments)
  }

  private func record(_ url: URL) throws -> [String: JSONValue] {
    try parsed(String(contentsOf: url, encoding: .utf8)).entries
  }

  @Test("completes the record by evaluator and data, cached or not, and keeps the scores of other data")
  func merging() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let (path, file, arguments) = try run(in: folder)
      let onTest = arguments + ["--test", shared.test.path, "--no-baselines", "--evaluators"]
      #expect(try Vitrail.run(onTest + ["linear"]).code == 0)
      let linear = try record(file)["evaluators"]?["linear"]
      #expect(try Vitrail.run(onTest + ["knn", "--no-cache"]).code == 0)
      let both = try record(file)
      #expect(Set(both["evaluators"]?.entries.keys ?? [:].keys) == ["linear", "knn"])
      #expect(both["evaluators"]?["linear"] == linear && both["earlier"] == nil)
      // The same images under another name are the same data.
      let moved = folder.appendingPathComponent("moved")
      try FileManager.default.copyItem(at: shared.test, to: moved)
      #expect(
        try Vitrail.run(
          arguments + ["--test", moved.path, "--no-baselines", "--evaluators", "centroid"]
        ).code == 0)
      #expect(try record(file)["evaluators"]?.entries.count == 3)
      #expect(
        try Vitrail.run(arguments + ["--hold-out", "0.25", "--no-baselines", "--evaluators", "knn"]).code == 0
      )
      let other = try record(file)
      #expect(other["evaluators"]?.entries.count == 1)
      #expect(other["earlier"]?.list.first?["evaluators"]?["linear"] == linear)
      #expect(try Vitrail.run("report", path).code == 0)
      let page = try String(contentsOfFile: path + "/report.html", encoding: .utf8)
      #expect(page.contains("Earlier, on other sets") && page.contains("who is taken for whom"))
    }
  }

  @Test("an evaluator that fails leaves the others' scores: printed, written, said, exit 1")
  func failing() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let (_, file, arguments) = try run(in: folder)
      // More clusters than images: that shows when they are made.
      let clusters = ["--set", "cluster.clusters=500"]
      let outcome = try Vitrail.run(
        arguments + ["--test", shared.test.path, "--no-baselines", "--evaluators", "cluster,rank,knn"]
          + clusters)
      expectError(outcome, "500 clusters")
      #expect(outcome.errors.matches(of: /error:/).count == 1)
      #expect(outcome.output.contains("rank RankMe") && outcome.output.contains("features use"))
      #expect(try record(file)["evaluators"]?.entries.keys.sorted() == ["knn", "rank"])
      let stored = folder.appendingPathComponent("stored").path
      #expect(
        try Vitrail.run("embed", "--weights", arguments[2], "--data", shared.test.path, "--out", stored).code
          == 0)
      let features = try Vitrail.run(
        ["evaluate", "--train-features", stored, "--evaluators", "cluster,rank"] + clusters)
      expectError(features, "500 clusters")
      #expect(features.output.contains("rank RankMe"))
    }
  }

  @Test("says in one line what the scores come to, also of a model that equals its random start")
  func verdict() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let still = folder.appendingPathComponent("still")
      let trained = try TinyRun.pretrain(
        shared.train, out: still, "train.steps=3", "train.learningRatePerBatch256=0")
      #expect(trained.code == 0 && trained.output.contains("verdict: loss "), "\(trained.errors)")
      let outcome = try Vitrail.run(
        "evaluate", "--weights", still.path, "--train", shared.train.path, "--test", shared.test.path,
        "--evaluators", "knn,linear")
      let line = try #require(outcome.output.split(separator: "\n").first { $0.hasPrefix("verdict: ") })
      #expect(line.contains("no better than its random start (0.0 ± 0.0 points), "))
      #expect(line.contains(/raw pixels .*\d ± \d+\.\d points.*; features use [\d.]+ of 12 directions/))
      #expect(try Vitrail.run("report", still.path).code == 0)
      let page = try String(
        contentsOf: still.appendingPathComponent("report.html"), encoding: .utf8)
      #expect(page.contains("No better than its random start (0.0 ± 0.0 points)"))
      #expect(page.contains("k-NN, top-1 on 12 images") || page.contains("Linear probe, top-1 on 12 images"))
    }
  }
}
