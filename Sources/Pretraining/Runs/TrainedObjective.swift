import Foundation
import Imaging
import Platform
import Tensors
import VisionTransformer

/// An encoder with its objective's heads, as a checkpoint holds them.
public struct TrainedObjective: Sendable {
  /// The recipe of the run.
  public let recipe: Recipe
  /// The encoder.
  public let encoder: VisionTransformer
  /// The task, with its decoder or heads.
  public let objective: any Objective
  /// How images become input.
  public let preprocessing: Preprocessing

  /// Loads a checkpoint of a run.
  ///
  /// - Throws: `Failure` when the file is no checkpoint: an encoder alone has no decoder.
  public init(checkpoint url: URL) throws(Failure) {
    let file = try ModelFile(contentsOf: url)
    guard let text = file.file.metadata["recipe"],
      let tree = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    else {
      throw Failure(
        "no recipe in this file's metadata", at: url.path, mend: "give a checkpoint of a run folder")
    }
    recipe = try Recipe(tree, at: "\(url.path), recipe")
    preprocessing = file.preprocessing
    let store = ParameterStore()
    let choice = recipe.objective
    (encoder, objective) = try file.declaring(in: store) { () throws(Failure) in
      let encoder = try VisionTransformer(file.configuration, parameters: store, place: url.path)
      return (encoder, try Objectives.make(choice, encoder: encoder, at: "\(url.path), objective"))
    }
  }
}
