/// A place in a model or a loss whose result an observer of a pass is shown.
public enum ObservationSite: Sendable, Hashable {
  /// The embeddings of the patches that an encoder reads [B, K, D].
  case patchEmbedding(of: ParameterSite.Owner)
  /// The tokens behind a block, from 0, of a stack, `encoder` or a decoder's name [B, N, D].
  case block(Int, stack: String, of: ParameterSite.Owner)
  /// The tokens behind an encoder's final norm [B, N, D].
  case finalNorm(of: ParameterSite.Owner)
  /// What a decoder predicts [B, M, outputs].
  case prediction(stack: String)
  /// What a head of the objective gives [n, outputs].
  case head
  /// The probabilities that a teacher gives [rows, K]: their entropy is logged with the features.
  case teacherProbabilities
  /// The reconstruction's part of a loss of several parts, a scalar.
  case reconstructionLoss
  /// The distance from a frozen teacher, a part of a loss, a scalar.
  case distillation
  /// The loss, a scalar.
  case loss
}

extension ObservationSite: CustomStringConvertible {
  /// The name in reports of divergence: that of the parameters that made the result.
  public var description: String {
    switch self {
    case .patchEmbedding(let owner): "\(Self.prefix(of: owner))patch_embed"
    case .block(let number, let stack, let owner):
      "\(Self.prefix(of: owner))\(stack == ParameterSite.encoderStack ? "" : "\(stack)_")blocks.\(number)"
    case .finalNorm(let owner): "\(Self.prefix(of: owner))norm"
    case .prediction(let stack): "\(stack)_pred"
    case .head: "head"
    case .teacherProbabilities: "teacher.probabilities"
    case .reconstructionLoss: "reconstructionLoss"
    case .distillation: "distillation"
    case .loss: "loss"
    }
  }

  private static func prefix(of owner: ParameterSite.Owner) -> String { owner == .teacher ? "teacher." : "" }
}
