import Platform
import Synchronization
import Tensors
import VisionTransformer

/// One optimiser step over all lanes: forward and backward on each lane's share of the batch, then reduction of the
/// gradients and the update, both split by ranges of the parameters.
public final class TrainingStep: Sendable {
  /// What a step yields.
  public struct Outcome: Sendable {
    /// Mean loss over the batch, before the update.
    public let loss: Double
    /// Norm of the whole gradient, before clipping.
    public let gradientNorm: Double
  }

  private let team: LaneTeam
  private let lanes: [Lane]
  private let objective: any Objective
  private let optimizer: any Optimizer
  private let parameters: [Parameter]
  private let slices: [ParameterSlice]
  private let passes: Int
  private let clipNorm: Double?
  private let average: WeightAverage?

  /// Prepares steps on `parameters`, the trainable ones in the order that the optimiser knows.
  ///
  /// `passes` splits each lane's share into that many forward and backward passes (gradient accumulation).
  public init(
    objective: any Objective, optimizer: any Optimizer, parameters: [Parameter], team: LaneTeam,
    passes: Int = 1,
    clipNorm: Double? = nil, average: WeightAverage? = nil
  ) {
    self.objective = objective
    self.optimizer = optimizer
    self.parameters = parameters
    self.team = team
    self.passes = passes
    self.clipNorm = clipNorm
    self.average = average
    lanes = (0..<team.count).map { _ in Lane(mode: .training) }
    slices = ParameterSlice.slices(of: parameters)
  }

  /// Bytes of the lanes' activation and gradient pools.
  public var poolBytes: Int { lanes.reduce(0) { $0 + $1.tape.pool.bytes } }

  /// Runs one step; `step` counts from 1.
  ///
  /// The sum of the lanes' losses and gradients is taken in the order of the lanes: the same lane count gives the
  /// same bits. When the loss is not finite the parameters stay as they are.
  public func run(_ batch: MicroBatch, learningRate: Double, step: Int) -> Outcome {
    let loss = differentiate(batch)
    guard loss.isFinite else { return Outcome(loss: loss, gradientNorm: .nan) }
    var scale = 1.0
    var norm: Double?
    if let clipNorm {
      let reduced = overSlices { slice, gradients in reduceGradients(gradients, slice.range) }.squareRoot()
      scale = min(1, clipNorm / (reduced + 1e-6))
      norm = reduced
    }
    let isReduced = norm != nil
    let clip = scale
    let squares = overSlices { [optimizer, average, parameters] slice, gradients in
      let square = optimizer.update(
        slice, gradients: isReduced ? [gradients[0]] : gradients, learningRate: learningRate, step: step,
        gradientScale: clip)
      average?.update(parameters[slice.index], slice)
      return square
    }
    return Outcome(loss: loss, gradientNorm: norm ?? squares.squareRoot())
  }

  /// Forward and backward on every lane; returns the mean loss. Gradients stay on the lanes' tapes.
  public func differentiate(_ batch: MicroBatch) -> Double {
    let total = batch.identity.indices.count
    let losses = Mutex([Double](repeating: 0, count: team.count))
    team.run { [lanes, objective, passes, count = team.count] index in
      let tape = lanes[index].tape
      tape.clearGradients()
      let share = LaneTeam.range(of: index, lanes: count, total: total)
      var laneLoss = 0.0
      for pass in 0..<passes {
        let part = LaneTeam.range(of: pass, lanes: passes, total: share.count)
        guard !part.isEmpty else { continue }
        let samples = batch.slice(share.lowerBound + part.lowerBound..<share.lowerBound + part.upperBound)
        tape.samples = samples.identity
        let loss = objective.loss(samples, tape)
        let weight = Double(part.count) / Double(total)
        laneLoss += Double(loss.scalar) * weight
        tape.backward(from: loss, seed: Scalar(weight))
      }
      losses.withLock { $0[index] = laneLoss }
    }
    return losses.withLock { $0.reduce(0, +) }
  }

  /// The gradients of one parameter, a tensor for each lane that has any.
  public func gradients(of parameter: Parameter) -> [Tensor] {
    lanes.compactMap { $0.tape.gradient(of: parameter) }
  }

  /// Names the first layer whose output, or else the last parameter whose gradient, is not finite.
  public func firstNonFinite(in batch: MicroBatch) -> String {
    for parameter in parameters where !parameter.value.isFinite { return "the weights of \(parameter.name)" }
    if !batch.patches.isFinite { return "the input pixels" }
    let tape = Tape(mode: .training, recordsGradients: false)
    tape.samples = batch.identity
    var found: String?
    tape.observer = { name, tensor in if found == nil && !tensor.isFinite { found = name } }
    _ = objective.loss(batch, tape)
    if let found { return "the output of \(found)" }
    let broken = parameters.last { parameter in gradients(of: parameter).contains { !$0.isFinite } }
    return broken.map { "the gradient of \($0.name)" } ?? "the loss"
  }

  /// Runs `body` for every slice that has gradients, each lane on a range of slices; returns the sum of its results.
  private func overSlices(_ body: @escaping @Sendable (ParameterSlice, [Tensor]) -> Double) -> Double {
    let gradients = parameters.map { self.gradients(of: $0) }
    let results = Mutex([Double](repeating: 0, count: team.count))
    team.run { [slices, count = team.count] index in
      var sum = 0.0
      for slice in slices[LaneTeam.range(of: index, lanes: count, total: slices.count)]
      where !gradients[slice.index].isEmpty {
        sum += body(slice, gradients[slice.index])
      }
      let result = sum
      results.withLock { $0[index] = result }
    }
    return results.withLock { $0.reduce(0, +) }
  }
}
