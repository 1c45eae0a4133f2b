import Platform
import Tensors

/// x ← N(x + α_t·F(x)), no final norm, α_t = min(1, t/T) (Liu et al., 2023): training starts with a model that is nearly
/// the identity and ends with post-norm.
///
/// t counts optimiser steps from 1, so that the first step already moves the branches. Evaluation uses the t of the last
/// training step, which a buffer carries: a model that was never trained evaluates with α = 0.
public struct BranchNorm: NormPlacement {
  /// `branchNorm` in recipes.
  public static let name = "branchNorm"
  /// A line for `vitrail list`.
  public static let summary = "post-norm whose branches grow from 0 to 1 over the first steps"
  /// Where it is from.
  public static let source = "Liu et al., 2023"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// T, the optimiser steps until branches have their full weight.
    public var steps = 4000
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["steps": .from(1, to: 0x1p24)]
  }

  private let steps: Int

  /// Takes its options.
  public init(options: Options) { steps = options.steps }

  /// False: the last sublayer's norm is the last operation.
  public var hasFinalNorm: Bool { false }

  /// Declares `norm1` and the buffer `branch1.step`, or `norm2` and `branch2.step`; no public code names it.
  public func site(_ sublayer: SublayerSite, recipe: LayerRecipe, scope: ParameterScope) -> any ResidualSite {
    let step = scope[sublayer.kind == .attention ? "branch1" : "branch2"]
      .buffer("step", shape: [1], initial: .zeros)
    return PostNormSite(sublayer, recipe: recipe, scope: scope) { [steps] tape in
      guard tape.context.mode == .training else { return (1, min(1, step.value.scalar / Scalar(steps))) }
      let reached = Scalar(min(tape.context.progress.step + 1, steps))
      if tape.writesBuffers { step.assign([reached]) }
      return (1, reached / Scalar(steps))
    }
  }
}
