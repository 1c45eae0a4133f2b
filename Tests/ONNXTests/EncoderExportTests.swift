import Foundation
import ONNX
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// A naive interpreter of ONNX operators finds in every kind of encoder's file what the encoder computes.
@Suite("Encoders as ONNX")
struct EncoderExportTests {
  /// All norms under all placements with all positions and stems; what else there is takes turns.
  static let families: [Choice] = Norms.all.map {
    Choice($0.name, options: $0.name == "pRMSNorm" ? ["share": .number(0.75)] : [:])
  }

  static func configurations(of norm: Choice) -> [VisionTransformerConfiguration] {
    var turn = 0
    return NormPlacements.all.flatMap { placement in
      Positions.allCases.flatMap { positions in
        [Stem.linear, .hMLP].map { stem in
          tinyConfiguration {
            turn += 1
            $0.norm = norm
            $0.placement = Choice(placement.name)
            $0.positions = positions
            $0.stem = stem
            $0.patchNorm = PatchNorm.allCases[turn % PatchNorm.allCases.count]
            $0.patchNormFunction = turn % 3 == 0 ? norm : "layerNorm"
            $0.hasClassToken = turn % 4 != 0
            $0.pooling = turn % 4 == 1 ? .classToken : .mean
            $0.registerCount = turn % 3
            $0.queryKeyNorm = turn % 5 == 0
            $0.layerScale = turn % 2 == 0 ? 0.3 : nil
            $0.activation = Activation.allCases[turn / 2 % Activation.allCases.count]
            $0.channels = [3, 1, 3, 5][turn / 3 % 4]
          }
        }
      }
    }
  }

  /// What is no combination of the above.
  static let others: [VisionTransformerConfiguration] = [
    tinyConfiguration { $0.layerNorms = ["rmsNorm", "dynamicTanh"] },
    tinyConfiguration { $0.finalNorm = "rmsNorm" },
    tinyConfiguration { $0.siteNorms = ["blocks.0.norm1": "none", "blocks.1.norm2": "affine"] },
    tinyConfiguration { $0.branchCount = 2 },
    tinyConfiguration { ($0.normBeforeBlocks, $0.normAfterPooling) = (true, true) },
    tinyConfiguration { ($0.branchCount, $0.placement, $0.layerScale) = (3, "sandwich", 0.2) },
    tinyConfiguration { ($0.stream, $0.norm, $0.finalNorm) = (.centered, "rmsNorm", "rmsNorm") },
    tinyConfiguration { ($0.stream, $0.norm, $0.finalNorm) = (.compressed, "crmsNorm", "rmsNorm") },
    tinyConfiguration {
      ($0.stream, $0.norm, $0.patchNorm, $0.positions) = (.compressed, "crmsNorm", .none, .learned)
    },
    tinyConfiguration { $0.norm = Choice("powerNorm", options: ["groups": .integer(3)]) },
    tinyConfiguration { $0.norm = Choice("affine", options: ["centers": .bool(true)]) },
    tinyConfiguration { $0.norm = Choice("layerNorm", options: ["affine": .bool(false)]) },
    tinyConfiguration { $0.norm = Choice("layerNorm", options: ["bias": .bool(false)]) },
    tinyConfiguration { $0.norm = Choice("rmsNorm", options: ["bias": .bool(true)]) },
    tinyConfiguration { $0.norm = Choice("rmsNorm", options: ["affine": .bool(false)]) },
    tinyConfiguration { $0.norm = Choice("batchNorm", options: ["affine": .bool(false)]) },
    tinyConfiguration { $0.placement = Choice("mixLN", options: ["ratio": .number(0.5)]) },
    tinyConfiguration {
      let options: [String: JSONValue] = ["headScale": .string("output"), "residualScale": .bool(true)]
      $0.placement = Choice("normFormer", options: options)
    },
    tinyConfiguration { $0.placement = Choice("hybrid", options: ["firstBlockPreNorm": .bool(true)]) },
    tinyConfiguration { ($0.imageHeight, $0.imageWidth, $0.depth) = (4, 4, 1) },
  ]

  @Test("every norm under every placement, with every kind of positions and stem", arguments: families)
  func combinations(norm: Choice) throws {
    for (index, configuration) in Self.configurations(of: norm).enumerated() {
      try check(configuration, "\(norm.name)-\(index)", inHalf: index % 3 == 0)
    }
  }

  @Test("whatever else a configuration may have")
  func otherParts() throws {
    for (index, configuration) in Self.others.enumerated() { try check(configuration, "other-\(index)") }
  }

  /// Sizes as users have them: too large for the interpreter, so that onnxruntime alone can run them. Making the random
  /// weights of the largest takes seconds.
  @Test(
    "the encoders of the benchmarks",
    arguments: [
      ("mini", 28, 4, 128, 6, 4), ("xs", 32, 4, 192, 12, 3), ("ti", 224, 16, 192, 12, 3),
      ("s", 224, 16, 384, 12, 6), ("b", 224, 16, 768, 12, 12),
    ].prefix(KeptFiles.folder == nil ? 3 : 5))
  func benchmarkEncoders(name: String, image: Int, patch: Int, width: Int, depth: Int, heads: Int) throws {
    let model = try ExportedModel(
      tinyConfiguration {
        ($0.imageHeight, $0.imageWidth, $0.patchSize) = (image, image, patch)
        ($0.width, $0.depth, $0.headCount, $0.mlpRatio) = (width, depth, heads, 4)
      })
    let (file, half) = (try model.file(), try model.file(precision: .half))
    let weights = model.encoder.parameters.scalarCount
    // Beside the weights there are nodes, metadata and the constants of norms.
    #expect((4 * weights..<4 * weights + 300_000).contains(file.count))
    #expect((2 * weights..<2 * weights + 300_000).contains(half.count))
    guard KeptFiles.folder != nil else { return }
    let tokens = model.encoder.encode(model.patches, Tape(.evaluating))
    let features = model.encoder.pooled(tokens, Tape(.evaluating))
    try KeptFiles.keep(
      "bench-\(name)", ["F32": file, "F16": half], model, features: features, tokens: tokens)
  }

  /// The batch that is run is not the one that was traced.
  private func check(
    _ configuration: VisionTransformerConfiguration, _ name: String, inHalf: Bool = true
  ) throws {
    let model = try ExportedModel(configuration)
    let tape = Tape(.evaluating)
    let tokens = model.encoder.encode(model.patches, tape)
    let features = model.encoder.pooled(tokens, tape)
    let what: Comment =
      "\(name): \(configuration.placement.name) \(configuration.positions) \(configuration.stem)"
    let file = try model.file()
    let found = try model.run(file)
    let errors = [
      relativeError(found["tokens"], to: tokens), relativeError(found["features"], to: features),
    ]
    #expect(errors.allSatisfy { $0 <= 1e-5 }, what)

    guard inHalf || KeptFiles.folder != nil else { return }
    let half = try model.file([.features], precision: .half)
    let rounded = try model.run(half)
    let error = relativeError(rounded["features"], to: features)
    #expect(error <= 0.08, what)
    #expect(Double(half.count) < 0.95 * Double(file.count), what)

    try KeptFiles.keep(name, ["F32": file, "F16": half], model, features: features, tokens: tokens)
  }
}
