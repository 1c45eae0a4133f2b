import Foundation
import Imaging
import Platform
import Testing

/// Supervised runs on the encoder of the shared run.
enum FineTuneRun {
  static let options =
    TinyRun.settings([
      "train.batchSize=8", "train.lanes=1", "train.logSteps=2", "train.warmupEpochs=0", "data.threads=1",
      "train.learningRatePerBatch256=0.2",
    ])

  /// Trains `steps` steps; test images are those of the shared run.
  static func finetune(
    _ out: URL, steps: Int = 6, weights: URL? = nil, train: URL? = nil, _ pairs: String...,
    options: [String] = options
  ) throws -> Vitrail.Outcome {
    let shared = try TinyRun.shared.get()
    return try Vitrail.run(
      arguments(
        out, steps: steps, weights: weights ?? shared.run, train: train ?? shared.train, test: shared.test)
        + options + TinyRun.settings(pairs))
  }

  static func arguments(_ out: URL, steps: Int, weights: URL, train: URL, test: URL) -> [String] {
    [
      "finetune", "--weights", weights.path, "--train", train.path, "--test", test.path, "--out", out.path,
      "--steps", "\(steps)",
    ]
  }

  /// A finished run, shared by tests that only read it.
  static let shared = Result { () throws -> URL in
    let run = try sharedFolder().appendingPathComponent("finetuned")
    let outcome = try finetune(
      run, steps: 80, "objective.mixupProbability=0", "model.dropPath=0.05", "train.layerDecay=1",
      "data.augmentations=[]")
    try #require(outcome.code == 0, "\(outcome.errors)")
    return run
  }
}

@Suite("vitrail finetune")
struct FineTuneTests {
  @Test("writes a run folder with classifier, scores and pictures, and learns")
  func runFolder() throws {
    let (shared, run) = (try TinyRun.shared.get(), try FineTuneRun.shared.get())
    let files = TinyRun.files(run)
    for name in [
      "checkpoints/last.safetensors", "classification.json", "classification/classifier-classes.csv",
      "classification/classifier-confusion.csv", "classification/classifier-confusion.png",
      "classifier.safetensors", "metrics.jsonl", "model.safetensors", "recipe.yaml", "report.html",
    ] { #expect(files.contains(name), "\(name)") }
    let report = try parsed(
      String(contentsOf: run.appendingPathComponent("classification.json"), encoding: .utf8)
    ).entries
    #expect(report["test"] == .object(["images": .integer(12), "classes": .integer(3)]))
    let scores = report["evaluators"]?.entries["classifier"]?.entries ?? [:]
    #expect(
      Set(scores.keys).isSuperset(of: ["top1", "top5", "balancedAccuracy", "calibrationError", "measures"]))
    #expect((scores["top1"]?.double ?? 0) >= 0.75, "three kinds of stripes can be told apart")
    let page = try String(contentsOf: run.appendingPathComponent("report.html"), encoding: .utf8)
    #expect(page.contains("<h2>Classifier</h2>"))

    let recipe = try String(contentsOf: run.appendingPathComponent("recipe.yaml"), encoding: .utf8)
    #expect(recipe.contains("classes: [ash, birch, cedar]") && recipe.contains("dropPath: 0.05"))
    #expect(recipe.contains("width: 16") && recipe.contains("test: \(shared.test.path)"))

    let evaluated = try Vitrail.run(
      "evaluate", "--weights", run.path, "--train", shared.train.path, "--test", shared.test.path, "--json",
      "-", "--out", try temporaryFolder().path)
    #expect(evaluated.code == 0, "\(evaluated.errors)")
    let inspected = try parsed(
      Vitrail.run("inspect", run.appendingPathComponent("classifier.safetensors").path, "--json").output
    ).entries
    #expect(inspected["kind"] == .string("classifier"))
  }

