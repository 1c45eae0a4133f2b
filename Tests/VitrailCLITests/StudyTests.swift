import Foundation
import Platform
import Pretraining
import Reports
import Testing

@Suite("vitrail study")
struct StudyTests {
  /// A study of models so small that a step takes about a millisecond.
  private static let tiny = """
    name: tiny
    set:
      model: {width: 16, depth: 1, heads: 2, imageSize: 16, patchSize: 4, channels: 1}
      objective: {decoderWidth: 16, decoderDepth: 1, decoderHeads: 2}
      train: {batchSize: 8, logSteps: 2, checkpointSteps: 2}
    """

  private static let two = """
    seeds: [0, 1]
    budget: {steps: 40}
    tables:
      - name: rates
        variants:
          - {name: usual}
          - {name: far too high, set: {train.learningRatePerBatch256: 1e9, train.warmupEpochs: 0}}
      - name: norms
        grid: {model.norm: [layerNorm, rmsNorm]}
    """

  private struct Folder {
    let url: URL
    var out: URL { url.appendingPathComponent("out") }

    func study(_ rest: String, options: [String] = []) throws -> [String] {
      let file = url.appendingPathComponent("study.yaml")
      try Data((StudyTests.tiny + "\n" + rest).utf8).write(to: file)
      return ["study", file.path, "--out", out.path] + options
    }

    func text(_ name: String) throws -> String {
      try String(contentsOf: out.appendingPathComponent(name), encoding: .utf8)
    }

    func bits(_ run: String) throws -> [String: [UInt32]] {
      try TinyRun.tensors(out.appendingPathComponent("\(run)/model.safetensors"))
    }
  }

