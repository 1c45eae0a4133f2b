import Foundation
import Testing

@Suite("vitrail with objectives of masks and positions")
struct MaskedObjectiveTests {
  private func pretrain(_ out: URL, _ pairs: [String], _ options: [String] = []) throws -> Vitrail.Outcome {
    let shared = try TinyRun.shared.get()
    let settings = TinyRun.settings(
      [
        "model.width=16", "model.depth=1", "model.heads=2", "model.imageSize=16", "model.patchSize=4",
        "model.channels=1", "train.batchSize=8", "train.lanes=1", "train.steps=2", "train.logSteps=2",
      ] + pairs)
    return try Vitrail.run(
      ["pretrain", "--data", shared.train.path, "--out", out.path] + options + settings)
  }

  private static let decoder = ["objective.decoderWidth=16", "objective.decoderHeads=2"]

  @Test(
    "each trains, and draws pictures if it predicts pixels",
    arguments: [
      ["objective.kind=simMIM", "objective.maskShape=block"],
      ["objective.kind=mae", "objective.maskShape=grid", "objective.decoderDepth=1"] + decoder,
      ["objective.kind=positionPrediction", "model.positions=none"],
      ["objective.kind=dropPos", "objective.reconstructionWeight=0.5", "objective.reconstructionDepth=1"]
        + decoder,
    ])
  func trains(_ pairs: [String]) throws {
    try withTemporaryFolder { folder in
      let (run, out) = (folder.appendingPathComponent("run"), folder.appendingPathComponent("grid.png"))
      let outcome = try pretrain(run, pairs)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let drawn = try Vitrail.run(
        "reconstruct", "--weights", run.path, "--data", try TinyRun.shared.get().test.path, "--out", out.path)
      let pictures = TinyRun.files(run.appendingPathComponent("reconstructions"))
      if pairs[0].hasSuffix("simMIM") || pairs[0].hasSuffix("mae") {
        #expect(drawn.code == 0 && FileManager.default.fileExists(atPath: out.path), "\(drawn.errors)")
        #expect(pictures == ["step-00000002.png"])
      } else {
        expectError(drawn, "reconstructs nothing")
        #expect(pictures.isEmpty)
      }
    }
  }

  @Test("says which positions an objective wants")
  func wrongPositions() throws {
    try withTemporaryFolder { folder in
      let out = folder.appendingPathComponent("run")
      expectError(try pretrain(out, ["objective.kind=positionPrediction"]), "set model.positions: none")
      expectError(
        try pretrain(out, ["objective.kind=dropPos", "model.positions=none"]), "set model.positions: sinCos2D"
      )
      expectError(try pretrain(out, ["objective.maskShape=round"]), "maskShape")
    }
  }

  @Test("weights without positions start a model with any; the table starts as without a file")
  func positionsAreAddedAfresh() throws {
    try withTemporaryFolder { folder in
      let start = folder.appendingPathComponent("start")
      let first = try pretrain(start, ["objective.kind=positionPrediction", "model.positions=none"])
      #expect(first.code == 0, "\(first.errors)")
      let given = try TinyRun.tensors(start.appendingPathComponent("model.safetensors"))
      #expect(given["pos_embed"] == nil)
      let still = ["objective.decoderDepth=1", "train.learningRatePerBatch256=0"] + Self.decoder
      for positions in ["sinCos2D", "learned", "rotary2D"] {
        func model(_ name: String, _ options: [String]) throws -> [String: [UInt32]] {
          let out = folder.appendingPathComponent("\(positions)-\(name)")
          let outcome = try pretrain(out, ["model.positions=\(positions)"] + still, options)
          #expect(outcome.code == 0, "\(outcome.errors)")
          return try TinyRun.tensors(out.appendingPathComponent("model.safetensors"))
        }
        let (kept, fresh) = (try model("from", ["--from-weights", start.path]), try model("fresh", []))
        for (name, bits) in given { #expect(kept[name] == bits, "\(name)") }
        #expect(kept["pos_embed"] == fresh["pos_embed"])
        #expect((kept["pos_embed"] == nil) == (positions == "rotary2D"))
      }
      // The other way a table would be lost.
      let back = try pretrain(
        folder.appendingPathComponent("back"),
        ["objective.kind=positionPrediction", "model.positions=none"],
        ["--from-weights", folder.appendingPathComponent("learned-from").path])
      expectError(back, "positions is", "learned", "none")
    }
  }
}
