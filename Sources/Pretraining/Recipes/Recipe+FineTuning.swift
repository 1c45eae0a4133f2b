import Datasets
import Foundation
import Platform
import VisionTransformer

extension Recipe {
  /// The recipe of a run that fine-tunes the encoder of a weights file on labelled images.
  ///
  /// Architecture and preprocessing are those of the file, over which the keys of the named recipe and the overrides come:
  /// `model.dropPath` and `model.imageSize` may change, with the size also `data.evaluationResize`; what else changes the
  /// shape of the weights is refused when they are loaded.
  ///
  /// - Throws: `Failure` when the recipe cannot be read, or is of another objective, or no keys describe the encoder.
  public static func fineTuning(
    _ file: ModelFile, layout: FileLayout = FileLayout(), recipe name: String? = nil, folders: [URL],
    overrides: [String] = []
  ) throws(Failure) -> Recipe {
    guard file.configuration.isDescribedByRecipes else {
      throw Failure(
        "a converted encoder, whose norms no key of a recipe describes", at: file.path,
        mend: "fine-tune the weights from before vitrail convert, and convert what comes of them")
    }
    let preprocessing = file.preprocessing
    let given: [String: JSONValue] = [
      "mean": .encoding(preprocessing.mean), "standardDeviation": .encoding(preprocessing.standardDeviation),
      "filter": .encoding(preprocessing.filter), "bands": .encoding(layout.bands),
      "pages": .encoding(layout.pages), "anyExtension": .encoding(layout.anyExtension),
      "range": .encoding(
        preprocessing.range.map { SampleRangeChoice.range($0) }
          ?? (preprocessing.usesWindow ? .window : .auto)),
    ]
    let base = JSONValue.object([
      "model": .encoding(file.configuration), "objective": .string(Classification.name),
      "data": .object(given),
      "train": .object(["initialWeights": .string(URL(fileURLWithPath: file.path).standardizedFileURL.path)]),
    ])
    var recipe = try RecipeFile.load(
      name ?? published(for: file), folders: folders, overrides: overrides, over: base)
    guard recipe.objective.name == Classification.name else {
      throw Failure(
        "the objective '\(recipe.objective.name)' asks no labels", at: name ?? "objective",
        mend: "set objective.kind: \(Classification.name), or use vitrail pretrain --from-weights")
    }
    if recipe.data.evaluationResize == nil {
      let size = recipe.model.imageSize
      recipe.data.evaluationResize =
        file.preprocessing(imageHeight: size.height, imageWidth: size.width).resizeShorterSide
    }
    return recipe
  }

  /// The name of the recipe for images of about the file's size.
  private static func published(for file: ModelFile) -> String {
    max(file.configuration.imageHeight, file.configuration.imageWidth) < 96 ? "finetune-28" : "finetune-224"
  }
}
