import Foundation
import Imaging
import Platform
import Tensors
import VisionTransformer

/// All that a run needs to go on as if it had never stopped.
///
/// Random numbers are functions of the step and the sample, so the place in the data is the step alone.
struct Checkpoint {
  let folder: RunFolder
  let state: TrainingState
  let configuration: VisionTransformerConfiguration
  let preprocessing: Preprocessing
  let recipe: JSONValue
  /// Who writes.
  let provenance: Provenance

  /// The checkpoints of a plan that is trained in `folder`.
  init(_ folder: RunFolder, of plan: TrainingPlan, provenance: Provenance) {
    self.folder = folder
    self.provenance = provenance
    state = plan.state
    configuration = plan.encoder.configuration
    preprocessing = plan.preprocessing
    recipe = JSONValue.encoding(plan.recipe)
  }

  /// Checkpoints that stay, the newest among them.
  private static let kept = 2

  /// Writes the checkpoint of a step, the encoder alone and, where there are classes, the classifier; points `last` at the
  /// checkpoint, and removes old ones. `metadata` is what else the checkpoint tells.
  ///
  /// The link comes last: a run that is killed before it repeats the others.
  func write(step: Int, seconds: Double, _ metadata: [String: String] = [:]) throws(Failure) {
    let url = folder.checkpoint(step)
    try ModelFile.write(
      state.tensors, configuration: configuration, preprocessing: preprocessing,
      metadata: metadata.merging(["step": "\(step)", "seconds": "\(seconds)", "recipe": recipe.text]) { $1 },
      provenance: provenance, to: url)
    try write(state.exportedEncoder, step: step, to: folder.model)
    if let classNames = state.objectivePlan.classNames {
      try write(
        state.exportedAll, step: step, ["classes": JSONValue.encoding(classNames).text],
        to: folder.classifier)
    }
    try AtomicFile.link(folder.lastCheckpoint, to: url.lastPathComponent)
    removeOld(newest: step)
  }

  /// Gives every tensor the values of the newest checkpoint, if `check` lets what it tells pass; returns its step, the
  /// seconds trained so far and what else it tells.
  ///
  /// A run that was stopped before its first checkpoint goes on from its beginning: nil.
  func restore(
    _ check: (_ metadata: [String: String], _ step: Int) throws(Failure) -> Void
  ) throws(Failure) -> (step: Int, seconds: Double, metadata: [String: String])? {
    guard let url = folder.newestCheckpoint else { return nil }
    let file = try SafetensorsFile(contentsOf: url)
    try WeightFormat.check(file.metadata, at: url.path)
    guard let step = file.metadata["step"].flatMap({ Int($0) }), step >= 0,
      let seconds = file.metadata["seconds"].flatMap({ Double($0) })
    else {
      throw Failure(
        "the checkpoint does not say its step", at: url.path,
        mend: "point checkpoints/last.safetensors at an intact checkpoint, or start a new run")
    }
    try check(file.metadata, step)
    for (name, tensor) in state.tensors { tensor.assign(try file.values(name, shape: tensor.shape)) }
    return (step, seconds, file.metadata)
  }

  /// Marks the checkpoint of a step, just written, as the best so far: it stays until another is.
  func keepBest(step: Int) throws(Failure) {
    try write(state.exportedEncoder, step: step, to: folder.bestModel)
    try AtomicFile.link(folder.bestCheckpoint, to: folder.checkpoint(step).lastPathComponent)
  }

  /// Completes what a kill between a checkpoint and `keepBest` left undone: `step` was just restored and scored best.
  func completeBest(step: Int) throws(Failure) {
    let name = folder.checkpoint(step).lastPathComponent
    let linked = try? FileManager.default.destinationOfSymbolicLink(atPath: folder.bestCheckpoint.path)
    let kept = try? SafetensorsFile(contentsOf: folder.bestModel).metadata["step"]
    if linked != name || kept != "\(step)" { try keepBest(step: step) }
  }

  private func write(
    _ tensors: [(name: String, tensor: Tensor)], step: Int, _ metadata: [String: String] = [:], to url: URL
  ) throws(Failure) {
    try ModelFile.write(
      tensors, configuration: configuration, preprocessing: preprocessing,
      metadata: metadata.merging(["step": "\(step)", "recipe": recipe.text]) { $1 },
      provenance: provenance, to: url)
  }

  private func removeOld(newest: Int) {
    let best = folder.bestCheckpoint.resolvingSymlinksInPath().lastPathComponent
    for name in folder.checkpointNames.dropLast(Self.kept)
    where name != folder.checkpoint(newest).lastPathComponent && name != best {
      try? FileManager.default.removeItem(at: folder.checkpoints.appendingPathComponent(name))
    }
  }
}
