import Platform
import Tensors

/// What a forward pass did, operation by operation.
///
/// It holds on to all tensors of the pass, so that none's place is taken by another while it is read.
struct Recording {
  /// Samples that are passed: two, so that what treats them differently is seen.
  static let batch = 2

  struct Step {
    let operation: TracedOperation
    let result: Tensor
  }

  let steps: [Step]
  /// What the pass gave.
  let outputs: [Tensor]

  /// Runs a forward pass in evaluation.
  init(of pass: (Tape) -> [Tensor]) {
    var steps: [Step] = []
    let observer = PassObserver { steps.append(Step(operation: $0, result: $1)) }
    outputs = pass(Tape(.evaluating, observer: observer))
    self.steps = steps
  }
}
