import Platform
import Tensors
import VisionTransformer

/// Everything that an objective says of itself beside its loss; what it leaves out is as written here.
public struct ObjectivePlan: Sendable {
  /// Checks that the views of a recipe are those that the loss reads; says at `place` how many of which size are wanted.
  public var checkViews: @Sendable (_ views: [PatchGrid], _ place: String) throws(Failure) -> Void
  /// Checks that a batch of that many images is one that the loss can learn from; says at `place` how many are wanted.
  public var checkBatchSize: @Sendable (_ count: Int, _ place: String) throws(Failure) -> Void = {
    _, _ throws(Failure) in
  }
  /// The classes that a supervised loss tells apart: the labels of its batches are places in this list. Nil where the loss
  /// asks no labels.
  public var classNames: [String]?
  /// Weights that follow the trained ones.
  ///
  /// A loss whose teacher gives probabilities shows them to the tape as `.teacherProbabilities`.
  public var teacher: Teacher?
  /// The objective as one whose loss compares the samples of a batch with each other; nil where each sample has its own.
  public var batchObjective: (any BatchObjective)?
  /// The objective as one that predicts pixels; nil where there is no picture to show.
  public var reconstruction: (any ReconstructingObjective)?
  /// The samples of a step as the loss sees them. What is drawn for it belongs to the seed and the step, or to a sample:
  /// lanes and passes take parts of the result.
  public var prepared: @Sendable (_ batch: any StepSamples, _ progress: TrainingProgress) -> any StepSamples =
    {
      batch, _ in batch
    }
  /// The loss of an answer that needs no look at the images of a batch, the whole of a step's; nil where none is known.
  /// `TrivialLoss.guessing` is that of a choice.
  public var trivialLoss: @Sendable (_ samples: MicroBatch, _ batchSize: Int) -> TrivialLoss? = { _, _ in nil
  }
  /// What the model file holds of a parameter of the encoder.
  public var exported: @Sendable (_ parameter: Parameter) -> Tensor = { $0.value }

  /// The plan of an objective that takes one view of each image, whatever its size, and has nothing else to say.
  public init<O: Objective>(of _: O.Type) {
    checkViews = { views, place throws(Failure) in
      guard views.count == 1 else {
        throw Failure(
          "\(views.count) views of each image, where \(O.name) takes one", at: place,
          mend: "leave out data.views, or list one")
      }
    }
  }
}
