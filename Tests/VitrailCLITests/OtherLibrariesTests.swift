import Foundation
import Platform
import Tensors
import Testing
import VisionTransformer

/// Weights of other libraries from the command line: a timm encoder that lies in a folder, as `timm.models.save_for_hf`
/// leaves it.
@Suite("weights of other libraries")
struct OtherLibrariesTests {
  private static let width = 8

  /// Writes an encoder of 8×8 gray images in timm's names, with a head beside it.
  private func write(to folder: URL, config: String?) throws {
    var random = RandomStream(seed: 3, purpose: .synthetic, name: "other")
    func tensor(_ shape: Int...) -> Tensor {
      Tensor(shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Scalar(0.3 * random.normal()) })
    }
    let width = Self.width
    var tensors: [(name: String, tensor: Tensor)] = [
      ("cls_token", tensor(1, 1, width)), ("pos_embed", tensor(1, 5, width)),
      ("patch_embed.proj.weight", tensor(width, 1, 4, 4)), ("patch_embed.proj.bias", tensor(width)),
      ("norm.weight", tensor(width)), ("norm.bias", tensor(width)), ("head.weight", tensor(2, width)),
      ("mask_token", tensor(1, width)),
    ]
    for (name, outputs, inputs) in [
      ("attn.qkv", 3 * width, width), ("attn.proj", width, width), ("mlp.fc1", 16, width),
      ("mlp.fc2", width, 16),
    ] {
      tensors.append(("blocks.0.\(name).weight", tensor(outputs, inputs)))
      tensors.append(("blocks.0.\(name).bias", tensor(outputs)))
    }
    for norm in ["norm1", "norm2"] {
      tensors += [("blocks.0.\(norm).weight", tensor(width)), ("blocks.0.\(norm).bias", tensor(width))]
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try SafetensorsFile.write(tensors, metadata: [:], to: folder.appending(path: "model.safetensors"))
    if let config {
      try config.write(to: folder.appending(path: "config.json"), atomically: true, encoding: .utf8)
    }
  }

  private let config = """
    {"architecture": "vit_tiny_patch4_8", "global_pool": "token", "model_args": {"num_heads": 2},
     "pretrained_cfg": {"input_size": [1, 8, 8], "mean": [0.5], "std": [0.25], "crop_pct": 1.0}}
    """

  private let told = [
    "--encoder-heads", "2", "--encoder-epsilon", "1e-6", "--encoder-activation", "gelu", "--encoder-mean",
    "0.5",
    "--encoder-std", "0.25",
  ]

  private func features(_ weights: URL, _ data: URL, _ options: [String] = []) throws -> Data {
    let out = weights.deletingLastPathComponent().appending(path: UUID().uuidString)
    let outcome = try Vitrail.run(
      ["embed", "--weights", weights.path, "--data", data.path, "--out", out.path] + options)
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try Data(contentsOf: out.appending(path: "features.npy"))
  }

