import Foundation
import Platform
import Testing

@Suite("vitrail compare")
struct CompareTests {
  @Test("puts models into one table, with how sure their differences are")
  func table() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let other = folder.appendingPathComponent("other")
      #expect(
        try TinyRun.pretrain(shared.train, out: other, "train.steps=2", "train.seed=5", "model.width=8").code
          == 0)
      let (json, markdown) = (folder.path + "/compare.json", folder.path + "/compare.md")
      let outcome = try Vitrail.run(
        "compare", shared.run.path, other.path, "--train", shared.train.path, "--test", shared.test.path,
        "--json", json, "--markdown", markdown)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("parameters") && outcome.output.contains("McNemar, exact"))

      let comparison = try parsed(String(contentsOfFile: json, encoding: .utf8)).entries
      let models = comparison["models"]?.list ?? []
      #expect(models.map { $0.entries["name"] } == [.string(shared.run.path), .string(other.path)])
      #expect(models.allSatisfy { $0.entries["imagesPerSecond"]?.double ?? 0 > 0 })
      let counts = models.map { $0.entries["parameters"]?.double ?? 0 }
      #expect(counts.count == 2 && counts[0] > counts[1] && counts[1] > 0)
      let pairs = comparison["pairs"]?.list ?? []
      #expect(pairs.compactMap { $0.entries["evaluator"] } == [.string("linear"), .string("knn")])
      for (pair, key) in zip(pairs, ["linear", "knn"]) {
        let top1 = models.map { model in
          let found = model.entries["evaluators"]?.entries[key]?.entries["top1"]
          return found?.double ?? found?.entries["20"]?.double ?? .nan
        }
        #expect(pair.entries["difference"]?.double.map { abs($0 - (top1[0] - top1[1])) <= 1e-12 } == true)
        #expect((0...1).contains(pair.entries["test"]?.entries["pValue"]?.double ?? -1))
      }
      let table = try String(contentsOfFile: markdown, encoding: .utf8).split(separator: "\n")
      #expect(table[0].hasPrefix("| model | parameters | img/s | linear, % | knn, % |"))
      #expect(table[1] == "| --- | ---: | ---: | ---: | ---: |" && table[2].contains(shared.run.path))
    }
  }

  @Test("wants two models, a train and a test set")
  func refusals() throws {
    let shared = try TinyRun.shared.get()
    let sets = ["--train", shared.train.path, "--test", shared.test.path]
    expectError(try Vitrail.run(["compare", shared.run.path] + sets), code: 64, "two run folders")
    expectError(
      try Vitrail.run(["compare", shared.run.path, shared.run.path] + sets), code: 64, "named twice")
    expectError(try Vitrail.run("compare", "a", "b", "--train", "c"), code: 64, "--test PATH or --hold-out")
    expectError(try Vitrail.run(["compare", shared.run.path, "/none"] + sets), "/none")
  }
}
