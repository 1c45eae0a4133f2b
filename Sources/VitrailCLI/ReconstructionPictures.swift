import Datasets
import Foundation
import Imaging
import Platform
import Pretraining
import Reports

/// The pictures that a masked objective leaves in its run folder: the same few images at every checkpoint.
struct ReconstructionPictures {
  private let plan: TrainingPlan
  private let folder: RunFolder
  private let objective: any ReconstructingObjective
  private let images: [Image]

  /// Takes the first images that can be decoded; nil when the objective reconstructs nothing.
  init?(of plan: TrainingPlan, in folder: RunFolder, source: any ImageSource, count: Int = 8) {
    guard let objective = plan.objectivePlan.reconstruction else { return nil }
    self.plan = plan
    self.folder = folder
    self.objective = objective
    images = Self.images(source, plan.preprocessing, plan.recipe.data.loading, count: count)
  }

  /// Writes `reconstructions/step-….png`; a picture that cannot be written does not stop a plan.
  func write(step: Int) {
    try? FileManager.default.createDirectory(at: folder.reconstructions, withIntermediateDirectories: true)
    let name = folder.checkpoint(step).deletingPathExtension().lastPathComponent + ".png"
    try? Self.grid(
      Reconstruction.make(
        images, objective: objective, grid: plan.encoder.configuration.grid,
        preprocessing: plan.preprocessing,
        seed: plan.recipe.train.seed)
    )?.writePNG(to: folder.reconstructions.appendingPathComponent(name))
  }

  /// Evaluation views of those of `count` images, spread over the source so that classes mix, that can be used.
  static func images(
    _ source: any ImageSource, _ preprocessing: Preprocessing, _ loading: LoadingOptions, count: Int
  ) -> [Image] {
    let stride = max(1, source.count / count)
    let options = loading.decoding(for: preprocessing)
    return (0..<min(count, source.count)).compactMap { index in
      guard let image = try? source.image(at: index * stride, options: options),
        image.converts(toChannels: preprocessing.channels)
      else { return nil }
      return preprocessing.evaluationView(of: image)
    }
  }

  /// Original, masked and reconstructed side by side, an image a row.
  static func grid(_ reconstructions: [Reconstruction]) -> Image? {
    guard let first = reconstructions.first else { return nil }
    let side = max(first.original.width, first.original.height)
    let grid = ImageGrid(
      columns: 3, scale: ImageGrid.readableScale(side: side),
      headings: ["original", "masked", "reconstructed"])
    return grid.render(reconstructions.flatMap { [$0.original, $0.masked, $0.reconstructed] })
  }
}