  @Test("a stopped run goes on to the same bits, with batches mixed, and is scored")
  func resume() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let (whole, stopped) = (
        folder.appendingPathComponent("whole"), folder.appendingPathComponent("stopped")
      )
      let options = FineTuneRun.options + TinyRun.settings(["train.checkpointSteps=2", "train.lanes=2"])
      let first = try FineTuneRun.finetune(whole, steps: 100, options: options)
      #expect(first.code == 0, "\(first.errors)")
      #expect(first.errors.contains("step 2: top-1"), "checkpoints are scored")
      #expect(first.output.contains("classifier top-1, %"))
      let process = try Vitrail.start(
        FineTuneRun.arguments(
          stopped, steps: 100, weights: shared.run, train: shared.train, test: shared.test) + options)
      let deadline = Clock.seconds + 60
      while process.isRunning, TinyRun.checkpointStep(stopped) ?? 0 < 4, Clock.seconds < deadline {
        usleep(200)
      }
      process.send(SIGINT)
      let interrupted = try process.finish()
      #expect(interrupted.output.contains("  vitrail finetune --resume --out"), "\(interrupted.errors)")
      #expect(TinyRun.checkpointStep(stopped) ?? 100 < 100)
      let resumed = try Vitrail.run("finetune", "--resume", "--out", stopped.path)
      #expect(resumed.code == 0, "\(resumed.errors)")
      for file in ["checkpoints/last.safetensors", "classifier.safetensors"] {
        #expect(
          try TinyRun.tensors(stopped.appendingPathComponent(file))
            == TinyRun.tensors(whole.appendingPathComponent(file)))
      }
      func evaluators(_ run: URL) throws -> JSONValue? {
        try parsed(String(contentsOf: run.appendingPathComponent("classification.json"), encoding: .utf8))
          .entries["evaluators"]
      }
      #expect(try evaluators(stopped) == evaluators(whole))
      expectError(
        try Vitrail.run("finetune", "--resume", "--out", stopped.path, "--steps", "120"),
        "train.steps is 100 in the run, and 120 on the command line")
      expectError(
        try Vitrail.run("finetune", "--resume", "--out", shared.run.path), "vitrail pretrain --resume")
    }
  }

  @Test("trains the parts that are asked for", arguments: ["head", "norms", "attention"])
  func parts(_ part: String) throws {
    let before = try TinyRun.tensors(TinyRun.shared.get().run.appendingPathComponent("model.safetensors"))
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let outcome = try FineTuneRun.finetune(run, "train.trainable=\(part)", "objective.norm=tokens")
      #expect(outcome.code == 0, "\(outcome.errors)")
      let after = try TinyRun.tensors(run.appendingPathComponent("model.safetensors"))
      let moved = Set(before.keys.filter { before[$0] != after[$0] })
      let wanted = before.keys.filter {
        part == "norms" && $0.contains("norm") || part == "attention" && $0.contains(".attn.")
      }
      #expect(moved == Set(wanted))
    }
  }

  @Test("takes another image size and held-out images; without test images there are no scores")
  func sizesAndSets() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let larger = folder.appendingPathComponent("larger")
      let outcome = try FineTuneRun.finetune(larger, "model.imageSize=24")
      #expect(outcome.code == 0, "\(outcome.errors)")
      let table = try TinyRun.tensors(larger.appendingPathComponent("model.safetensors"))["pos_embed"]
      #expect(table?.count == (1 + 36) * 16)
      let recipe = try String(contentsOf: larger.appendingPathComponent("recipe.yaml"), encoding: .utf8)
      #expect(recipe.contains("evaluationResize: 24"))

      func train(_ name: String, _ options: [String]) throws -> URL {
        let run = folder.appendingPathComponent(name)
        let outcome = try Vitrail.run(
          ["finetune", "--weights", shared.run.path, "--train", shared.train.path, "--out", run.path]
            + options + FineTuneRun.options + TinyRun.settings(["train.steps=3", "train.epochs=null"]))
        #expect(outcome.code == 0, "\(outcome.errors)")
        return run
      }
      let held = try train("held", ["--hold-out", "0.25"])
      let scores = try parsed(
        String(contentsOf: held.appendingPathComponent("classification.json"), encoding: .utf8)
      ).entries
      #expect(scores["train"]?.entries["images"] == .integer(27))
      #expect(scores["test"]?.entries["images"] == .integer(9))
      #expect(!TinyRun.files(try train("none", [])).contains("classification.json"))
    }
  }

  @Test("says what is wrong with images, weights and recipes")
  func badInput() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let out = folder.appendingPathComponent("run")
      let flat = shared.train.appendingPathComponent("ash")
      expectError(try FineTuneRun.finetune(out, train: flat), "without a class", flat.path, "own folder")
      let one = folder.appendingPathComponent("one")
      try SampleImages.write(to: one, classes: ["ash"], count: 9)
      expectError(try FineTuneRun.finetune(out, train: one), "every image is of class “ash”", "two classes")
      let others = folder.appendingPathComponent("others")
      try SampleImages.write(to: others, classes: ["elm", "fir"], count: 9)
      expectError(
        try FineTuneRun.finetune(out, train: others), "no test image is of a class of the train images",
        "elm",
        "ash")
      let head = try FineTuneRun.shared.get().appendingPathComponent("classifier.safetensors")
      let two = folder.appendingPathComponent("two")
      try SampleImages.write(to: two, classes: ["ash", "birch"], count: 9)
      expectError(
        try FineTuneRun.finetune(out, weights: head, train: two), "tells 3 classes apart (ash, birch, cedar",
        head.path, "model.safetensors")
      let missing = folder.appendingPathComponent("missing")
      expectError(try FineTuneRun.finetune(out, weights: missing), "cannot read", missing.path)
      expectError(try FineTuneRun.finetune(out, train: missing), "No such file", missing.path)
      expectError(try FineTuneRun.finetune(out, "model.width=32"), "width is 16 in the weights file")
      expectError(try FineTuneRun.finetune(out, "objective=mae"), "asks no labels", "pretrain")
      expectError(try FineTuneRun.finetune(out, "train.layerDecay=2"), "train.layerDecay", "choose above 0")
      expectError(
        try FineTuneRun.finetune(out, "train.trainable=heads"), "train.trainable", "full, head, norms")
      expectError(try Vitrail.run("finetune", "--out", out.path), code: 64, "--weights")
      #expect(!FileManager.default.fileExists(atPath: out.path))
      expectError(try FineTuneRun.finetune(shared.run), "holds a run already")
      let converted = folder.appendingPathComponent("converted.safetensors")
      #expect(
        try Vitrail.run(
          "convert", "--from", shared.run.path, "--to", converted.path, "--norm", "crmsNorm"
        ).code == 0)
      expectError(try FineTuneRun.finetune(out, weights: converted), "converted encoder", "before")
      // The head goes on where its classes are the same.
      let outcome = try FineTuneRun.finetune(
        out, weights: head, "train.learningRatePerBatch256=0", "train.minimumLearningRate=0")
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(
        try TinyRun.tensors(out.appendingPathComponent("classifier.safetensors")) == TinyRun.tensors(head))
    }
  }

  @Test("pretrain takes the objective too, from scratch")
  func fromScratch() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let options = TinyRun.settings([
        "model.width=16", "model.depth=1", "model.heads=2", "model.imageSize=16", "model.patchSize=4",
        "model.channels=1", "objective=classification", "train.batchSize=8", "train.lanes=1",
      ])
      let outcome = try TinyRun.pretrain(shared.train, out: run, "train.steps=3", options: options)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(TinyRun.files(run).contains("classifier.safetensors"))
    }
  }
}
