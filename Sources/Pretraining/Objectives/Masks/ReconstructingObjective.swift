import Tensors

/// A masked objective that predicts pixels, so that pictures of what it makes of an image can be drawn.
public protocol ReconstructingObjective: MaskedObjective {
  /// Predictions of all patches [B, L, P·P·C] under a given mask, in the units of the target.
  func predictions(_ patches: Tensor, _ mask: PatchMask, _ tape: Tape) -> Tensor

  /// Whether predictions are of patches that are normalised one by one.
  var normalizesPixels: Bool { get }

  /// What the loss is a mean of.
  static var reconstructionError: ReconstructionError { get }
}

/// How far a predicted pixel is off.
public enum ReconstructionError: Sendable {
  /// (ŷ − y)².
  case squared
  /// |ŷ − y|.
  case absolute

  func callAsFunction(_ difference: Double) -> Double {
    switch self {
    case .squared: difference * difference
    case .absolute: abs(difference)
    }
  }
}

extension ReconstructingObjective {
  /// The loss of an answer that is the same for every image: each patch's own mean where patches are normalised, of
  /// squares (P − 1)/P for P pixels a patch and less where patches are plain; else the mean of all masked patches.
  public func trivialLoss(for samples: MicroBatch, batchSize: Int) -> TrivialLoss? {
    let width = samples.patches.width
    var answer = [Double](repeating: 0, count: width)
    if !normalizesPixels {
      var count = 0
      forEachTarget(in: samples) { values in
        for index in 0..<values.count { answer[index % width] += Double(values[index]) }
        count += values.count / width
      }
      for index in 0..<width { answer[index] /= Double(count) }
    }
    var (total, count) = (0.0, 0)
    forEachTarget(in: samples) { values in
      for index in 0..<values.count {
        total += Self.reconstructionError(Double(values[index]) - answer[index % width])
      }
      count += values.count
    }
    return TrivialLoss(
      total / Double(count),
      of: normalizesPixels ? "predicting the mean of each patch" : "predicting the mean patch")
  }

  /// The targets of masked patches, a few samples at a time: those of a large batch would take as much memory as it does.
  private func forEachTarget(in batch: MicroBatch, _ body: (Span<Scalar>) -> Void) {
    let tape = Tape(mode: .evaluating)
    for start in stride(from: 0, to: batch.count, by: 16) {
      let some = batch.slice(start..<min(start + 16, batch.count))
      let wanted = tape.gather(some.patches, indices: mask(for: some.identity).masked)
      (normalizesPixels ? normalizedPatches(wanted, pool: tape.pool) : wanted).withSpan(body)
    }
  }
}
