import Platform
import Tensors

/// y = √D·x/max(‖x‖, ε), no parameters: made for embeddings, `patchNormFunction: fixNorm` (Nguyen & Salazar, 2019).
///
/// Their word vectors have length 1 and are multiplied by √D where the network reads them; here that is one step.
public struct FixNorm: Norm {
  /// `fixNorm` in recipes.
  public static let name = "fixNorm"
  /// A line for `vitrail list`.
  public static let summary = "bring each token to length √D, nothing learned; made for embeddings"
  /// Where it is from.
  public static let source = "Nguyen & Salazar, 2019"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Tokens shorter than this are divided by this.
    public var epsilon = 1e-5
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["epsilon": .epsilon]
  }

  private let epsilon: Scalar

  /// Declares nothing.
  public init(_ site: NormSite, options: Options, scope: ParameterScope) { epsilon = Scalar(options.epsilon) }

  /// x [..., width] → [..., width].
  public func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor { tape.fixNorm(x, epsilon: epsilon) }
}
