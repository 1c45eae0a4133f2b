import Platform
import Tensors
import VisionTransformer

/// An objective with a distillation beside it, for an encoder that goes on from weights that are worth keeping:
/// L = L_objective + w·distance(student, teacher).
///
/// The teacher is a frozen twin of the encoder. Both encode the whole image, once more beside what the objective does with
/// it, and all their tokens are compared behind the final norm: class token, registers and patches.
///
/// - `meanSquared` is the mean over tokens and channels of (s − t)² (self-distillation for further pretraining, Lee et al.,
///   2022).
/// - `cosine` is the mean over tokens of 1 − cos(W·s + b, t) (GFM, Mendieta et al., 2023, which compares what the student
///   makes of the masked image). W starts as the identity: a student that starts as its teacher is at distance 0.
public struct Distilled<Wrapped: DistillableObjective>: Objective {
  /// The objective's own.
  public typealias Options = Wrapped.Options

  /// The objective's own.
  public static var name: String { Wrapped.name }
  /// The objective's own.
  public static var aliases: [String] { Wrapped.aliases }
  /// The objective's own, and what is beside it.
  public static var summary: String { Wrapped.summary + "; beside it stay near a frozen teacher" }
  /// The objective's own, and where the rest is from.
  public static var source: String { Wrapped.source + "; Lee et al., 2022; Mendieta et al., 2023" }

  private let wrapped: Wrapped
  private let student, twin: VisionTransformer
  private let teacher: Teacher
  private let weight: Scalar
  private let distance: Distillation.Distance
  private let projection: Linear?

  /// Declares what the objective does, then the student's linear layer, `distillation.…`, if the distance has one, and the
  /// twin below `teacher.…`.
  ///
  /// - Throws: `Failure` for options that do not fit the encoder, or an encoder that cannot have a twin.
  public init(encoder: VisionTransformer, options: Options, at place: String) throws(Failure) {
    let distillation = options.distillation ?? Distillation()
    wrapped = try Wrapped(encoder: encoder, options: options, at: place)
    let plan = wrapped.plan
    precondition(
      plan.teacher == nil && plan.batchObjective == nil,
      "\(Wrapped.name) has a teacher or compares samples: it is not distillable")
    student = encoder
    weight = Scalar(distillation.weight)
    distance = distillation.distance
    let width = encoder.configuration.width
    projection =
      distance == .cosine
      ? Linear(
        inputs: width, outputs: width, initial: .computed { identity(width) },
        scope: encoder.parameters.root[Distillation.projectionName]) : nil
    (twin, _) = try Teacher.declaring(twinOf: encoder, at: "\(place).distillation") { _ in }
    teacher = Teacher(
      frozenIn: encoder.parameters,
      weights: distillation.teacher.map { [twin] in .init(path: $0, encoder: twin) })
  }

  /// The objective's own, and weights to start from unless the teacher has its own.
  public static func demands(
    _ options: Options, of model: VisionTransformerConfiguration
  ) -> RecipeDemands<Options> {
    var demands = Wrapped.demands(options, of: model)
    demands.needsInitialWeights = options.distillation?.teacher == nil
    demands.optionsForImages = { [optionsForImages = demands.optionsForImages] source throws(Failure) in
      var options = try optionsForImages(source)
      options.distillation = options.distillation?.withAbsolutePath
      return options
    }
    return demands
  }

  /// The objective's own with a frozen teacher; with the distance beside it no single answer is trivial.
  public var plan: ObjectivePlan {
    var plan = wrapped.plan
    plan.teacher = teacher
    plan.trivialLoss = { _, _ in nil }
    return plan
  }

  /// The objective's loss and the weighted distance.
  public func loss(_ batch: MicroBatch, _ tape: Tape) -> Tensor {
    // Whoever watches the encoder remembers its last pass, which is to be the objective's.
    let distance = distance(on: batch.views[0], tape)
    tape.observe(.distillation, distance)
    let sum = tape.scaledResidual(
      wrapped.loss(batch, tape), distance, layerScale: nil, branchScale: weight)
    tape.observe(.loss, sum)
    return sum
  }

  /// The distance between the tokens of student and teacher of whole images, a mean over tokens.
  private func distance(on view: MicroBatch.View, _ tape: Tape) -> Tensor {
    let selection = PatchSelection(grid: view.grid)
    // As in use: statistics of norms are those that its weights came with.
    let frozen = Tape(.evaluating, observer: tape.observer, pool: tape.pool)
    let wanted = twin.encode(view.patches, selection, frozen)
    let tokens = student.encode(view.patches, selection, tape)
    guard let projection else { return tape.meanSquaredError(tokens, target: wanted) }
    // Of rows of length 1: 1 − u·v = ½‖u − v‖², which loses no digits where they are near.
    let difference = tape.meanSquaredError(
      tape.unitRows(projection(tokens, tape)), target: frozen.unitRows(wanted))
    return tape.scaled(difference, by: Scalar(wanted.width) / 2)
  }
}

/// The identity, row-major.
private func identity(_ width: Int) -> [Scalar] {
  var values = [Scalar](repeating: 0, count: width * width)
  for index in 0..<width { values[index * width + index] = 1 }
  return values
}
