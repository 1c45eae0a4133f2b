import Foundation

/// What is in a run folder, by its name there.
public enum RunFile: String, CaseIterable, Sendable {
  /// The fully resolved recipe.
  case recipe = "recipe.yaml"
  /// Who trained, a `Provenance` a session.
  case provenance = "provenance.jsonl"
  /// A `MetricsLine` a logged step.
  case metrics = "metrics.jsonl"
  /// How each block fares: a `DepthHealth` every `train.healthSteps` steps.
  case health = "health.jsonl"
  /// The blocks' weights before the first step, where the seed does not give them.
  case initialWeights = "initial.safetensors"
  /// Signs that the run learns nothing, a line each; absent while there is none.
  case warnings = "warnings.txt"
  /// A `Divergence`: where and when the run diverged.
  case divergence = "diverged.json"
  /// A folder: weights, optimiser and place in the data, by the names of `CheckpointName`.
  case checkpoints
  /// What `train.monitor` found: a `MonitorEvaluation` a line.
  case monitor = "monitor.jsonl"
  /// The encoder alone of the checkpoint that `train.monitor` scored best.
  case bestModel = "best.safetensors"
  /// The encoder alone.
  case model = "model.safetensors"
  /// Encoder, head and the names of the classes; of supervised runs.
  case classifier = "classifier.safetensors"
  /// How the classifier does on test images: an `EvaluationRecord`.
  case classification = "classification.json"
  /// A folder: tables and pictures of `classification`.
  case classificationFiles = "classification"
  /// Which images the run trains on, to tell what has changed when it goes on.
  case images = "images.json"
  /// A `DataRecord`: which files were read for images, and which were not.
  case data = "data.json"
  /// Files that could not be decoded, and why.
  case badImages = "bad-images.txt"
  /// A folder: pictures of masked and reconstructed images, named by `StepName`.
  case reconstructions
  /// Scores: an `EvaluationRecord`.
  case evaluation = "evaluation.json"
  /// A folder: tables and pictures of `evaluation`.
  case evaluationFiles = "evaluation"
  /// The page about the run.
  case report = "report.html"
  /// What came of a run of a study: a `StudyRunResult`.
  case result = "result.json"

  /// What the names of TensorBoard's files begin with.
  public static let eventsPrefix = "events.out.tfevents."

  /// The folders for people: what they hold are results, never data.
  public static let resultFolders: [RunFile] = [.classificationFiles, .evaluationFiles, .reconstructions]

  /// Its name in the folder.
  public var name: String { rawValue }

  private var isFolder: Bool { self == .checkpoints || Self.resultFolders.contains(self) }

  /// Its place in a run folder.
  public func url(in folder: URL) -> URL {
    isFolder
      ? folder.appendingPathComponent(name, isDirectory: true) : folder.appendingPathComponent(name)
  }
}
