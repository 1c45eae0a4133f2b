import Foundation
import Platform
import Testing

@Suite("vitrail pack, mixtures and splits")
struct PackTests {
  private func pack(_ data: URL, _ out: URL, _ more: String...) throws -> Vitrail.Outcome {
    try Vitrail.run(["pack", "--data", data.path, "--out", out.path] + more)
  }

  /// The bits of the encoder of a run.
  private func model(_ run: URL) throws -> [String: [UInt32]] {
    try TinyRun.tensors(run.appendingPathComponent("model.safetensors"))
  }

  @Test(
    "writes shards that can be trained on; a resumed run ends with the bits of one that was never stopped")
  func packAndTrain() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let shards = folder.appendingPathComponent("shards")
      let packed = try pack(shared.train, shards, "--shard-count", "3", "--format", "keep", "--json")
      #expect(packed.code == 0, "\(packed.errors)")
      let summary = try parsed(packed.output).entries
      #expect(summary["images"] == .integer(36) && summary["copied"] == .integer(36))
      #expect(
        summary["shards"] == .integer(3) && summary["classes"] == .integer(3)
          && summary["skipped"] == .integer(0))
      #expect(packed.errors.contains("packing") && packed.errors.contains("img/s"))
      #expect(
        TinyRun.files(shards) == ["classes.txt", "shard-000000.tar", "shard-000001.tar", "shard-000002.tar"])

      // Shards through a buffer of 5, beside a folder: order and augmentations must be found again.
      let arguments = ["--data", shards.path, "--data", shared.train.path, "--mix", "3,1"]
      let settings =
        TinyRun.options
        + TinyRun.settings([
          "train.steps=20", "train.checkpointSteps=7", "data.shuffleBuffer=5",
          "train.learningRatePerBatch256=0.03",
        ])
      let whole = folder.appendingPathComponent("whole")
      let first = try Vitrail.run(["pretrain", "--out", whole.path] + arguments + settings)
      #expect(first.code == 0, "\(first.errors)")
      #expect(first.errors.contains("images   72 in \(shards.path) + \(shared.train.path)"))
      let cut = folder.appendingPathComponent("cut")
      try FileManager.default.copyItem(at: whole, to: cut)
      let checkpoints = cut.appendingPathComponent("checkpoints")
      let last = checkpoints.appendingPathComponent("last.safetensors")
      try FileManager.default.removeItem(at: last)
      try FileManager.default.removeItem(at: checkpoints.appendingPathComponent("step-00000020.safetensors"))
      try FileManager.default.createSymbolicLink(
        atPath: last.path, withDestinationPath: "step-00000014.safetensors")
      let moved = folder.appendingPathComponent("moved")
      try FileManager.default.moveItem(at: shards, to: moved)
      let resume = ["pretrain", "--resume", "--out", cut.path]
      expectError(try Vitrail.run(resume), shards.path)
      expectError(try Vitrail.run(resume + ["--data", moved.path]), code: 64, "2 sets")
      let resumed = try Vitrail.run(resume + ["--data", moved.path, "--data", shared.train.path])
      #expect(resumed.code == 0, "\(resumed.errors)")
      #expect(try model(cut) == model(whole))
      #expect(try model(cut) != model(shared.run))
    }
  }

  @Test("packs an IDX set, resized, and says what was skipped")
  func packKinds() throws {
    try withTemporaryFolder { folder in
      try SampleImages.writeIDX(to: folder, prefix: "t10k", count: 20)
      let out = folder.appendingPathComponent("out")
      let packed = try pack(
        folder, out, "--split", "test", "--resize", "5", "--limit", "9", "--quality", "90")
      #expect(packed.code == 0, "\(packed.errors)")
      #expect(packed.output.contains("9 images (0 copied as they are) in 1 shards"))
      let embedded = try Vitrail.run(
        "embed", "--weights", TinyRun.shared.get().run.path, "--data", out.path, "--out",
        folder.path + "/features",
        "--limit", "6")
      #expect(embedded.code == 0 && embedded.output.contains("6 × 16 features"), "\(embedded.errors)")
      let classes = try String(contentsOfFile: folder.path + "/features/classes.txt", encoding: .utf8)
      #expect(classes == "0\n1\n2\n")
      expectError(try pack(folder, out, "--split", "test"), "not an empty folder", out.path)

      let images = folder.appendingPathComponent("images")
      try SampleImages.write(to: images, count: 10)
      try Data("text".utf8).write(to: images.appendingPathComponent("ash/text.png"))
      let some = folder.appendingPathComponent("some")
      let outcome = try pack(images, some)
      #expect(
        outcome.code == 0 && outcome.output.contains("skipped 1 bad images: \(some.path)/bad-images.txt"))
      expectError(
        try pack(images, folder.appendingPathComponent("none"), "--max-bad", "0"),
        "mend or remove them, such as \(images.path)/ash/text.png; or allow more with --max-bad")

      let whole = try Data(contentsOf: images.appendingPathComponent("birch/1.png"))
      try whole.dropLast(40).write(to: images.appendingPathComponent("birch/cut.png"))
      let padded = try pack(images, folder.appendingPathComponent("padded"), "--truncated", "pad", "--json")
      #expect(try parsed(padded.output)["skipped"] == .integer(1), "\(padded.errors)")
    }
  }

  @Test("evaluate splits one set, pretraining leaves a share out, and both take a limit")
  func holdOut() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let trained = try TinyRun.pretrain(
        shared.train, out: run, "train.steps=2", "data.holdOut=0.25", "data.limit=12")
      #expect(trained.code == 0 && trained.errors.contains("images   12 in "), "\(trained.errors)")
      let arguments = ["evaluate", "--weights", run.path, "--train", shared.train.path]
      let outcome = try Vitrail.run(arguments + ["--hold-out", "0.25", "--evaluators", "knn", "--json", "-"])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let scores = try parsed(outcome.output).entries
      #expect(
        scores["train"]?.entries["images"] == .integer(27) && scores["test"]?.entries["images"] == .integer(9)
      )
      let limited = try Vitrail.run(
        arguments + ["--test", shared.test.path, "--limit", "6", "--evaluators", "knn", "--json", "-"])
      let few = try parsed(limited.output).entries
      #expect(few["train"]?.entries["images"] == .integer(6) && few["test"]?.entries["images"] == .integer(6))
      expectError(try Vitrail.run(arguments + ["--hold-out", "0.001"]), "0.001", shared.train.path)
    }
  }

  @Test(
    "refuses choices of data that do not fit together, naming the key",
    arguments: [
      (["data.mix=[{path: a}]"], ["data.mix", "both path and mix"]),
      (["data.path=null", "data.mix=[]"], ["data.mix", "no sets"]),
      (
        ["data.path=null", "data.mix=[{path: a, weight: 1}, {path: b}]"],
        ["data.mix", "1 weights for 2 sets"]
      ),
      (["data.path=null", "data.mix=[{path: a, weight: 0}]"], ["data.mix[0].weight", "above 0"]),
      (
        ["data.path=null", "data.mix=[{path: a, wieght: 1}]"], ["data.mix.0.wieght", "did you mean 'weight'"]
      ),
      (["data.holdOut=1"], ["data.holdOut", "above 0, up to 0.99"]), (["data.limit=0"], ["data.limit"]),
      (["data.shuffleBuffer=0"], ["data.shuffleBuffer"]),
    ])
  func settings(_ settings: [String], _ words: [String]) throws {
    try withTemporaryFolder { folder in
      let recipe = folder.appendingPathComponent("recipe.yaml")
      try Data("data: {path: /nowhere}\n".utf8).write(to: recipe)
      let outcome = try Vitrail.run(
        ["pretrain", "--recipe", recipe.path, "--out", folder.path + "/run"] + TinyRun.options
          + TinyRun.settings(settings))
      expectError(outcome)
      for word in words { #expect(outcome.lastError.contains(word), "\(outcome.lastError)") }
    }
  }
}
