import Foundation
import Imaging
import Platform
import Tensors
import VisionTransformer

/// An encoder with a trained classification head, as a fine-tuning run leaves it in `classifier.safetensors`.
public struct Classifier: Sendable {
  /// The names of the classes, in the order of their probabilities; at least two.
  public let classNames: [String]
  /// The encoder.
  public let encoder: VisionTransformer
  /// How images become input.
  public let preprocessing: Preprocessing
  /// The recipe of the run.
  public let recipe: Recipe
  private let objective: Classification

  /// Opens a classifier, a checkpoint of a run of the objective `classification`, or a classifier of another library.
  ///
  /// - Parameter facts: what another library's file does not tell.
  /// - Throws: `Failure` when the file holds no encoder, or no head beside it.
  public init(contentsOf url: URL, facts: EncoderFacts = EncoderFacts()) throws(Failure) {
    let file = try ModelFile(contentsOf: url, facts: facts)
    guard Self.isHeld(by: file) else { throw Self.noHead(at: url) }
    let trained = try TrainedObjective(file, at: url.path)
    guard let objective = trained.objective as? Classification, let classNames = objective.plan.classNames
    else {
      throw Self.noHead(at: url)
    }
    self.classNames = classNames
    self.objective = objective
    encoder = trained.encoder
    preprocessing = trained.preprocessing
    recipe = trained.recipe
  }

  /// Whether a file has a head beside its encoder, and says how it was trained.
  public static func isHeld(by file: ModelFile) -> Bool {
    file.parameterNames.contains(ClassificationHead.weightName) && file.file.metadata["recipe"] != nil
  }

  /// What is thrown where weights have no head.
  public static func noHead(at url: URL) -> Failure {
    Failure(
      "no classification head in these weights", at: url.path,
      mend: "train one with: vitrail finetune --weights RUN --train PATH --out RUN2, and give RUN2")
  }

  /// Unnormalised log-probabilities of the classes: normalised patches [B, L, P·P·C] → [B, K].
  public func logits(_ patches: Tensor, _ tape: Tape) -> Tensor { objective.logits(patches, tape) }

  /// The probabilities of the classes: normalised patches [B, L, P·P·C] → [B, K].
  public func probabilities(_ patches: Tensor, _ tape: Tape) -> Tensor {
    softmaxRows(logits(patches, tape), temperature: 1, pool: tape.pool)
  }

  /// The probabilities of one image.
  ///
  /// - Throws: `Failure` when it cannot be decoded or has other channels than the model.
  public func probabilities(of reader: ImageReader) throws(Failure) -> [Float] {
    try reader.requireChannels(preprocessing.channels)
    let patches = encoder.patches(of: [try reader.image()], preprocessing: preprocessing)
    return probabilities(patches, Tape(.evaluating)).values.map { Float($0) }
  }
}
