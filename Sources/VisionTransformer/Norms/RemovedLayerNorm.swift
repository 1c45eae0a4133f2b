import Platform
import Tensors

/// A LayerNorm that is taken out of a trained network, one site after another, while it is fine-tuned (Heimersheim,
/// 2024; Baroni et al., 2025).
///
/// Until its turn it is LayerNorm and keeps an exponential average σ̄ of the tokens' deviations √(σ² + ε). From its turn on
/// it is y = γ(x − μ)/σ̄ + β with that σ̄ frozen; class token and registers keep a σ̄ of their own until all norms are
/// gone, when they take the patches'. Then it is the same affine map for every token, and `vitrail convert --fold` leaves
/// no norm. The papers' optional loss on the spread of deviations is left out, and queries and keys go together with
/// values, because one projection makes the three.
///
/// Parameters have LayerNorm's names; the buffers `deviation` [2] (of patches, of leading tokens; 0 when none was seen) and
/// `stage` [1] (`Stage`) make evaluation and a resumed run know what has been removed.
public struct RemovedLayerNorm: AffineInEvaluation {
  /// `removedLayerNorm` in recipes.
  public static let name = "removedLayerNorm"
  /// A line for `vitrail list`.
  public static let summary = "LayerNorm whose statistics are frozen site by site while training goes on"
  /// Where it is from.
  public static let source = "Heimersheim, 2024; Baroni et al., 2025"

  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Added to the variance, inside the root.
    public var epsilon = 1e-6
    /// Weight of a new batch in the average of deviations.
    public var momentum = 0.1
    /// When layers' norms begin to go, and the times below, are shares of the run below 1 and optimiser steps from 1 on.
    /// The defaults are the reference's 20, 24, 60 and 9 of 300 steps: gaps of 2 and 5 steps in 12 layers.
    public var start = 0.0667
    /// How long it takes the norms before the MLPs to go, from the first layer up at equal gaps.
    public var mlpSpan = 0.08
    /// How long it takes those before the attentions after that; the final norm follows.
    public var attentionSpan = 0.2
    /// From the final norm to the end of the leading tokens' own deviations.
    public var leadingSpan = 0.03
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "epsilon": .epsilon, "momentum": .above(0, to: 1), "start": .from(0, to: 1e9),
      "mlpSpan": .from(0, to: 1e9), "attentionSpan": .from(0, to: 1e9), "leadingSpan": .from(0, to: 1e9),
    ]
  }

  /// How far the removal of a site is.
  public enum Stage: Int, Sendable, Comparable {
    /// LayerNorm.
    case present
    /// Frozen, leading tokens by a deviation of their own.
    case frozen
    /// Frozen, all tokens alike.
    case affine

    /// Whether the left one is earlier.
    public static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
  }

  /// Lanes all-reduce deviations, though no token's value depends on the others.
  public static var usesBatchStatistics: Bool { true }

  private let weight, bias, deviation, stageBuffer: Parameter
  private let schedule: RemovalSchedule
  private let options: Options

  /// Declares γ = 1, β = 0 and the buffers.
  public init(_ site: NormSite, options: Options, scope: ParameterScope) {
    weight = scope.parameter("weight", shape: [site.width], role: .gain, initial: .ones)
    bias = scope.parameter("bias", shape: [site.width], role: .bias, initial: .zeros)
    deviation = scope.buffer("deviation", shape: [2], initial: .zeros)
    stageBuffer = scope.buffer("stage", shape: [1], initial: .zeros)
    schedule = RemovalSchedule(site, options: options)
    self.options = options
  }

  /// What the file or the training so far says.
  public var stage: Stage { Stage(rawValue: Int(stageBuffer.value.scalar)) ?? .present }

  /// x [..., width] → [..., width], all of them patches.
  public func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor { self(TokenSequence(x), tape) }

  /// Tokens [B, N, width] → [B, N, width]; those that are no patches have a deviation of their own.
  public func callAsFunction(_ tokens: TokenSequence, _ tape: Tape) -> Tensor {
    let x = tokens.values
    // Everything is read before the all-reduce and written after it, by one of them.
    var (stage, known) = (stage, deviation.value.values.map { Double($0) })
    if tape.context.mode == .training {
      let due = max(stage, schedule.stage(at: tape.context.progress))
      if stage == .present || due != stage {
        let seen = averageDeviations(tokens, tape)
        if stage == .present {
          for kind in 0..<2 where due == .present || known[kind] == 0 {
            known[kind] = updated(known[kind], seen[kind])
          }
        }
        stage = known[0] > 0 ? due : .present
        if tape.writesBuffers {
          deviation.assign(known.map { Scalar($0) })
          stageBuffer.assign([Scalar(stage.rawValue)])
        }
      }
    }
    guard stage != .present else {
      return tape.layerNorm(x, weight: tape(weight), bias: tape(bias), epsilon: Scalar(options.epsilon))
    }
    let ofLeading = stage == .affine || known[1] == 0 ? known[0] : known[1]
    let factors = tape.zeros([x.rows])
    factors.withMutableSpan { factors in
      for row in 0..<x.rows {
        factors[row] = Scalar(1 / (isLeading(row, of: tokens) ? ofLeading : known[0]))
      }
    }
    return tape.affineChannels(
      x, weight: tape(weight), bias: tape(bias), centers: true, rowFactors: factors)
  }

  /// Whether the last stage is reached.
  public var isAffineNow: Bool { stage == .affine }

  /// y = γ/σ̄∘(x − μ) + β; meaningful from the last stage on.
  public var affineMap: AffineMap {
    let inverse = 1 / deviation.value.values[0]
    return AffineMap(
      scale: weight.value.values.map { $0 * inverse }, shift: bias.value.values, centers: true)
  }

  /// A batch that is not finite leaves no trace: its step changes no weight either.
  private func updated(_ average: Double, _ seen: Double?) -> Double {
    guard let seen, seen.isFinite else { return average }
    return average == 0 ? seen : average + options.momentum * (seen - average)
  }

  /// Mean deviation of patches and of leading tokens over the whole batch; nil where there is none.
  private func averageDeviations(_ tokens: TokenSequence, _ tape: Tape) -> [Double?] {
    let x = tokens.values
    var sums = [0.0, 0, 0, 0]  // of patches and leading tokens, then their counts
    tape.deviations(x, epsilon: Scalar(options.epsilon)).withSpan { deviations in
      for row in 0..<x.rows {
        let kind = isLeading(row, of: tokens) ? 1 : 0
        sums[kind] += Double(deviations[row])
        sums[2 + kind] += 1
      }
    }
    tape.context.collective?.allReduce(&sums)
    return (0..<2).map { sums[2 + $0] > 0 ? sums[$0] / sums[2 + $0] : nil }
  }

  /// Whether a row is a class token or a register.
  private func isLeading(_ row: Int, of tokens: TokenSequence) -> Bool {
    tokens.leadingCount > 0 && row % tokens.values.shape[1] < tokens.leadingCount
  }
}

