import Foundation
import Imaging
import Platform
import Tensors
import VisionTransformer

/// What an objective that reconstructs sees and what it makes of it, as pictures.
public struct Reconstruction: Sendable {
  /// The model's input.
  public let original: Image
  /// The input with masked patches in gray.
  public let masked: Image
  /// Visible patches as they are, masked ones as predicted.
  public let reconstructed: Image

  /// Reconstructs images that already have the model's size and channels.
  ///
  /// Normalised predictions take back the mean and deviation of the true patch, as in He et al., 2021.
  public static func make(
    _ images: [Image], objective: any ReconstructingObjective, grid: PatchGrid, preprocessing: Preprocessing,
    seed: UInt64
  ) -> [Reconstruction] {
    guard !images.isEmpty else { return [] }
    let tape = Tape(.evaluating)
    let patches = tape.zeros([images.count, grid.count, grid.width])
    for (index, image) in images.enumerated() {
      grid.patchify(image.samples, preprocessing.normalization, into: patches, at: index)
    }
    let mask = objective.mask(for: SampleIdentity(seed: seed, epoch: 0, indices: Array(images.indices)))
    let predictions = objective.predictions(patches, mask, tape).values
    let masked = mask.masked.count / images.count
    return images.indices.map { index in
      let size = grid.count * grid.width
      var truth = Array(patches.slice(index..<index + 1).values)
      var shown = truth
      let hidden = mask.masked[index * masked..<(index + 1) * masked].map(Int.init)
      for patch in hidden {
        let range = patch * grid.width..<(patch + 1) * grid.width
        var predicted = Array(predictions[index * size + range.lowerBound..<index * size + range.upperBound])
        if objective.normalizesPixels { denormalize(&predicted, like: truth[range]) }
        shown.replaceSubrange(range, with: predicted)
        truth.replaceSubrange(range, with: [Scalar](repeating: .nan, count: grid.width))
      }
      return Reconstruction(
        original: images[index], masked: picture(truth, grid, preprocessing),
        reconstructed: picture(shown, grid, preprocessing))
    }
  }

  private static func denormalize(_ predicted: inout [Scalar], like truth: ArraySlice<Scalar>) {
    let mean = truth.reduce(0, +) / Scalar(truth.count)
    let variance = truth.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Scalar(truth.count - 1)
    let deviation = (variance + 1e-6).squareRoot()
    for index in predicted.indices { predicted[index] = predicted[index] * deviation + mean }
  }

  /// Patches back to bytes; NaN becomes gray.
  private static func picture(_ patches: [Scalar], _ grid: PatchGrid, _ preprocessing: Preprocessing) -> Image
  {
    let values = grid.unpatchify(patches)
    let pixels = values.enumerated().map { index, value -> UInt8 in
      guard !value.isNaN else { return 128 }
      let channel = index % grid.channels
      let level =
        (value * Scalar(preprocessing.standardDeviation[channel]) + Scalar(preprocessing.mean[channel])) * 255
      return UInt8(max(0, min(255, level.rounded())))
    }
    return Image(width: grid.imageWidth, height: grid.imageHeight, channels: grid.channels, pixels: pixels)
  }
}
