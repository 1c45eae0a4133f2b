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

  /// Loads a checkpoint of a run, or a masked autoencoder of another library; `variants` is what its recipe may name,
  /// `facts` what the other library's file does not tell.
  ///
  /// - Throws: `Failure` when the file is no checkpoint: an encoder alone has no decoder.
  public init(
    checkpoint url: URL, facts: EncoderFacts = EncoderFacts(), variants: RunVariants = RunVariants()
  ) throws(Failure) {
    let file = try ModelFile(contentsOf: url, facts: facts)
    guard !file.parameterNames.subtracting(try file.encoderNames()).isEmpty else {
      throw Failure(
        "an encoder alone, without the decoder or heads that it was trained with", at: url.path,
        mend: "give a checkpoint: the run folder, or a file in its checkpoints/")
    }
    try self.init(file, variants: variants, at: url.path)
  }

  /// Builds what a checkpoint holds; `place` says where it is.
  init(_ file: ModelFile, variants: RunVariants = RunVariants(), at place: String) throws(Failure) {
    recipe = try Self.recipe(of: file, variants: variants, at: place)
    preprocessing = file.preprocessing
    let store = ParameterStore()
    let choice = recipe.objective
    (encoder, objective) = try file.declaring(in: store) { () throws(Failure) in
      let encoder = try VisionTransformer(
        file.configuration, parameters: store, variants: variants.model, place: place)
      let objective = try variants.objectives.select(choice, at: "\(place), objective").make(encoder)
      return (encoder, objective)
    }
  }

  /// The recipe that a run has written into a file.
  ///
  /// - Throws: `Failure` when there is none, or it is not readable.
  static func recipe(
    of file: ModelFile, variants: RunVariants = RunVariants(), at place: String
  ) throws(Failure) -> Recipe {
    guard let text = file.file.metadata["recipe"],
      let tree = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    else {
      throw Failure(
        "no recipe in this file's metadata", at: place, mend: "give a checkpoint of a run folder")
    }
    return try Recipe(tree, variants: variants, at: "\(place), recipe")
  }
}
