import Optimization
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

    /// Whether training can go on.
    public var isFinite: Bool { loss.isFinite && gradientNorm.isFinite }
  }

  let team: LaneTeam
  let lanes: [Lane]
  let objective: any Objective
  let objectivePlan: ObjectivePlan
  let parameters: [Parameter]
  private let optimizer: any Optimizer
  private let teacher: Teacher?
  private let rules: [ParameterRule]
  private let places: [ObjectIdentifier: Int]
  private let slices: [ParameterSlice]
  private let slicesOf: [Range<Int>]
  private let passes: Int
  private let recompute: Recompute
  private let totalSteps, stepsPerEpoch: Int?
  private let clipping: GradientClipping?
  private let average: WeightAverage?
  private let laneSeconds = Mutex(LaneSeconds())
  private let squares = Mutex<[Double]>([])

  /// Prepares steps on `parameters`, the trainable ones in the order that the optimiser knows.
  ///
  /// `rules` say, one a parameter, how each is moved beside the others; nil: all alike.
  /// `passes` splits each lane's share into that many forward and backward passes (gradient accumulation), 1 with norms
  /// that go by the whole batch;
  /// `recompute` is what the backward pass computes again to save memory; `totalSteps` and
  /// `stepsPerEpoch` are for schedules inside the model.
  public init(
    objective: any Objective, optimizer: any Optimizer, parameters: [Parameter],
    rules: [ParameterRule]? = nil, team: LaneTeam, passes: Int = 1, recompute: Recompute = .none,
    clipping: GradientClipping? = nil,
    average: WeightAverage? = nil, totalSteps: Int? = nil, stepsPerEpoch: Int? = nil
  ) {
    self.objective = objective
    self.optimizer = optimizer
    objectivePlan = objective.plan
    teacher = objectivePlan.teacher
    precondition(rules.map { $0.count == parameters.count } ?? true, "TrainingStep: one rule a parameter")
    self.parameters = parameters
    self.rules = rules ?? parameters.map { _ in ParameterRule() }
    self.team = team
    self.passes = passes
    self.totalSteps = totalSteps
    self.stepsPerEpoch = stepsPerEpoch
    self.clipping = clipping
    self.average = average
    self.recompute = recompute
    lanes = (0..<team.count).map { _ in Lane() }
    places = Dictionary(
      uniqueKeysWithValues: parameters.enumerated().map { (ObjectIdentifier($1), $0) })
    let slices =
      type(of: optimizer).needsWholeParameters
      ? ParameterSlice.slices(of: parameters, size: .max) : ParameterSlice.slices(of: parameters)
    self.slices = slices
    slicesOf = parameters.indices.map { index in
      let first = slices.firstIndex { $0.index == index } ?? slices.count
      return first..<(slices[first...].firstIndex { $0.index != index } ?? slices.count)
    }
  }

  /// Whether gradients wait until the norm of all is known.
  var clips: Bool { clipping != nil }

  /// Bytes of the lanes' activation and gradient pools.
  public var poolBytes: Int { lanes.reduce(0) { $0 + $1.pool.bytes } }

  /// Runs one step; `step` counts from 1.
  ///
  /// The sum of the lanes' losses and gradients is taken in the order of the lanes: the same lane count gives the
  /// same bits. When the loss is not finite the parameters stay as they are.
  public func run(_ batch: any StepSamples, learningRate: Double, step: Int) -> Outcome {
    let progress = progress(before: step)
    let update = OptimizerStep(number: step, learningRate: learningRate, fraction: progress.fraction)
    guard let clipping else {
      return runUpdatingEarly(objectivePlan.prepared(batch, progress), update, progress)
    }
    let loss = differentiate(batch, step: step)
    guard loss.isFinite else { return Outcome(loss: loss, gradientNorm: .nan) }
    let squares = overSlices { slice, gradients in reduceGradients(gradients, slice.range) }
    self.squares.withLock { $0 = squares }
    let scales = clipping.scales(squares: squares, slicesOf: slicesOf)
    _ = overSlices { [self] slice, gradients in
      var clipped = update
      clipped.gradientScale = scales[slice.index]
      return self.update(slice, [gradients[0]], clipped, progress)
    }
    return Outcome(loss: loss, gradientNorm: squares.reduce(0, +).squareRoot())
  }

  /// Lets an initialiser adjust the weights of a store to the samples of the first lane's first pass, before the first
  /// step. An average of the weights, or a teacher, starts again from what it made of them.
  public func calibrate(
    _ store: ParameterStore, by initializer: any DataDrivenInitializer, on batch: any StepSamples
  ) {
    let batch = objectivePlan.prepared(batch, progress(before: 1))
    let share = LaneTeam.range(of: 0, lanes: team.count, total: batch.count)
    let part = LaneTeam.range(of: 0, lanes: passes, total: share.count)
    let samples = batch.microBatch(part.isEmpty ? share : part, pool: lanes[0].pool)
    let context = PassContext(.evaluating, samples: samples.identity, progress: progress(before: 1))
    initializer.calibrate(store, context, pool: lanes[0].pool) { _ = objective.loss(samples, $0) }
    average?.restart(from: parameters)
    teacher?.restart()
  }

  /// Forward and backward on every lane; returns the mean loss. Gradients stay on the lanes' tapes.
  public func differentiate(_ batch: any StepSamples, step: Int = 1) -> Double {
    let progress = progress(before: step)
    let batch = objectivePlan.prepared(batch, progress)
    let shares = shares(of: batch, progress)
    let losses = Mutex([Double](repeating: 0, count: team.count))
    runLanes { [self] lane in
      let loss = differentiate(batch, shares[lane], lane)
      losses.withLock { $0[lane] = loss }
    }
    return losses.withLock { $0.reduce(0, +) }
  }

  /// Without clipping a parameter can move as soon as its gradient is known: the backward passes hand gradients over.
  private func runUpdatingEarly(
    _ batch: any StepSamples, _ step: OptimizerStep, _ progress: TrainingProgress
  ) -> Outcome {
    let shares = shares(of: batch, progress)
    let losses = Mutex([Double](repeating: 0, count: team.count))
    let exchange = GradientExchange(
      slices: slices, slicesOf: slicesOf, participantCount: shares.count { !$0.samples.isEmpty },
      laneCount: team.count
    ) { [self] slice, gradients in
      // Every lane has posted its loss by the time that the first parameter is complete.
      guard losses.withLock({ $0.allSatisfy(\.isFinite) }) else { return 0 }
      return update(slice, gradients, step, progress)
    }
    runLanes { [self] lane in
      let take = { [unowned self] (parameter: Parameter, gradient: Tensor?) in
        guard let place = places[ObjectIdentifier(parameter)] else { return }
        timedUpdate(on: lane) { exchange.bring(gradient, of: place, from: lane) }
      }
      let loss = differentiate(batch, shares[lane], lane) { loss in
        losses.withLock { $0[lane] = loss }
        return loss.isFinite ? take : nil
      }
      guard loss.isFinite else { return }
      lanes[lane].gradients.handOver(to: take)
      timedUpdate(on: lane) { exchange.drain() }
    }
    let loss = losses.withLock { $0.reduce(0, +) }
    guard loss.isFinite else { return Outcome(loss: loss, gradientNorm: .nan) }
    let squares = exchange.finish()
    self.squares.withLock { $0 = squares }
    return Outcome(loss: loss, gradientNorm: squares.reduce(0, +).squareRoot())
  }

  /// One lane's passes; `beforeLast` sees the lane's part of the loss before the last backward pass starts, and says who
  /// takes the gradients that this one completes.
  private func differentiate(
    _ batch: any StepSamples, _ share: LaneShare, _ lane: Int,
    beforeLast: (_ loss: Double) -> GradientTaker? = { _ in nil }
  ) -> Double {
    let lane = lanes[lane]
    lane.gradients.clear()
    guard !share.samples.isEmpty else { return 0 }
    let parts = share.parts(passes)
    if parts.count > 1, let objective = objectivePlan.batchObjective {
      let phases = TwoPhaseStep(objective: objective, lane: lane, share: share)
      return phases.run(batch, parts: parts, beforeLast: beforeLast)
    }
    var laneLoss = 0.0
    for (pass, part) in parts.enumerated() {
      let some = batch.microBatch(share.samples(in: part), pool: lane.pool)
      let tape = lane.tape(share.context(for: some.identity))
      let loss = objective.loss(some, tape)
      let weight = Double(part.count) / Double(batch.count)
      laneLoss += Double(loss.scalar) * weight
      let taker = pass == parts.count - 1 ? beforeLast(laneLoss) : nil
      tape.backward(from: loss, seed: Scalar(weight), handingTo: taker)
    }
    return laneLoss
  }

  private func progress(before step: Int) -> TrainingProgress {
    TrainingProgress(step: step - 1, totalSteps: totalSteps, stepsPerEpoch: stepsPerEpoch)
  }

  /// What each lane has of a batch; lanes with samples meet.
  private func shares(of batch: any StepSamples, _ progress: TrainingProgress) -> [LaneShare] {
    let ranges = (0..<team.count).map {
      LaneTeam.range(of: $0, lanes: team.count, total: batch.count)
    }
    var places = LaneMeeting.places(ranges.count { !$0.isEmpty })[...]
    return ranges.map {
      LaneShare(
        samples: $0, progress: progress, collective: $0.isEmpty ? nil : places.popFirst(),
        recompute: recompute)
    }
  }

  private func update(
    _ slice: ParameterSlice, _ gradients: [Tensor], _ step: OptimizerStep, _ progress: TrainingProgress
  ) -> Double {
    let parameter = parameters[slice.index]
    let square = optimizer.update(slice, gradients: gradients, rules[slice.index].applied(to: step))
    average?.update(parameter, slice)
    teacher?.follow(parameter, slice.range, progress)
    return square
  }

  /// The gradients of one parameter, a tensor for each lane that has any.
  public func gradients(of parameter: Parameter) -> [Tensor] {
    lanes.compactMap { $0.gradients[parameter] }
  }

  /// The norm of the last step's whole gradient, before clipping, with respect to some of the parameters.
  public func gradientNorm(of chosen: [Parameter]) -> Double {
    squares.withLock { squares in
      chosen.reduce(0) { sum, parameter in
        places[ObjectIdentifier(parameter)].map { sum + squares[slicesOf[$0]].reduce(0, +) } ?? sum
      }
    }.squareRoot()
  }

  /// Runs `body` for every slice that has gradients, each lane on a range of slices; returns its results, 0 for the
  /// other slices.
  private func overSlices(_ body: @escaping @Sendable (ParameterSlice, [Tensor]) -> Double) -> [Double] {
    let gradients = parameters.map { self.gradients(of: $0) }
    let results = Mutex([Double](repeating: 0, count: slices.count))
    runLanes { [self] index in
      let range = LaneTeam.range(of: index, lanes: team.count, total: slices.count)
      var found = [Double](repeating: 0, count: range.count)
      timedUpdate(on: index) {
        for (place, slice) in slices[range].enumerated() where !gradients[slice.index].isEmpty {
          found[place] = body(slice, gradients[slice.index])
        }
      }
      let part = found
      results.withLock { $0.replaceSubrange(range, with: part) }
    }
    return results.withLock { $0 }
  }

  // MARK: Where the time goes

  /// Starts to count the time of operations.
  package func countTimes() {
    for lane in lanes { lane.times = OperationTimes() }
    laneSeconds.withLock { $0 = LaneSeconds() }
  }

  /// What was counted since `countTimes`, over all lanes.
  package var profile: StepProfile {
    let (wall, busy) = laneSeconds.withLock { ($0.wall, $0.busy) }
    return StepProfile(times: lanes.compactMap(\.times), wall: wall, busy: busy)
  }

  private struct LaneSeconds {
    var wall = 0.0
    var busy = 0.0
  }

  private func runLanes(_ body: @escaping @Sendable (_ lane: Int) -> Void) {
    guard lanes[0].times != nil else { return team.run(body) }
    let start = Clock.seconds
    team.run { [self] lane in
      let laneStart = Clock.seconds
      body(lane)
      let busy = Clock.seconds - laneStart
      laneSeconds.withLock { $0.busy += busy }
    }
    let wall = Clock.seconds - start
    laneSeconds.withLock { $0.wall += wall * Double(team.count) }
  }

  private func timedUpdate(on lane: Int, _ body: () -> Void) {
    guard let times = lanes[lane].times else { return body() }
    times.measure(.optimizer, body)
  }
}
