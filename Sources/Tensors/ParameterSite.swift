/// Where in a model a parameter stands.
///
/// A scope carries it, and what is declared below inherits it.
public struct ParameterSite: Sendable, Hashable {
  /// Whose a parameter is.
  public enum Owner: Sendable, Hashable {
    /// The encoder's: what `model.safetensors` holds.
    case encoder
    /// The objective's: decoders, heads and tokens.
    case objective
    /// A teacher's: each follows one of the others.
    case teacher
  }

  /// How far along a stack of blocks.
  public enum Stage: Sendable, Hashable {
    /// Before the blocks: tokens, positions, norms around the stem; what brings tokens to the width of a decoder.
    case entry
    /// What makes embeddings of pixels.
    case stem
    /// In the block of that number, from 0.
    case block(Int)
    /// Behind the blocks: the final norm, and what predicts from it.
    case exit
  }

  /// The stack of an encoder's blocks.
  public static let encoderStack = "encoder"

  /// Whose it is.
  public var owner = Owner.objective
  /// The stack of blocks that it is part of, or stands before or behind: `encoder`, `decoder`; nil for heads.
  public var stack: String?
  /// How far along that stack; nil outside of stacks.
  public var stage: Stage?
  /// The sublayer of its block; nil outside of blocks.
  public var sublayer: Sublayer?
  /// The branch among parallel ones, from 0; nil where the sublayer has one.
  public var branch: Int?
  /// Whether it is the attention's or the MLP's own, and not of what joins the sublayer to the stream.
  public var isInsideSublayer = false
  /// The name of the norm that it is part of; nil elsewhere.
  public var norm: String?

  /// Outside of encoders, teachers and stacks.
  public init() {}

  /// The block, from 0; nil outside of blocks.
  public var block: Int? { if case .block(let number) = stage { number } else { nil } }

  /// Whether two are in the same sublayer of the same block, or both outside of the blocks of the same stack.
  public func isBeside(_ other: ParameterSite) -> Bool {
    (owner, stack, block) == (other.owner, other.stack, other.block)
      && (sublayer, branch) == (other.sublayer, other.branch)
  }
}

/// The two sublayers of a block.
public enum Sublayer: Sendable, Hashable {
  case attention, mlp
}
