import Foundation
import Platform

/// The places of a run's files.
public struct RunFolder: Sendable {
  /// The folder.
  public let url: URL

  /// Names the folder; nothing is created.
  public init(_ url: URL) { self.url = url }

  /// The fully resolved recipe.
  public var recipe: URL { url.appendingPathComponent("recipe.yaml") }
  /// Who trained, an object a session: version, commit, command, machine and date.
  public var provenance: URL { url.appendingPathComponent("provenance.jsonl") }
  /// One object a logged step.
  public var metrics: URL { url.appendingPathComponent("metrics.jsonl") }
  /// How each block fares, an object every `train.healthSteps` steps.
  public var health: URL { url.appendingPathComponent("health.jsonl") }
  /// The blocks' weights before the first step, where the seed does not give them.
  public var initialWeights: URL { url.appendingPathComponent("initial.safetensors") }
  /// Signs that the run learns nothing, a line each; absent while there is none.
  public var warnings: URL { url.appendingPathComponent("warnings.txt") }
  /// Where and when a run diverged.
  public var divergence: URL { url.appendingPathComponent("diverged.json") }
  /// Weights, optimiser and place in the data.
  public var checkpoints: URL { url.appendingPathComponent("checkpoints", isDirectory: true) }
  /// The newest checkpoint: a link.
  public var lastCheckpoint: URL { checkpoints.appendingPathComponent("last.safetensors") }
  /// What `train.monitor` found, an object a look.
  public var monitor: URL { url.appendingPathComponent("monitor.jsonl") }
  /// The checkpoint that `train.monitor` scored best: a link.
  public var bestCheckpoint: URL { checkpoints.appendingPathComponent("best.safetensors") }
  /// The encoder alone of that checkpoint.
  public var bestModel: URL { url.appendingPathComponent("best.safetensors") }
  /// The encoder alone.
  public var model: URL { url.appendingPathComponent("model.safetensors") }
  /// Encoder, head and the names of the classes; of supervised runs.
  public var classifier: URL { url.appendingPathComponent("classifier.safetensors") }
  /// How the classifier does on test images.
  public var classification: URL { url.appendingPathComponent("classification.json") }
  /// Which images the run trains on, to tell what has changed when it goes on.
  public var images: URL { url.appendingPathComponent("images.json") }
  /// Files that could not be decoded, and why.
  public var badImages: URL { url.appendingPathComponent("bad-images.txt") }
  /// Pictures of masked and reconstructed images.
  public var reconstructions: URL { url.appendingPathComponent("reconstructions", isDirectory: true) }
  /// Tables and pictures of evaluators.
  public var evaluationFiles: URL { url.appendingPathComponent("evaluation", isDirectory: true) }
  /// Scores.
  public var evaluation: URL { url.appendingPathComponent("evaluation.json") }

  /// The checkpoint of a step.
  public func checkpoint(_ step: Int) -> URL {
    checkpoints.appendingPathComponent(
      "step-" + String(repeating: "0", count: max(0, 8 - "\(step)".count)) + "\(step).safetensors")
  }

  /// Where `last` leads, or the last of the checkpoints when a run was killed before it was linked; nil before the first.
  public var newestCheckpoint: URL? {
    if FileManager.default.fileExists(atPath: lastCheckpoint.path) { return lastCheckpoint }
    return checkpointNames.last.map { checkpoints.appendingPathComponent($0) }
  }

  /// The names of the numbered checkpoints, in their order.
  var checkpointNames: [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: checkpoints.path)) ?? []
    return all.filter { $0.hasPrefix("step-") && $0.hasSuffix(".safetensors") }.sorted()
  }

  /// The sessions that trained, in their order; empty where the folder does not say.
  public var sessions: [Provenance] {
    let text = (try? Data(contentsOf: provenance)) ?? Data()
    return text.split(separator: UInt8(ascii: "\n")).compactMap {
      try? JSONDecoder().decode(Provenance.self, from: $0)
    }
  }

  /// Adds a session to `provenance`; the file is replaced as a whole.
  func record(_ session: Provenance, resuming: Bool) throws(Failure) {
    let earlier = resuming ? (try? Data(contentsOf: provenance)) ?? Data() : Data()
    try AtomicFile.write(earlier + Data((JSONValue.encoding(session).text + "\n").utf8), to: provenance)
  }

  /// Creates the folder and those in it, and removes files that a killed run left unfinished.
  ///
  /// - Throws: `Failure` when that is not possible.
  public func create() throws(Failure) {
    try AtomicFile.createFolder(checkpoints)
    for folder in [url, checkpoints, reconstructions] { AtomicFile.removeUnfinished(in: folder) }
  }
}
