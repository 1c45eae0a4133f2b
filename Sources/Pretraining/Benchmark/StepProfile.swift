import Tensors

/// The share of a training step that each kind of work takes, over all lanes; the shares add up to 1.
public struct StepProfile: Codable, Sendable {
  /// Products of activations and weights, in OpenBLAS.
  public let matrixProducts: Double
  /// Scores, softmax and mixtures.
  public let attention: Double
  /// Norms, forward and backward.
  public let norms: Double
  /// The activation of the MLPs.
  public let gelu: Double
  /// Laying down biases and residuals, and the gradients of biases.
  public let biasesAndResiduals: Double
  /// The optimiser with the sum over lanes in it.
  public let optimizer: Double
  /// Masks, gathering of tokens, loss, bookkeeping.
  public let other: Double
  /// Lanes that wait for each other.
  public let idle: Double

  init(times: [OperationTimes], wall: Double, busy: Double) {
    func share(_ kind: OperationTimes.Kind) -> Double {
      times.reduce(0) { $0 + $1.seconds(kind) } / wall
    }
    matrixProducts = share(.matrixProducts)
    attention = share(.attention)
    norms = share(.norms)
    gelu = share(.gelu)
    biasesAndResiduals = share(.biasesAndResiduals)
    optimizer = share(.optimizer)
    idle = 1 - busy / wall + share(.collectives)
    other = busy / wall - OperationTimes.Kind.allCases.reduce(0) { $0 + share($1) }
  }

  /// What `vitrail bench step --profile` prints, a line a kind.
  public var rows: [(name: String, share: Double)] {
    [
      ("matrix products", matrixProducts), ("attention", attention), ("norms", norms), ("GELU", gelu),
      ("biases, residuals", biasesAndResiduals), ("optimiser, reduction", optimizer), ("other", other),
      ("idle", idle),
    ]
  }
}
