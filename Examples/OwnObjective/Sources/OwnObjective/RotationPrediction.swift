import Platform
import Pretraining
import Tensors
import VisionTransformer

/// An objective of one's own: every image is turned by 0, 90, 180 or 270°, and the encoder says by how much (Gidaris et
/// al., 2018).
struct RotationPrediction: Objective {
  static let name = "rotationPrediction"
  static let summary = "say by how many quarters an image was turned"
  static let source = "Gidaris et al., 2018"

  private let encoder: VisionTransformer
  private let head: Linear

  init(encoder: VisionTransformer, options: NoOptions, at place: String) throws(Failure) {
    let grid = encoder.configuration.grid
    guard grid.rows == grid.columns else {
      throw Failure(
        "images that are not square cannot be turned", at: place, mend: "set model.imageSize to one side")
    }
    self.encoder = encoder
    head = Linear(
      .other, inputs: encoder.configuration.width, outputs: 4, by: encoder.recipe.initializer,
      scope: encoder.parameters.root["head"])
  }

  func loss(_ batch: MicroBatch, _ tape: Tape) -> Tensor {
    // A sample's own stream: the same turns whatever the threads, and wherever a run was interrupted.
    let quarters = batch.identity.indices.indices.map { row in
      var random = batch.identity.stream(.mask, row: row)
      return Int(random.next() % 4)
    }
    let features = encoder.features(turned(batch.patches, by: quarters), tape)
    return tape.softmaxCrossEntropy(head(features, tape), labels: quarters)
  }

  /// Images [B, L, P·P·C] turned against the clock, pixel by pixel.
  private func turned(_ patches: Tensor, by quarters: [Int]) -> Tensor {
    let grid = encoder.configuration.grid
    let (side, channels, pixels) = (grid.imageHeight, grid.channels, grid.count * grid.width)
    /// Where a pixel lies among the values of an image's patches.
    func place(_ row: Int, _ column: Int) -> Int {
      let patch = row / grid.patchSize * grid.columns + column / grid.patchSize
      return patch * grid.width + (row % grid.patchSize * grid.patchSize + column % grid.patchSize) * channels
    }
    var values = patches.values
    for (sample, turns) in quarters.enumerated() where turns > 0 {
      let image = Array(values[sample * pixels..<(sample + 1) * pixels])
      for row in 0..<side {
        for column in 0..<side {
          var (fromRow, fromColumn) = (row, column)
          for _ in 0..<turns { (fromRow, fromColumn) = (fromColumn, side - 1 - fromRow) }
          for channel in 0..<channels {
            values[sample * pixels + place(row, column) + channel] =
              image[place(fromRow, fromColumn) + channel]
          }
        }
      }
    }
    return Tensor(shape: patches.shape, values: values)
  }
}