  @Test("what a config.json says, options say as well, and a converted file says itself")
  func threeWaysGiveTheSameFeatures() throws {
    let data = try TinyRun.shared.get().test
    try withTemporaryFolder { folder in
      let configured = folder.appending(path: "configured")
      let bare = folder.appending(path: "bare")
      try write(to: configured, config: config)
      try write(to: bare, config: nil)
      let wanted = try features(configured, data)
      #expect(try features(bare.appending(path: "model.safetensors"), data, told) == wanted)
      let converted = folder.appending(path: "converted.safetensors")
      let outcome = try Vitrail.run("convert", "--from", configured.path, "--to", converted.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(try features(converted, data) == wanted)
    }
  }

  @Test("what is not told is asked for at once, and what is not read is said")
  func asksAndTells() throws {
    let data = try TinyRun.shared.get().test
    try withTemporaryFolder { folder in
      let bare = folder.appending(path: "bare")
      try write(to: bare, config: nil)
      let asked = try Vitrail.run(
        "embed", "--weights", bare.path, "--data", data.path, "--out", folder.appending(path: "f").path)
      #expect(asked.code != 0)
      #expect(
        asked.errors.contains(
          "--encoder-heads --encoder-epsilon --encoder-activation --encoder-mean --encoder-std"),
        "\(asked.errors)")
      let inspected = try Vitrail.run(["inspect", bare.path] + told)
      #expect(inspected.output.contains("encoder of timm VisionTransformer"), "\(inspected.output)")
      let scored = try Vitrail.run(
        ["embed", "--weights", bare.path, "--data", data.path, "--out", folder.appending(path: "g").path]
          + told)
      #expect(
        scored.errors.contains("1 tensors beside the encoder are not read: mask_token"), "\(scored.errors)")
    }
  }

  @Test("a head beside such an encoder says what is in images, also after conversion and as ONNX")
  func predicts() throws {
    let data = try TinyRun.shared.get().test
    try withTemporaryFolder { folder in
      let weights = folder.appending(path: "timm")
      let labels = "\"label_names\": [\"boot\", \"coat\"], \"model_args\""
      try write(to: weights, config: config.replacing("\"model_args\"", with: labels))
      let converted = folder.appending(path: "converted.safetensors")
      #expect(try Vitrail.run("convert", "--from", weights.path, "--to", converted.path).code == 0)
      var tables: [String] = []
      for source in [weights, converted] {
        let out = folder.appending(path: "predictions.csv")
        let outcome = try Vitrail.run(
          "predict", "--weights", source.path, "--data", data.path, "--out", out.path)
        #expect(outcome.code == 0, "\(outcome.errors)")
        tables.append(try String(contentsOf: out, encoding: .utf8))
      }
      #expect(tables[0].hasPrefix("path,class,boot,coat\n") && tables[0] == tables[1])
      let onnx = folder.appending(path: "classifier.onnx")
      let outcome = try Vitrail.run("convert", "--from", weights.path, "--to", onnx.path)
      #expect(outcome.output.contains("probabilities [batch, 2]"), "\(outcome.output) \(outcome.errors)")
    }
  }

  @Test("pretraining goes on from such weights, and the run says of what shape they are")
  func trainingGoesOn() throws {
    let data = try TinyRun.shared.get().test
    try withTemporaryFolder { folder in
      let weights = folder.appending(path: "timm")
      try write(to: weights, config: config)
      let run = folder.appending(path: "run")
      let outcome = try Vitrail.run(
        "pretrain", "--data", data.path, "--from-weights", weights.path, "--out", run.path, "--set",
        "train.epochs=1", "--set", "train.batchSize=4")
      #expect(outcome.code == 0, "\(outcome.errors)")
      let trained = try ModelFile(contentsOf: run.appending(path: "model.safetensors"))
      #expect(trained.configuration.width == Self.width && trained.configuration.depth == 1)
      #expect(trained.configuration.positions == .learned && trained.configuration.patchNorm == .none)
      #expect(trained.preprocessing.mean == [0.5] && trained.preprocessing.standardDeviation == [0.25])
    }
  }

  @Test("such weights teach the run that goes on from them, also after a stop")
  func teach() throws {
    let images = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let weights = folder.appending(path: "timm")
      try write(to: weights, config: config)
      let run = folder.appending(path: "run")
      let arguments =
        ["pretrain", "--data", images.train.path, "--out", run.path]
        + TinyRun.settings([
          "train.steps=6", "train.checkpointSteps=3", "train.batchSize=4", "train.featureSteps=3",
          "objective.distillation.distance=cosine",
        ])
      expectError(
        try Vitrail.run(arguments), code: 1, "no weights to start from", "objective.distillation",
        "--from-weights")
      let outcome = try Vitrail.run(arguments + ["--from-weights", weights.path])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let last = run.appending(path: "checkpoints/last.safetensors")
      let end = try TinyRun.tensors(last)
      let given = try TinyRun.tensors(weights.appending(path: "model.safetensors"))
      let name = "blocks.0.mlp.fc1.weight"
      #expect(end["teacher.\(name)"] == given[name] && end[name] != given[name])
      let model = try TinyRun.tensors(run.appending(path: "model.safetensors"))
      #expect(model[name] == end[name])
      #expect(!model.keys.contains { $0.hasPrefix("teacher.") || $0.hasPrefix("distillation.") })

      // As if it had been killed behind its third step, and the weights were gone.
      let checkpoints = run.appending(path: "checkpoints")
      let names = TinyRun.files(checkpoints).filter { $0.hasPrefix("step-") }
      #expect(names.count == 2)
      try FileManager.default.removeItem(at: checkpoints.appending(path: names[1]))
      try FileManager.default.removeItem(at: last)
      try FileManager.default.createSymbolicLink(atPath: last.path, withDestinationPath: names[0])
      try FileManager.default.removeItem(at: weights)
      let resumed = try Vitrail.run("pretrain", "--resume", "--out", run.path)
      #expect(resumed.code == 0, "\(resumed.errors)")
      #expect(try TinyRun.tensors(last) == end)
      let log = try String(contentsOf: run.appending(path: "metrics.jsonl"), encoding: .utf8)
      #expect(log.contains("\"distillation\":"), "\(log)")

      let scored = try Vitrail.run(
        "evaluate", "--weights", run.path, "--train", images.train.path, "--test", images.test.path,
        "--evaluators", "knn", "--no-baselines")
      #expect(scored.code == 0, "\(scored.errors)")
      // The run's recipe does for one that the run teaches.
      let second = folder.appending(path: "second")
      let taught = try Vitrail.run(
        "pretrain", "--recipe", run.appending(path: "recipe.yaml").path, "--from-weights", run.path, "--set",
        "objective.distillation.teacher=\(run.path)", "--steps", "2", "--out", second.path)
      #expect(taught.code == 0, "\(taught.errors)")
      let other = try TinyRun.tensors(second.appending(path: "checkpoints/last.safetensors"))
      #expect(other["teacher.\(name)"] == model[name] && other[name] != model[name])
    }
  }
}
