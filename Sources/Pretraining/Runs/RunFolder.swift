import Foundation
import Platform
import Records

/// The places of a run's files.
public struct RunFolder: Sendable {
  /// The folder.
  public let url: URL

  /// Names the folder; nothing is created.
  public init(_ url: URL) { self.url = url }

  /// The fully resolved recipe.
  public var recipe: URL { RunFile.recipe.url(in: url) }
  /// Who trained, an object a session: version, commit, command, machine and date.
  public var provenance: URL { RunFile.provenance.url(in: url) }
  /// One object a logged step.
  public var metrics: URL { RunFile.metrics.url(in: url) }
  /// How each block fares, an object every `train.healthSteps` steps.
  public var health: URL { RunFile.health.url(in: url) }
  /// The blocks' weights before the first step, where the seed does not give them.
  public var initialWeights: URL { RunFile.initialWeights.url(in: url) }
  /// Signs that the run learns nothing, a line each; absent while there is none.
  public var warnings: URL { RunFile.warnings.url(in: url) }
  /// Where and when a run diverged.
  public var divergence: URL { RunFile.divergence.url(in: url) }
  /// Weights, optimiser and place in the data.
  public var checkpoints: URL { RunFile.checkpoints.url(in: url) }
  /// The newest checkpoint: a link.
  public var lastCheckpoint: URL { checkpoints.appendingPathComponent(CheckpointName.last) }
  /// What `train.monitor` found, an object a line.
  public var monitor: URL { RunFile.monitor.url(in: url) }
  /// The checkpoint that `train.monitor` scored best: a link.
  public var bestCheckpoint: URL { checkpoints.appendingPathComponent(CheckpointName.best) }
  /// The encoder alone of that checkpoint.
  public var bestModel: URL { RunFile.bestModel.url(in: url) }
  /// The encoder alone.
  public var model: URL { RunFile.model.url(in: url) }
  /// Encoder, head and the names of the classes; of supervised runs.
  public var classifier: URL { RunFile.classifier.url(in: url) }
  /// How the classifier does on test images.
  public var classification: URL { RunFile.classification.url(in: url) }
  /// Which images the run trains on, to tell what has changed when it goes on.
  public var images: URL { RunFile.images.url(in: url) }
  /// Files that could not be decoded, and why.
  public var badImages: URL { RunFile.badImages.url(in: url) }
  /// Tables and pictures of `classification`.
  public var classificationFiles: URL { RunFile.classificationFiles.url(in: url) }
  /// The page about the run.
  public var report: URL { RunFile.report.url(in: url) }
  /// What came of a run of a study.
  public var result: URL { RunFile.result.url(in: url) }
  /// Pictures of masked and reconstructed images.
  public var reconstructions: URL { RunFile.reconstructions.url(in: url) }
  /// Tables and pictures of evaluators.
  public var evaluationFiles: URL { RunFile.evaluationFiles.url(in: url) }
  /// Scores.
  public var evaluation: URL { RunFile.evaluation.url(in: url) }

  /// The checkpoint of a step.
  public func checkpoint(_ step: Int) -> URL {
    checkpoints.appendingPathComponent(CheckpointName.numbered(step))
  }

  /// Where `last` leads, or the last of the checkpoints when a run was killed before it was linked; nil before the first.
  public var newestCheckpoint: URL? {
    if FileManager.default.fileExists(atPath: lastCheckpoint.path) { return lastCheckpoint }
    return checkpointNames.last.map { checkpoints.appendingPathComponent($0) }
  }

  /// The names of the numbered checkpoints, in their order.
  var checkpointNames: [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: checkpoints.path)) ?? []
    return all.filter(CheckpointName.isNumbered).sorted()
  }

  /// The sessions that trained, in their order; empty where the folder does not say.
  public var sessions: [Provenance] {
    Provenance.sessions(in: (try? Data(contentsOf: provenance)) ?? Data())
  }

  /// Adds a session to `provenance`; the file is replaced as a whole.
  func record(_ session: Provenance, resuming: Bool) throws(Failure) {
    let earlier = resuming ? (try? Data(contentsOf: provenance)) ?? Data() : Data()
    try AtomicFile.write(earlier + RecordFile.line(session), to: provenance)
  }

  /// Creates the folder and those in it, and removes files that a killed run left unfinished.
  ///
  /// - Throws: `Failure` when that is not possible.
  public func create() throws(Failure) {
    try AtomicFile.createFolder(checkpoints)
    for folder in [url, checkpoints, reconstructions] { AtomicFile.removeUnfinished(in: folder) }
  }
}
