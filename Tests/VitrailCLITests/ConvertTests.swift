import Foundation
import Platform
import Testing
import VisionTransformer

@Suite("vitrail convert")
struct ConvertTests {
  private func convert(_ from: URL, _ to: URL, _ options: String...) throws -> Vitrail.Outcome {
    try Vitrail.run(["convert", "--from", from.path, "--to", to.path] + options)
  }

  private func features(_ weights: URL, _ data: URL, in folder: URL) throws -> [Float] {
    let out = folder.appendingPathComponent(UUID().uuidString)
    let outcome = try Vitrail.run(
      "embed", "--weights", weights.path, "--data", data.path, "--out", out.path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let bytes = try Data(contentsOf: out.appendingPathComponent("features.npy")).dropFirst(128)
    return bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }

  private func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count, !a.isEmpty else { return .infinity }
    return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test("a converted encoder and a converted checkpoint work everywhere")
  func convertedFilesWork() throws {
    let shared = try TinyRun.shared.get()
    let model = shared.run.appendingPathComponent("model.safetensors")
    let checkpoint = shared.run.appendingPathComponent("checkpoints/last.safetensors")
    try withTemporaryFolder { folder in
      let wanted = try features(model, shared.test, in: folder)
      for options in [["--fold"], ["--norm", "rmsNorm"], ["--fold", "--norm", "crmsNorm"]] {
        for source in [model, checkpoint, shared.run] {
          let to = folder.appendingPathComponent("converted.safetensors")
          let outcome = try Vitrail.run(
            ["convert", "--from", source.path, "--to", to.path] + options)
          #expect(outcome.code == 0, "\(outcome.errors)")
          #expect(outcome.output.contains("blocks.*.norm1") || outcome.output.contains("blocks.0.norm1"))
          #expect(outcome.output.contains("attn.qkv") && outcome.output.contains("features are read"))
          #expect(outcome.output.contains("decoder_pred") == (source == checkpoint))
          #expect(largestDifference(try features(to, shared.test, in: folder), wanted) <= 1e-5)
          #expect(try Vitrail.run("inspect", to.path).code == 0)
        }
      }
      let converted = folder.appendingPathComponent("converted.safetensors")
      #expect(try convert(checkpoint, converted, "--norm", "crmsNorm").code == 0)
      var pictures: [Data] = []
      for weights in [checkpoint, converted] {
        let out = folder.appendingPathComponent("grid.png")
        let outcome = try Vitrail.run(
          "reconstruct", "--weights", weights.path, "--data", shared.test.path, "--out", out.path)
        #expect(outcome.code == 0, "\(outcome.errors)")
        pictures.append(try Data(contentsOf: out))
      }
      #expect(abs(pictures[0].count - pictures[1].count) < 200)
      let evaluated = try Vitrail.run(
        "evaluate", "--weights", converted.path, "--train", shared.train.path, "--test", shared.test.path,
        "--evaluators", "knn")
      #expect(evaluated.code == 0, "\(evaluated.errors)")
    }
  }

  @Test("what is impossible is refused, and the input stays")
  func refusals() throws {
    let shared = try TinyRun.shared.get()
    let model = shared.run.appendingPathComponent("model.safetensors")
    try withTemporaryFolder { folder in
      let to = folder.appendingPathComponent("to.safetensors")
      expectError(try convert(model, to), code: 64, "--fold")
      expectError(try convert(model, to, "--norm", "batchNorm"), code: 64, "rmsNorm")
      let copy = folder.appendingPathComponent("copy.safetensors")
      try FileManager.default.copyItem(at: model, to: copy)
      let link = folder.appendingPathComponent("link.safetensors")
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: copy)
      for target in [copy, link] {
        expectError(try convert(copy, target, "--fold"), "would be overwritten", "--to")
      }
      #expect(try Data(contentsOf: copy) == Data(contentsOf: model))
      expectError(try convert(folder.appendingPathComponent("none"), to, "--fold"), "cannot read")
      expectError(
        try convert(model, folder.appendingPathComponent("no/where"), "--fold"), "there is no folder")
      let post = folder.appendingPathComponent("post")
      #expect(
        try TinyRun.pretrain(shared.train, out: post, "train.steps=2", "model.placement=post").code == 0)
      expectError(try convert(post, to, "--norm", "rmsNorm"), "post", "--fold")
      let kept = try convert(post, to, "--fold")
      #expect(kept.code == 0 && kept.output.contains("stays: the residual stream is behind it"))
    }
  }

  @Test("weights start another run, and norms are removed from it")
  func removal() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let outcome = try Vitrail.run(
        ["pretrain", "--data", shared.train.path, "--out", run.path, "--from-weights", shared.run.path]
          + TinyRun.options + TinyRun.settings(["train.steps=30", "model.norm=removedLayerNorm"]))
      #expect(outcome.code == 0, "\(outcome.errors)")
      let recipe = try String(contentsOf: run.appendingPathComponent("recipe.yaml"), encoding: .utf8)
      #expect(recipe.contains("initialWeights") && recipe.contains("step-00000006.safetensors"))
      let to = folder.appendingPathComponent("bare.safetensors")
      let converted = try convert(run, to, "--fold")
      #expect(converted.code == 0 && converted.output.contains("removedLayerNorm → none"))
      let names = try SafetensorsFile(contentsOf: to).entries.keys
      #expect(!names.contains { $0.contains("norm1") || $0.contains("norm2") || $0.contains("deviation") })
      let (a, b) = (
        try features(run, shared.test, in: folder), try features(to, shared.test, in: folder)
      )
      #expect(largestDifference(a, b) <= 1e-4)
      let checkpoint = run.appendingPathComponent("checkpoints/last.safetensors")
      let bare = folder.appendingPathComponent("bare-checkpoint.safetensors")
      #expect(try convert(checkpoint, bare, "--fold").code == 0)
      #expect(
        try Vitrail.run(
          "reconstruct", "--weights", bare.path, "--data", shared.test.path, "--out",
          folder.appendingPathComponent("grid.png").path
        ).code == 0)
    }
  }

  @Test("a removal that is resumed halfway ends in the same bits")
  func resumedRemoval() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let times = ["start", "mlpSpan", "attentionSpan", "leadingSpan"].map { "\($0): 2" }
      let outcome = try Vitrail.run(
        ["pretrain", "--data", shared.train.path, "--out", run.path] + TinyRun.options
          + TinyRun.settings([
            "model.norm={kind: removedLayerNorm, \(times.joined(separator: ", "))}", "train.steps=10",
            "train.checkpointSteps=5",
          ]))
      #expect(outcome.code == 0, "\(outcome.errors)")
      let checkpoints = run.appendingPathComponent("checkpoints")
      let (half, end) = (
        checkpoints.appendingPathComponent("step-00000005.safetensors"),
        checkpoints.appendingPathComponent("step-00000010.safetensors")
      )
      let stages = try TinyRun.tensors(half).filter { $0.key.hasSuffix(".stage") }
      #expect(Set(stages.values).count == 2, "halfway some norms are gone and some are not")
      let wanted = try TinyRun.tensors(end)
      for file in [end, checkpoints.appendingPathComponent("last.safetensors")] {
        try FileManager.default.removeItem(at: file)
      }
      #expect(try Vitrail.run("pretrain", "--resume", "--out", run.path).code == 0)
      #expect(try TinyRun.tensors(end) == wanted)
    }
  }

  @Test("a start from given weights is that start, to the bit, and resumes without the file")
  func initialWeights() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let start = folder.appendingPathComponent("start.safetensors")
      try FileManager.default.copyItem(
        at: shared.run.appendingPathComponent("checkpoints/step-00000006.safetensors"), to: start)
      func pretrain(_ name: String, _ options: [String]) throws -> (URL, Vitrail.Outcome) {
        let out = folder.appendingPathComponent(name)
        let arguments = ["pretrain", "--data", shared.train.path, "--out", out.path] + TinyRun.options
        return (out, try Vitrail.run(arguments + options))
      }
      // Without learning, what is trained is what was given.
      let still = TinyRun.settings(["train.steps=2", "train.learningRatePerBatch256=0"])
      let (run, outcome) = try pretrain("still", ["--from-weights", start.path] + still)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let given = try TinyRun.tensors(start).filter { !$0.key.hasPrefix("optimizer.") }
      let kept = try TinyRun.tensors(run.appendingPathComponent("checkpoints/last.safetensors"))
      for (name, bits) in given { #expect(kept[name] == bits, "\(name)") }

      // An encoder alone leaves the decoder at its initial weights.
      let model = shared.run.appendingPathComponent("model.safetensors")
      let (alone, encoderOnly) = try pretrain("alone", ["--from-weights", model.path] + still)
      #expect(encoderOnly.code == 0, "\(encoderOnly.errors)")
      let partly = try TinyRun.tensors(alone.appendingPathComponent("checkpoints/last.safetensors"))
      #expect(partly["blocks.0.attn.qkv.weight"] == given["blocks.0.attn.qkv.weight"])
      #expect(partly["decoder_embed.weight"] != given["decoder_embed.weight"])

      // After its first checkpoint a run needs the file no more.
      let steps = TinyRun.settings(["train.steps=4", "train.checkpointSteps=2"])
      let (going, first) = try pretrain("going", ["--from-weights", start.path] + steps)
      #expect(first.code == 0, "\(first.errors)")
      try FileManager.default.removeItem(at: start)
      let resumed = try Vitrail.run("pretrain", "--resume", "--out", going.path)
      #expect(resumed.code == 0, "\(resumed.errors)")

      for (settings, words) in [
        (["model.width=32"], ["width is 16 in the weights file", "32"]),
        (["model.norm=rmsNorm"], ["'blocks.0.norm1.bias'", "the model has not"]),
        (["model.norm=biasedNorm"], ["unknown norm"]),
        (["model.layerScale=0.1"], ["'blocks.0.ls1.gamma' is missing"]),
        (["model.heads=4"], ["headCount is 2"]),
      ] {
        let (_, refused) = try pretrain(
          "refused-\(words[0].count)", ["--from-weights", model.path] + TinyRun.settings(settings))
        #expect(refused.code == 1)
        for word in words { #expect(refused.lastError.contains(word), "\(refused.lastError)") }
      }
      let (_, missing) = try pretrain("missing", ["--from-weights", start.path])
      expectError(missing, "cannot read", start.path)
    }
  }
}