  private func withStudy(_ body: (Folder, _ options: [String]) throws -> Void) throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      try body(
        Folder(url: folder),
        ["--data", shared.train.path, "--test", shared.test.path, "--lanes", "1"])
    }
  }

  @Test("steps and minutes on the command line replace the study's budget")
  func budgetOfTheCall() throws {
    try withStudy { folder, options in
      let one = "seeds: [0]\nbudget: {steps: 4000}\nevaluate: {evaluators: []}\nvariants: [{name: usual}]"
      let arguments = try folder.study(one, options: options)
      let outcome = try Vitrail.run(arguments + ["--steps", "4"])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let row = try folder.text("results.csv").split(separator: "\n")[1].split(
        separator: ",", omittingEmptySubsequences: false)
      #expect(row[1] == "usual" && row[6] == "4", "\(row)")
      expectError(try Vitrail.run(arguments + ["--steps", "4", "--minutes", "1"]), code: 64, "--minutes")
      // What was trained for one budget is not taken for a run of another.
      expectError(try Vitrail.run(arguments + ["--steps", "5"]), "another recipe than the study now says")
    }
  }

  @Test(
    "writes tables of losses, scores and stability; a divergence is a result; what is done is not done again")
  func tables() throws {
    try withStudy { folder, options in
      let arguments = try folder.study(Self.two, options: options + ["--json"])
      let outcome = try Vitrail.run(arguments)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let lines = try folder.text("results.csv").split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      #expect(
        lines[0] == [
          "table", "variant", "seed", "stability", "step", "steps", "plannedSteps", "loss", "finalLoss",
          "linear", "knn", "rankMe", "featureStd", "alignment", "uniformity", "baselineLoss",
          "imagesPerSecond", "seconds", "folder",
        ])
      #expect(lines.count == 9)
      for line in lines.dropFirst() where line[1] == "far too high" {
        let step = try #require(Int(line[4]))
        #expect(line[3] == "diverged" && (1...40).contains(step) && Int(line[5]) == step - 1)
        #expect(line[9].isEmpty && line[6] == "40")
      }
      for line in lines.dropFirst() where line[1] != "far too high" {
        #expect(line[3] != "diverged" && line[4].isEmpty && line[5] == "40")
        #expect(try (0...1).contains(#require(Double(line[9]))))
        #expect(try #require(Double(line[7])) > 0)
      }
      // One recipe in two tables is one run.
      #expect(
        lines.filter { $0[1] == "layerNorm" }.compactMap(\.last) == [
          "rates/usual/seed-0", "rates/usual/seed-1",
        ])
      #expect(TinyRun.files(folder.out).filter { $0.hasSuffix("result.json") }.count == 6)
      #expect(!TinyRun.files(folder.out).contains { $0.hasSuffix("checkpoints") })
      let markdown = try folder.text("table.md")
      #expect(markdown.contains("| far too high |") && markdown.contains("diverged at step"))
      let html = try folder.text("table.html")
      #expect(html.contains("<svg") && html.contains("±") && !html.contains("<script"))
      guard case .array(let tables)? = try parsed(outcome.output).entries["tables"] else {
        Issue.record("no tables: \(outcome.output)")
        return
      }
      #expect(tables.count == 2)

      let before = try folder.text("rates/usual/seed-0.log")
      let again = try Vitrail.run(arguments)
      #expect(again.code == 0 && !again.errors.contains("starts"), "\(again.errors)")
      #expect(again.output == outcome.output)
      #expect(try folder.text("rates/usual/seed-0.log") == before)

      // A run without its result is scored again, and not trained again.
      let result = folder.out.appendingPathComponent("rates/usual/seed-0/result.json")
      let metrics = try folder.text("rates/usual/seed-0/metrics.jsonl")
      try Data("{}".utf8).write(to: result)
      expectError(try Vitrail.run(arguments), "no result of a run", "seed-0/result.json", "remove it")
      try FileManager.default.removeItem(at: result)
      let scoredAgain = try Vitrail.run(arguments)
      #expect(scoredAgain.code == 0 && scoredAgain.errors.contains("usual/seed-0 starts"))
      #expect(scoredAgain.output == outcome.output)
      #expect(try folder.text("rates/usual/seed-0/metrics.jsonl") == metrics)
    }
  }

  @Test("stops at a signal and goes on to the bits of a study that was never stopped", arguments: [1, 2])
  func resume(jobs: Int) throws {
    let rest = """
      seeds: [0, 1]
      budget: {steps: 300}
      evaluate: {evaluators: []}
      variants: [{name: a}, {name: b, set: {model.norm: rmsNorm}}]
      """
    try withStudy { whole, options in
      let outcome = try Vitrail.run(try whole.study(rest, options: options))
      #expect(outcome.code == 0, "\(outcome.errors)")
      try withStudy { folder, _ in
        let arguments = try folder.study(rest, options: options + ["--jobs", "\(jobs)"])
        for number in [SIGINT, SIGKILL] {
          let process = try Vitrail.start(arguments)
          let deadline = Clock.seconds + 60
          func hasBegun() -> Bool { TinyRun.files(folder.out).contains { $0.hasSuffix("last.safetensors") } }
          while process.isRunning && !hasBegun() && Clock.seconds < deadline { usleep(2000) }
          usleep(.random(in: 0...100_000))
          process.send(number)
          let stopped = try process.finish()
          #expect(stopped.code == (number == SIGINT ? 75 : -SIGKILL), "\(stopped.errors)")
        }
        // A process whose study was killed stops after its step; the next one of its run waits for it.
        let last = try Vitrail.run(arguments)
        #expect(last.code == 0, "\(last.errors)")
        for run in ["tiny/a/seed-0", "tiny/a/seed-1", "tiny/b/seed-0", "tiny/b/seed-1"] {
          let bits = try folder.bits(run)
          #expect(try !bits.isEmpty && bits == whole.bits(run), "\(run)")
        }
      }
    }
  }

  @Test("a budget of seconds becomes steps, the same for every seed, measured once")
  func seconds() throws {
    let rest = """
      seeds: [0, 1]
      budget: {seconds: 3}
      evaluate: {evaluators: [knn]}
      variants: [{name: a, set: {train.checkpointSteps: 1000000}}]
      """
    try withStudy { folder, options in
      let outcome = try Vitrail.run(try folder.study(rest, options: options + ["--jobs", "2"]))
      #expect(outcome.code == 0, "\(outcome.errors)")
      let lines = try folder.text("results.csv").split(separator: "\n").dropFirst().map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      try #require(lines.count == 2)
      let steps = lines.compactMap { Int($0[5]) }
      try #require(steps.count == 2)
      #expect(steps[0] == steps[1] && steps[0] > 20)
      let recipe = try RecipeFile.load(
        folder.out.appendingPathComponent("tiny/a/seed-1/recipe.yaml").path, folders: [])
      #expect(recipe.train.steps == steps[0] && recipe.train.learningRatePerBatch256 > 0)
      #expect(!TinyRun.files(folder.out).contains { $0.contains("measurement") })
    }
  }

  @Test("a run that fails otherwise is an error, the others go on, and it is tried again")
  func failures() throws {
    let rest = """
      seeds: [0]
      budget: {steps: 4}
      evaluate: {evaluators: []}
      variants: [{name: broken, set: {data.mix: [{path: /nowhere}], data.path: null}}, {name: whole}]
      """
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { url in
      let folder = Folder(url: url)
      let text = rest.replacing(
        "{name: whole}", with: "{name: whole, set: {data.path: '\(shared.train.path)'}}")
      let outcome = try Vitrail.run(try folder.study(text))
      expectError(outcome, "training ended with code 1", "/nowhere")
      #expect(try folder.text("results.csv").contains("whole"))
      expectError(try Vitrail.run(try folder.study(text)), "/nowhere")
    }
  }

  @Test("a study that is not right is refused with its place")
  func refusals() throws {
    try withStudy { folder, options in
      let seeds = "\nbudget: {steps: 2}\n"
      for (rest, words) in [
        ("variants: [{name: a}]", ["no budget"]),
        ("budget: {steps: 2, seconds: 3}\nvariants: [{name: a}]", ["either steps or seconds"]),
        ("budget: {steps: 0}\nvariants: [{name: a}]", ["0 steps"]),
        (seeds, ["no variants"]),
        (seeds + "variants: [{name: a}, {name: a}]", ["two variants called 'a'"]),
        (seeds + "variants: [{name: a b}, {name: a+b, set: {model.norm: rmsNorm}}]", ["share the folder"]),
        (seeds + "variants: [{name: a}]\ntables: [{name: t, variants: [{name: b}]}]", ["tables beside"]),
        (seeds + "seeds: []\nvariants: [{name: a}]", ["no seeds"]),
        (seeds + "seed: [1]\nvariants: [{name: a}]", ["unknown key 'seed'", "did you mean 'seeds'"]),
        (
          seeds + "variants: [{name: a, set: {model.norm: layerNrom}}]",
          ["variant 'a'", "did you mean 'layerNorm'"]
        ),
        (seeds + "variants: [{name: a, set: {model.nrom: x}}]", ["variant 'a'", "model.nrom"]),
        (seeds + "base: quickstrat\nvariants: [{name: a}]", ["no recipe 'quickstrat'", "'quickstart'"]),
        (seeds + "evaluate: {evaluators: [linaer]}\nvariants: [{name: a}]", ["did you mean 'linear'"]),
      ] {
        let outcome = try Vitrail.run(try folder.study(rest, options: options))
        expectError(outcome)
        for word in words { #expect(outcome.lastError.contains(word), "\(outcome.lastError)") }
      }
      expectError(try Vitrail.run("study", "norsm"), "no study 'norsm'", "did you mean 'norms'")
      expectError(
        try Vitrail.run(try folder.study(seeds + "variants: [{name: a}]")), "no images", "--data")

      let variants = "evaluate: {evaluators: []}\nseeds: [0]\nvariants: [{name: a}]"
      #expect(try Vitrail.run(try folder.study(seeds + variants, options: options)).code == 0)
      let changed = try folder.study("budget: {steps: 3}\n" + variants, options: options)
      expectError(try Vitrail.run(changed), "another recipe", "--out")
    }
  }
}
