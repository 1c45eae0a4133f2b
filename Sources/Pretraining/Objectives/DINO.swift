import Optimization
import Platform
import Tensors
import VisionTransformer

/// DINO (Caron et al., 2021): a student says of any view what a slow copy of it says of another, larger one.
///
/// L = the mean over pairs (teacher's view t ≠ student's view s) of −softmax((T_t − c)/τ_t)·log softmax(S_s/τ_s). The
/// first two views are global, of the encoder's size; the teacher sees these alone. Others are local, of any size. The
/// model file holds the teacher's encoder, which is the better one; the buffers of its norms are the student's, as the
/// teacher's measure their own batches.
public struct DINO: BatchObjective {
  /// `dino` in recipes.
  public static let name = "dino"
  /// A line for `vitrail list`.
  public static let summary = "a student says of small views what its slow copy says of large ones"
  /// Where it is from.
  public static let source = "Caron et al., 2021"

  private let encoder, teacherEncoder: VisionTransformer
  private let head, teacherHead: PrototypeHead
  private let centre: OutputCentre
  private let options: Options
  private let teacher: Teacher

  /// Views that the teacher sees.
  private static let globalCount = 2

  /// Declares `head.…`, the slow copies below `teacher.…`, and `center`.
  ///
  /// Sizes that go by the number of images and that nobody resolved are those for the fewest.
  public init(encoder: VisionTransformer, options: Options, at place: String) throws(Failure) {
    let options = Self.resolved(options, imageCount: 0)
    self.encoder = encoder
    self.options = options
    let store = encoder.parameters
    let outputs = options.outputs ?? 0
    let shape = PrototypeHead.Shape(
      inputs: encoder.configuration.width, hidden: options.headWidth ?? 0,
      bottleneck: options.bottleneck ?? 0, outputs: outputs)
    head = PrototypeHead(shape, scope: store.root["head"])
    (teacherEncoder, teacherHead) = try Teacher.declaring(twinOf: encoder, at: place) {
      PrototypeHead(shape, scope: $0["head"])
    }
    centre = OutputCentre(outputs: outputs, momentum: options.centreMomentum, scope: store.root)
    let momentum = HalfCosine(from: options.momentum, to: 1)
    teacher = Teacher(in: store) { momentum.value(at: $0.fraction) }
  }

  /// At least two views, the first two of the encoder's size, all of its patches. The model file holds the teacher's
  /// encoder. ln K is that the student says nothing of any view; a loss above it is usual while the centre settles.
  public var plan: ObjectivePlan {
    var plan = ObjectivePlan(of: Self.self)
    plan.batchObjective = self
    plan.teacher = teacher
    plan.checkViews = { [own = encoder.configuration.grid] views, place throws(Failure) in
      guard views.count >= Self.globalCount, views.prefix(Self.globalCount).allSatisfy({ $0 == own }),
        views.allSatisfy({ $0.patchSize == own.patchSize && $0.channels == own.channels })
      else {
        throw Failure(
          "\(views.count) views of each image, where \(Self.name) takes two of the model's size, then any others",
          at: place, mend: "leave data.views out, or list two views without imageSize first")
      }
    }
    plan.trivialLoss = { _, _ in .guessing(among: options.outputs ?? 0, "prototypes") }
    plan.exported = { [teacher] in teacher.counterpart(of: $0)?.value ?? $0.value }
    return plan
  }

  /// The teacher's pooled features of the global views, [b, D] each.
  public func targets(_ batch: MicroBatch, _ tape: Tape) -> [Tensor] {
    batch.views.prefix(Self.globalCount).map { pooled($0, by: teacherEncoder, tape) }
  }

  /// The student's pooled features of all views, [b, D] each.
  public func features(_ batch: MicroBatch, _ tape: Tape) -> [Tensor] {
    batch.views.map { pooled($0, by: encoder, tape) }
  }

  private func pooled(_ view: MicroBatch.View, by encoder: VisionTransformer, _ tape: Tape) -> Tensor {
    encoder.pooled(encoder.encode(view.patches, PatchSelection(grid: view.grid), tape), tape)
  }

  /// The mean over pairs of the cross-entropy between the teacher's view and the student's.
  ///
  /// Shows the observer `.teacherProbabilities` [2b, K]: their entropy is 0 where one output has won, ln K where none
  /// says anything.
  public func loss(
    features: [Tensor], targets: [Tensor], _ identity: SampleIdentity, _ tape: Tape
  ) -> Tensor {
    let count = identity.indices.count
    let outputs = tape.withoutRecording { teacherHead(tape.concatenated(targets), tape) }
    // Before the all-reduce: the leading one writes the centre after that.
    let probabilities = softmaxRows(
      outputs, centre: centre.value,
      temperature: Scalar(options.teacherTemperature(at: tape.context.progress)),
      pool: tape.pool)
    tape.observe(.teacherProbabilities, probabilities)
    centre.follow(outputs, tape)
    let logits = head(
      tape.concatenated(features), frozen: options.freezesLastLayer(at: tape.context.progress), tape)
    // A global view has one partner, the other; a local one has two, whose mean counts twice.
    let (first, second) = (probabilities.slice(0..<count), probabilities.slice(count..<2 * count))
    let both = tape.mixed(first, second, share: 0.5)
    let localCount = features.count - Self.globalCount
    return tape.softCrossEntropy(
      logits, targets: tape.concatenated([second, first] + (0..<localCount).map { _ in both }),
      temperature: Scalar(options.studentTemperature),
      weights: (0..<features.count * count).map { $0 < Self.globalCount * count ? 1 : 2 })
  }
}
