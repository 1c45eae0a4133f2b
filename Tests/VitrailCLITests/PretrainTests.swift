import Foundation
import Imaging
import Platform
import Pretraining
import Testing

@Suite("vitrail pretrain")
struct PretrainTests {
  @Test("writes every file of the run folder, and its recipe repeats the run to the bit")
  func runFolder() throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("a: b #c 'd' é")
      try SampleImages.write(to: data)
      let run = folder.appendingPathComponent("run")
      let outcome = try TinyRun.pretrain(
        data, out: run, "train.steps=7", "train.checkpointSteps=2",
        "train.learningRatePerBatch256=0.010000000000000002", "train.lanes=2")
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("vitrail evaluate --weights"))

      let files = TinyRun.files(run)
      #expect(files.contains { $0.hasPrefix("events.out.tfevents.") })
      #expect(
        files.filter { !$0.hasPrefix("events.") } == [
          "checkpoints", "checkpoints/last.safetensors", "checkpoints/step-00000006.safetensors",
          "checkpoints/step-00000007.safetensors", "data.json", "images.json", "metrics.jsonl",
          "model.safetensors",
          "provenance.jsonl", "recipe.yaml",
          "reconstructions", "reconstructions/step-00000002.png", "reconstructions/step-00000004.png",
          "reconstructions/step-00000006.png", "reconstructions/step-00000007.png", "report.html",
          "warnings.txt",
        ], "seven steps learn nothing, and that is said")
      #expect(TinyRun.checkpointStep(run) == 7)
      let metrics = try String(contentsOf: run.appendingPathComponent("metrics.jsonl"), encoding: .utf8)
      for line in metrics.split(separator: "\n") {
        let entries = try parsed(String(line)).entries
        #expect(
          Set(entries.keys).isSuperset(of: [
            "step", "epoch", "loss", "learningRate", "gradNorm", "imagesPerSecond", "dataWait", "seconds",
          ]))
        #expect(entries.values.allSatisfy { $0.double?.isFinite == true })
      }
      #expect(try TinyRun.loggedSteps(run) == [1, 2, 4, 6, 7])
      let report = try String(contentsOf: run.appendingPathComponent("report.html"), encoding: .utf8)
      #expect(report.contains("</html>") && !report.contains("src=\"http"))

      let recipe = try String(contentsOf: run.appendingPathComponent("recipe.yaml"), encoding: .utf8)
      #expect(!recipe.contains("auto"), "what was left to the run is written out")

      let other = folder.appendingPathComponent("other run")
      let repeated = try Vitrail.run(
        "pretrain", "--recipe", run.appendingPathComponent("recipe.yaml").path, "--out", other.path)
      #expect(repeated.code == 0, "\(repeated.errors)")
      #expect(repeated.output.contains("--weights '"), "a path with a space is quoted")
      for file in ["model.safetensors", "checkpoints/last.safetensors"] {
        let first = try TinyRun.tensors(run.appendingPathComponent(file))
        #expect(try first == TinyRun.tensors(other.appendingPathComponent(file)))
        #expect(!first.isEmpty)
      }
      #expect(
        try Data(contentsOf: run.appendingPathComponent("recipe.yaml"))
          == Data(contentsOf: other.appendingPathComponent("recipe.yaml")))
    }
  }

  @Test("a recipe written as YAML and read back is equal, every number exact")
  func recipeRoundTrip() throws {
    var recipe = Recipe()
    recipe.model.imageSize = ImageSize(height: 48, width: 64)
    recipe.model.mlpRatio = 2.0 / 3
    recipe.model.layerScale = 1e-5
    recipe.model.dropPath = 0.1 + 0.2
    recipe.model.norm = .init("layerNorm", options: ["epsilon": .number(1.0000000000000002e-6)])
    recipe.objective = .init("mae", options: ["maskRatio": .number(0.1 + 0.6), "decoderDepth": .integer(2)])
    recipe.data.path = "/tmp/ \"quoted\" 'é'\t: #\n~ null"
    recipe.data.mean = [0.1, 0.2 + 0.1, 1.0 / 3]
    recipe.data.standardDeviation = [Float(1e-8).nextUp, Float(10).nextDown, 0.226]
    recipe.data.augmentations = [
      Choice(
        "randomResizedCrop",
        options: ["ratio": .array([.number((0.75).nextDown), .number((4.0 / 3).nextUp)])]), "horizontalFlip",
    ]
    recipe.train.epochs = (1e9).nextDown
    recipe.train.learningRatePerBatch256 = .leastNonzeroMagnitude
    recipe.train.minimumLearningRate = (1000.0).nextDown
    recipe.train.seed = UInt64(Int.max)
    recipe.train.lanes = .count(3)
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("recipe.yaml")
      for wanted in [recipe, Recipe()] {
        try Data(RecipeFile.text(wanted).utf8).write(to: file)
        #expect(try RecipeFile.load(file.path, folders: []) == wanted)
      }
    }
  }

  @Test("trains on colour images and on IDX sets")
  func otherSources() throws {
    try withTemporaryFolder { folder in
      try SampleImages.writeIDX(to: folder, prefix: "train", count: 30)
      try SampleImages.writeIDX(to: folder, prefix: "t10k", count: 9)
      for split in ["train", "test"] {
        let run = folder.appendingPathComponent(split)
        let outcome = try Vitrail.run(
          ["pretrain", "--data", folder.path, "--split", split, "--out", run.path, "--epochs", "1.5"]
            + TinyRun.options + TinyRun.settings(["model.channels=3", "model.imageSize=[8, 12]"]))
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(try TinyRun.loggedSteps(run).last == (split == "train" ? 5 : 2))
      }
    }
  }

  @Test("a diverging run names the step and a layer, and leaves the last checkpoint intact")
  func divergence() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let outcome = try TinyRun.pretrain(
        shared.train, out: run, "train.steps=20", "train.checkpointSteps=1", "train.warmupEpochs=0",
        "train.learningRatePerBatch256=1e30")
      expectError(outcome, "is not finite", "first in the ", run.path, "lower train.learningRatePerBatch256")
      #expect(outcome.lastError.contains("set train.clipNorm: 1"))
      let clipped = try TinyRun.pretrain(
        shared.train, out: folder.appendingPathComponent("clipped"), "train.steps=20", "train.warmupEpochs=0",
        "train.clipNorm=1", "train.learningRatePerBatch256=1e30")
      expectError(clipped, "lower train.learningRatePerBatch256 or train.clipNorm, which is 1.0, and")
      let step = try #require(TinyRun.checkpointStep(run))
      #expect(outcome.lastError.contains("step \(step + 1) "))
      let tensors = try TinyRun.tensors(run.appendingPathComponent("checkpoints/last.safetensors"))
      #expect(tensors.values.allSatisfy { $0.allSatisfy { Float(bitPattern: $0).isFinite } })
    }
  }
}
