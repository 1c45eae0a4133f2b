import Platform
import Tensors
import VisionTransformer

/// A self-supervised task; a variant is one file and one line in `Objectives.all`.
public protocol Objective: Variant, Sendable {
  /// What a recipe may set beside the name.
  associatedtype Options: DefaultedOptions = NoOptions

  /// Declares heads and decoders in the encoder's parameter store.
  ///
  /// - Throws: `Failure` when the options do not fit the encoder; `place` says where they came from.
  init(encoder: VisionTransformer, options: Options, at place: String) throws(Failure)

  /// The scalar loss of a micro-batch, a mean over its samples.
  func loss(_ batch: MicroBatch, _ tape: Tape) -> Tensor
}

/// The samples that one lane takes through one forward pass.
public struct MicroBatch: Sendable {
  /// Normalised patches [B, L, P·P·C].
  public let patches: Tensor
  /// Whose patches they are: what random choices derive from.
  public let identity: SampleIdentity

  /// Creates a micro-batch.
  public init(patches: Tensor, identity: SampleIdentity) {
    precondition(patches.shape[0] == identity.indices.count, "MicroBatch: one index a sample")
    self.patches = patches
    self.identity = identity
  }

  /// The micro-batch of samples `range`; storage is shared.
  public func slice(_ range: Range<Int>) -> MicroBatch {
    MicroBatch(patches: patches.slice(range), identity: identity[range])
  }
}

/// The registered objectives.
public enum Objectives {
  /// Every variant.
  public static let all: [any Objective.Type] = [MaskedAutoencoder.self]

  /// The objective that a recipe chose, its heads declared beside the encoder.
  ///
  /// - Throws: `Failure` for an unknown name, option or combination.
  public static func make(
    _ choice: Choice, encoder: VisionTransformer, at place: String
  ) throws(Failure) -> any Objective {
    let type = try findVariant(choice.name, among: all, named: { $0.name }, kind: "objective", at: place)
    return try make(type, choice, encoder, place)
  }

  /// Checks the name and the options of a choice before there is an encoder.
  ///
  /// - Throws: `Failure` for an unknown name or option.
  static func check(_ choice: Choice, at place: String) throws(Failure) {
    func check<O: Objective>(_: O.Type) throws(Failure) {
      _ = try choice.decodeOptions(O.Options.self, at: place)
    }
    let type = try findVariant(choice.name, among: all, named: { $0.name }, kind: "objective", at: place)
    try check(type)
  }

  private static func make<O: Objective>(
    _: O.Type, _ choice: Choice, _ encoder: VisionTransformer, _ place: String
  ) throws(Failure) -> any Objective {
    try O(encoder: encoder, options: try choice.decodeOptions(O.Options.self, at: place), at: place)
  }
}
