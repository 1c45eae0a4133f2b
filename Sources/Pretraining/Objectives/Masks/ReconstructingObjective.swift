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
  /// One view; an answer that is the same for every image is trivial.
  public var plan: ObjectivePlan {
    var plan = ObjectivePlan(of: Self.self)
    plan.reconstruction = self
    plan.trivialLoss = { samples, _ in trivialLoss(for: samples) }
    return plan
  }

  /// The loss of an answer that is the same for every image: at each place the mean of the patches that are masked there,
  /// normalised where the loss normalises them; of fewer than 8 patches a place, the mean of all.
  ///
  /// Squares are counted n/(n − 1)-fold, n patches at a place: their mean is nearer to them than that of other images.
  func trivialLoss(for samples: MicroBatch) -> TrivialLoss? {
    let (placeCount, width) = (samples.patches.shape[1], samples.patches.width)
    let masked = mask(for: samples.identity).masked
    let knowsPlaces = masked.count >= 8 * placeCount
    func group(_ patch: Int) -> Int { knowsPlaces ? Int(masked[patch]) : 0 }
    var sums = [[Double]](repeating: [Double](repeating: 0, count: width), count: placeCount)
    var counts = [Double](repeating: 0, count: placeCount)
    forEachTarget(of: samples, masked) { patch, values, start in
      counts[group(patch)] += 1
      for index in 0..<width { sums[group(patch)][index] += Double(values[start + index]) }
    }
    var total = 0.0
    forEachTarget(of: samples, masked) { patch, values, start in
      let place = group(patch)
      let correction = Self.reconstructionError == .squared ? counts[place] / max(counts[place] - 1, 1) : 1
      for index in 0..<width {
        total +=
          correction
          * Self.reconstructionError(Double(values[start + index]) - sums[place][index] / counts[place])
      }
    }
    return TrivialLoss(
      total / Double(masked.count * width),
      of: "predicting the mean patch\(knowsPlaces ? " of each place" : "")")
  }

  /// The targets at `masked`, [B·M] in its order, each the values from a start on, a few samples at a time: those of a large batch would take as much
  /// memory as it does.
  private func forEachTarget(
    of samples: MicroBatch, _ masked: [Int32],
    _ body: (_ patch: Int, _ values: Span<Scalar>, _ start: Int) -> Void
  ) {
    let tape = Tape(.evaluating)
    let (ofSample, width) = (masked.count / samples.count, samples.patches.width)
    for start in stride(from: 0, to: samples.count, by: 16) {
      let range = start..<min(start + 16, samples.count)
      let wanted = tape.gather(
        samples.patches.slice(range),
        indices: Array(masked[range.lowerBound * ofSample..<range.upperBound * ofSample]))
      let target = normalizesPixels ? normalizedPatches(wanted, pool: tape.pool) : wanted
      target.withSpan { values in
        for row in 0..<range.count * ofSample {
          body(start * ofSample + row, values, row * width)
        }
      }
    }
  }
}
