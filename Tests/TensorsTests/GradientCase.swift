import Tensors
import TestSupport
import Testing

/// One operation on one set of shapes, for the check of its gradients against finite differences.
struct GradientCase: Sendable, CustomTestStringConvertible {
  /// The method of `Tape` that it proves.
  let operation: String
  /// What is special about it.
  let variant: String
  let inputs: [Tensor]
  /// Smaller where the function bends within 1e-3.
  var step = 1e-3
  /// How many entries of each input are tried.
  var entries = Int.max
  let run: @Sendable (Tape, [Tensor]) -> Tensor

  var testDescription: String { "\(operation), \(variant): \(inputs.map(\.shape))" }

  static let all =
    linear + activations + norms + tokenNorms + batchNorms + attentions + heads + scalings + residuals
    + tokens + losses + chains + places + streams + comparisons + rows
}

/// Every bit of these tests is void in single precision: see `GradientCheck`.
@Suite("Gradients of operations", .enabled(if: GradientCheck.isMeaningful, "needs --traits DoublePrecision"))
struct GradientTests {
  @Test(arguments: GradientCase.all)
  func matchesFiniteDifferences(_ example: GradientCase) {
    let errors = GradientCheck.errors(
      of: example.inputs, step: example.step, entries: example.entries, example.run)
    for (index, error) in errors.enumerated() {
      #expect(error <= GradientCheck.tolerance, "input \(index)")
    }
  }
}
