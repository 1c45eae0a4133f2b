import Platform
import Tensors

/// A normalisation of the last axis; a variant is one file and one line in `Norms.all`.
public protocol Norm: Variant, Sendable {
  /// Whether what it computes of one token depends on the other tokens of the batch. Such a norm gathers its statistics
  /// through `PassContext.collective`, so that they are those of the whole batch.
  static var usesBatchStatistics: Bool { get }

  /// Whether what its backward pass gives in training is by its definition not the derivative of its output, so that
  /// finite differences prove it in evaluation alone.
  static var hasApproximateGradient: Bool { get }

  /// Declares the parameters of one site.
  init(_ site: NormSite, options: Options, scope: ParameterScope)

  /// x [..., width] → [..., width].
  func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor

  /// The same of tokens [B, N, width], for norms that treat those apart that are no patches.
  func callAsFunction(_ tokens: TokenSequence, _ tape: Tape) -> Tensor
}

extension Norm {
  /// Most norms see one token at a time.
  public static var usesBatchStatistics: Bool { false }
  /// Most backward passes are exact.
  public static var hasApproximateGradient: Bool { false }
  /// Most norms treat all tokens alike.
  public func callAsFunction(_ tokens: TokenSequence, _ tape: Tape) -> Tensor { self(tokens.values, tape) }
}

/// The registered norms.
public enum Norms {
  /// Every variant.
  public static let all = Registry<any Norm.Type>(
    "norm",
    [
      LayerNorm.self, RMSNorm.self,
      PartialRMSNorm.self,
      ScaleNorm.self,
      SingleScaleRMSNorm.self,
      CRMSNorm.self,
      BiasNorm.self,
      DynamicTanh.self,
      FixNorm.self,
      BatchNorm.self,
      PowerNorm.self,
      PrepBN.self,
      RemovedLayerNorm.self,
      Affine.self,
      NoNorm.self,
    ]
  ) { $0 }
}

extension Selection<any Norm.Type> {
  /// What makes the chosen norm at each site.
  public var factory: NormFactory {
    func factory<N: Norm>(_: N.Type) -> NormFactory {
      NormFactory(N.self, options: options(of: N.self), choice: choice)
    }
    let type: any Norm.Type = type
    return factory(type)
  }
}

/// Makes the norm of one site: the chosen variant with its options.
public struct NormFactory: Sendable {
  /// As `Norm.usesBatchStatistics`.
  public let usesBatchStatistics: Bool
  /// What was chosen; the variant's name when it was chosen in code.
  let choice: Choice
  private let make: @Sendable (NormSite, ParameterScope) -> any Norm

  /// A factory of norms of one variant.
  public init<N: Norm>(_: N.Type, options: N.Options, choice: Choice? = nil) {
    self.choice = choice ?? Choice(N.name)
    usesBatchStatistics = N.usesBatchStatistics
    make = { N($0, options: options, scope: $1) }
  }

  /// Declares the norm of a site under `scope`.
  public func callAsFunction(_ site: NormSite, scope: ParameterScope) -> any Norm { make(site, scope) }
}
