import Platform
import Tensors

/// U(±√(6/(inputs + outputs))) for every matrix, the fused qkv, and swiGLU's gate with what it gates,
/// counted as one (He et al., 2021); tokens N(0, 0.02).
public struct XavierUniform: Initializer {
  /// `xavierUniform` in recipes.
  public static let name = "xavierUniform"
  /// Other names for it.
  public static let aliases = ["xavier", "glorot", "glorotUniform"]
  /// A line for `vitrail list`.
  public static let summary = "uniform by fan-in and fan-out, as MAE does; tokens normal with deviation 0.02"
  /// Where it is from.
  public static let source = "Glorot & Bengio, 2010; He et al., 2021"

  /// Takes no options.
  public init(options: NoOptions) {}

  /// The start of a weight [outputs, inputs].
  public func weight(_ site: WeightSite) -> InitialValue {
    .xavierUniform(inputs: site.inputs, outputs: site.outputs)
  }

  /// N(0, 0.02) for class, mask and positions, N(0, 1e-6) for registers.
  public func token(_ role: TokenRole) -> InitialValue {
    .normal(standardDeviation: role == .register ? 1e-6 : 0.02)
  }
}
