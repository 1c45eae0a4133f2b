import Tensors
import VisionTransformer

/// What makes classes of the features of an encoder: one linear layer, and before it a norm where the features have none.
struct ClassificationHead: Sendable {
  /// The name of the weights of the linear layer, [K, D].
  static let weightName = "head.weight"

  private let norm: LayerNorm?
  private let output: Linear

  /// Declares `fc_norm`, if pooled features are normed, and `head`, whose weights start truncated normal.
  init(
    norm: Classification.HeadNorm, inputs: Int, classCount: Int, standardDeviation: Double,
    scope: ParameterScope
  ) {
    self.norm =
      norm == .pooled
      ? LayerNorm(NormSite(.final, width: inputs), options: .init(), scope: scope["fc_norm"].asNorm) : nil
    // timm's truncation is at ±2, not at two deviations.
    output = Linear(
      inputs: inputs, outputs: classCount,
      initial: .truncatedNormal(standardDeviation: standardDeviation, bound: 2), scope: scope["head"])
  }

  /// The logits [B, K] of patches [B, L, P·P·C] through an encoder; features come from `featureTape`.
  func callAsFunction(
    _ patches: Tensor, of encoder: VisionTransformer, _ featureTape: Tape, _ tape: Tape
  ) -> Tensor {
    guard let norm else { return output(encoder.features(patches, featureTape), tape) }
    return output(norm(encoder.unnormedFeatures(patches, featureTape), tape), tape)
  }
}
