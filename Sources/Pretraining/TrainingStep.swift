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
  private let indices: [ObjectIdentifier: Int]
  private let slices: SlicedParameters
  private let group: any CollectiveGroup
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
  /// `stepsPerEpoch` are for schedules inside the model; `group` carries what the lanes exchange.
  public init(
    objective: any Objective, optimizer: any Optimizer, parameters: [Parameter],
    rules: [ParameterRule]? = nil, team: LaneTeam, passes: Int = 1, recompute: Recompute = .none,
    clipping: GradientClipping? = nil,
    average: WeightAverage? = nil, totalSteps: Int? = nil, stepsPerEpoch: Int? = nil,
    group: any CollectiveGroup = SharedMemoryGroup()
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
    self.group = group
    indices = Dictionary(
      uniqueKeysWithValues: parameters.enumerated().map { (ObjectIdentifier($1), $0) })
    slices = SlicedParameters(parameters, whole: type(of: optimizer).needsWholeParameters)
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
    updateClipped(clipping, update, progress)
    return Outcome(loss: loss, gradientNorm: squares.withLock { $0.reduce(0, +) }.squareRoot())
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
    let sum = Mutex(0.0)
    runLanes { [self] lane in
      var loss = [differentiate(batch, shares[lane], lane)]
      guard let collective = shares[lane].collective else { return }
      timed(.collectives, on: lane) { collective.allReduce(&loss) }
      if collective.isLeader { sum.withLock { [loss] in $0 = loss[0] } }
    }
    return sum.withLock { $0 }
  }

  /// Reduces the gradients that are on the lanes, then moves the parameters along them, each lane on a range of slices.
  private func updateClipped(
    _ clipping: GradientClipping, _ step: OptimizerStep, _ progress: TrainingProgress
  ) {
    let gradients = parameters.map { self.gradients(of: $0) }
    let collectives = group.collectives(team.count)
    runLanes { [self] lane in
      let own = LaneTeam.range(of: lane, lanes: team.count, total: slices.all.count)
        .filter { !gradients[slices.all[$0].index].isEmpty }
      var squares = [Double](repeating: 0, count: slices.all.count)
      timedUpdate(on: lane) {
        for index in own {
          let slice = slices.all[index]
          squares[index] = group.reduce(gradients[slice.index], slice.range)
        }
      }
      timed(.collectives, on: lane) { collectives[lane].allReduce(&squares) }
      let scales = clipping.scales(squares: squares, slicesOf: slices.slicesOf)
      timedUpdate(on: lane) {
        for slice in own.map({ slices.all[$0] }) {
          var clipped = step
          clipped.gradientScale = scales[slice.index]
          _ = update(slice, [gradients[slice.index][0]], clipped, progress)
        }
      }
      if collectives[lane].isLeader { self.squares.withLock { [squares] in $0 = squares } }
    }
  }

  /// Without clipping a parameter can move as soon as its gradient is known: the backward passes hand gradients over.
  private func runUpdatingEarly(
    _ batch: any StepSamples, _ step: OptimizerStep, _ progress: TrainingProgress
  ) -> Outcome {
    let shares = shares(of: batch, progress)
    let exchange = group.gradientExchange(of: slices, among: shares.count { $0.collective != nil }) {
      [self] slice, gradients in update(slice, gradients, step, progress)
    }
    runLanes { [self] lane in
      guard let rank = shares[lane].collective?.rank else { return lanes[lane].gradients.clear() }
      let take = { [unowned self] (parameter: Parameter, gradient: Tensor?) in
        guard let index = indices[ObjectIdentifier(parameter)] else { return }
        timedUpdate(on: lane) { exchange.contribute(gradient, of: index, from: rank) }
      }
      let loss = differentiate(batch, shares[lane], lane) { loss in
        exchange.contribute(loss: loss, from: rank)
        return loss.isFinite ? take : nil
      }
      guard loss.isFinite else { return }
      lanes[lane].gradients.handOver(to: take)
      timedUpdate(on: lane) { exchange.drain() }
    }
    let (loss, squares) = exchange.finish()
    guard loss.isFinite else { return Outcome(loss: loss, gradientNorm: .nan) }
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

  /// What each lane has of a batch; lanes with samples are the participants of the step.
  private func shares(of batch: any StepSamples, _ progress: TrainingProgress) -> [LaneShare] {
    let ranges = (0..<team.count).map {
      LaneTeam.range(of: $0, lanes: team.count, total: batch.count)
    }
    var collectives = group.collectives(ranges.count { !$0.isEmpty })[...]
    return ranges.map {
      LaneShare(
        samples: $0, progress: progress, collective: $0.isEmpty ? nil : collectives.popFirst(),
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
        indices[ObjectIdentifier(parameter)].map { sum + squares[slices.slicesOf[$0]].reduce(0, +) } ?? sum
      }
    }.squareRoot()
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

  private func timedUpdate(on lane: Int, _ body: () -> Void) { timed(.optimizer, on: lane, body) }

  private func timed(_ kind: OperationTimes.Kind, on lane: Int, _ body: () -> Void) {
    guard let times = lanes[lane].times else { return body() }
    times.measure(kind, body)
  }
}
