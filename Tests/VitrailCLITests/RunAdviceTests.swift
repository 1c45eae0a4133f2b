import Foundation
import Platform
import Pretraining
import Testing

/// What `pretrain` says and checks before its first step.
@Suite("The first minute of a run")
struct RunAdviceTests {
  private func rehearse(_ data: URL, _ pairs: String..., options: [String] = ["--json"]) throws
    -> Vitrail.Outcome
  {
    try Vitrail.run(
      ["pretrain", "--data", data.path, "--dry-run"] + options + TinyRun.options + TinyRun.settings(pairs))
  }

  @Test("a dry run says images, model, memory and time, and leaves nothing behind")
  func dryRun() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let out = folder.appendingPathComponent("run")
      let outcome = try rehearse(shared.train, "train.steps=90", options: ["--json", "--out", out.path])
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(TinyRun.files(folder).isEmpty)
      let text = outcome.errors
      #expect(text.contains("images   36 in \(shared.train.path), 3 classes; 12×20, gray, 8 bits"), "\(text)")
      #expect(text.contains("training 90 steps (22.50 epochs of 4) of 8 images"), "\(text)")
      #expect(text.contains("memory   about ") && text.contains("speed    "), "\(text)")
      let found = try parsed(outcome.output).entries
      #expect(found["images"]?.double == 36 && found["classes"]?.double == 3)
      #expect(found["steps"]?.double == 90 && found["stepsPerEpoch"]?.double == 4)
      #expect(found["secondsPerStep"]?.double ?? 0 > 0 && found["memoryBytes"]?.double ?? 0 > 1e6)
      #expect(found["advice"]?.list.isEmpty ?? false, "\(outcome.output)")
    }
  }

  @Test("settings that do not suit the images are named with better ones")
  func advice() throws {
    let shared = try TinyRun.shared.get()
    let outcome = try rehearse(
      shared.train, "train.steps=5", "model.imageSize=64", "model.patchSize=16", "model.channels=3",
      "train.batchSize=100", "train.warmupEpochs=40", "data.mean=[0.9,0.9,0.9]",
      "data.standardDeviation=[0.1,0.1,0.1]")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let advice = try parsed(outcome.output).entries["advice"]?.list.compactMap(\.string) ?? []
    for words in [
      "12 pixels are enlarged to 64×64 RGB: --set model.imageSize=12 --set model.patchSize=2",
      "--set model.channels=1", "data.mean=auto", "a batch of 100 is more than the 36 images",
      "a warm-up of 40 epochs in a run of 5",
    ] {
      #expect(advice.contains { $0.contains(words) }, "\(words): \(advice)")
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
  }

  @Test("what cannot come to anything is refused before the first step")
  func refused() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let out = folder.appendingPathComponent("run")
      func refuse(_ pairs: String..., words: String) throws {
        let outcome = try Vitrail.run(
          ["pretrain", "--data", shared.train.path, "--out", out.path] + TinyRun.options
            + TinyRun.settings(["train.steps=3"] + pairs))
        expectError(outcome, words)
        #expect(!outcome.errors.contains("step 1/"))
        #expect(!FileManager.default.fileExists(atPath: out.path))
      }
      for objective in ["simCLR", "mocoV3"] {
        try refuse(
          "objective=\(objective)", "train.batchSize=1",
          words: "a batch of 1, in which \(objective) has no other")
      }
      try refuse("data.mean=[123.675]", words: "divide values of 0…255 by 255")
      try refuse("data.standardDeviation=[57.1]", words: "divide values of 0…255 by 255")
      try refuse("train.minutes=1", "train.epochs=2", "train.steps=null", words: "both epochs and minutes")
      try refuse(
        "train.batchSize=1048576", "train.accumulation=1", "model.imageSize=128", "model.width=64",
        words: "lower train.batchSize")
    }
  }

  @Test("places that cannot be written to are refused before the work, and empty values at once")
  func outputs() throws {
    let shared = try TinyRun.shared.get()
    let (run, data) = (shared.run.path, shared.train.path)
    let classified = ["--train", data, "--test", shared.test.path]
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("file")
      try Data().write(to: file)
      for arguments in [
        ["pretrain", "--data", data, "--out", "/proc/nope"] + TinyRun.options,
        ["embed", "--weights", run, "--data", data, "--out", "/proc/nope"],
        ["embed", "--weights", run, "--data", data, "--out", file.path],
        ["reconstruct", "--weights", run, "--data", data, "--out", folder.path + "/none/grid.png"],
        ["reconstruct", "--weights", run, "--data", data, "--out", folder.path],
        ["evaluate", "--weights", run, "--out", "/proc/nope"] + classified,
        ["pack", "--data", data, "--out", "/proc/nope"],
        ["dataset", "describe", data, "--sheet", "/proc/nope/sheet.png"],
      ] {
        let outcome = try Vitrail.run(arguments)
        expectError(outcome)
        #expect(!outcome.errors.contains("img/s"), "\(arguments): \(outcome.errors)")
      }
      #expect(TinyRun.files(folder) == ["file"])
      expectError(try Vitrail.run("embed", "--weights", run, "--data", data, "--out", ""), code: 64, "--out")
      expectError(try Vitrail.run("pretrain", "--data="), code: 64, "--data=")
    }
  }

  @Test("a length in minutes becomes steps that are written down, and a run of that recipe has the same bits")
  func minutes() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let (first, again) = (folder.appendingPathComponent("first"), folder.appendingPathComponent("again"))
      let outcome = try Vitrail.run(
        ["pretrain", "--data", shared.train.path, "--out", first.path, "--minutes", "0.01"] + TinyRun.options
          + TinyRun.settings(["train.epochs=7", "train.warmupEpochs=1000"]))
      #expect(outcome.code == 0, "\(outcome.errors)")
      let recipe = try RecipeFile.load(first.path + "/recipe.yaml", folders: [])
      let steps = try #require(recipe.train.steps)
      #expect(recipe.train.minutes == 0.01 && recipe.train.epochs == nil)
      #expect(
        outcome.errors.contains("(\(steps) steps) in ") && outcome.output.contains("trained \(steps) steps"))
      #expect(abs((recipe.train.warmupEpochs ?? 0) - Double(steps) / 40) <= 0.1)
      // The same line goes on with it.
      let resumed = try Vitrail.run(
        ["pretrain", "--resume", "--data", shared.train.path, "--out", first.path, "--minutes", "0.01"]
          + TinyRun.options + TinyRun.settings(["train.epochs=7", "train.warmupEpochs=1000"]))
      #expect(resumed.code == 0, "\(resumed.errors)")
      let repeated = try Vitrail.run(
        "pretrain", "--recipe", first.path + "/recipe.yaml", "--out", again.path)
      #expect(repeated.code == 0 && repeated.output.contains("trained \(steps) steps"), "\(repeated.errors)")
      #expect(
        try TinyRun.tensors(first.appendingPathComponent("model.safetensors"))
          == TinyRun.tensors(again.appendingPathComponent("model.safetensors")))
      expectError(
        try Vitrail.run("pretrain", "--data", "x", "--steps", "3", "--minutes", "3"), code: 64, "one of")
    }
  }

  @Test("steps on the command line replace a recipe's epochs")
  func steps() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let outcome = try Vitrail.run(
        ["pretrain", "--data", shared.train.path, "--out", run.path, "--steps", "3"] + TinyRun.options
          + TinyRun.settings(["train.epochs=7"]))
      #expect(outcome.code == 0 && outcome.output.contains("trained 3 steps"), "\(outcome.errors)")
    }
  }
}