/// When a site of `RemovedLayerNorm` is due.
struct RemovalSchedule: Sendable {
  private let options: RemovedLayerNorm.Options
  /// Which phase the site belongs to, and how far into it.
  private let phase: Phase

  private enum Phase {
    case mlp(Double), attention(Double), final
  }

  init(_ site: NormSite, options: RemovedLayerNorm.Options) {
    self.options = options
    guard let sublayer = site.sublayer else {
      phase = .final
      return
    }
    let share = Double(sublayer.layer) / Double(sublayer.depth)
    phase = sublayer.kind == .mlp ? .mlp(share) : .attention(share)
  }

  /// The stage that is due; a share of a run of unknown length never comes.
  func stage(at progress: TrainingProgress) -> RemovedLayerNorm.Stage {
    let step = Double(progress.step)
    func steps(_ time: Double) -> Double {
      time >= 1 || time == 0 ? time : time * (progress.totalSteps.map { Double($0) } ?? .infinity)
    }
    let (start, mlp, attention) = (steps(options.start), steps(options.mlpSpan), steps(options.attentionSpan))
    let end = start + mlp + attention
    if step >= end + steps(options.leadingSpan) { return .affine }
    let turn =
      switch phase {
      case .mlp(let share): start + (share == 0 ? 0 : share * mlp)
      case .attention(let share): start + mlp + (share == 0 ? 0 : share * attention)
      case .final: end
      }
    return step >= turn ? .frozen : .present
  }
}
