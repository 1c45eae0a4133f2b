import Foundation
import Imaging
import Platform
import Tensors

/// One draw of mixup (Zhang et al., 2017) or cutmix (Yun et al., 2019) for a whole batch, by the rules of timm's `Mixup`
/// in batch mode (Wightman, 2019): every sample is mixed with the one that stands as far from the other end of the batch.
///
/// Draws: whether; which of both; λ of Β(α, α); with cutmix the row and the column of the box's middle.
package struct BatchMixing: Sendable, Equatable {
  /// λ, the weight of a sample's own class; with cutmix the share of its own pixels.
  package var share: Double
  /// The pixels that are the partner's; nil with mixup, where all are a weighted mean.
  package var box: CropRectangle?

  /// Creates a given mixture.
  package init(share: Double, box: CropRectangle? = nil) {
    self.share = share
    self.box = box
  }

  /// What draws go by.
  package struct Chances: Sendable, Equatable {
    /// α of mixup's Β(α, α); 0: no mixup.
    var mixup: Double
    /// α of cutmix's; 0: no cutmix.
    var cutmix: Double
    /// How often it is cutmix where both are on.
    var switchProbability: Double
    /// How often a batch is mixed at all.
    var probability: Double

    package init(mixup: Double, cutmix: Double, switchProbability: Double = 0.5, probability: Double = 1) {
      self.mixup = mixup
      self.cutmix = cutmix
      self.switchProbability = switchProbability
      self.probability = probability
    }
  }

  /// Draws a mixture of images of height × width pixels; nil when the batch stays as it is.
  package init?(_ chances: Chances, height: Int, width: Int, using random: inout RandomStream) {
    guard chances.mixup > 0 || chances.cutmix > 0, random.uniform() < chances.probability else { return nil }
    let isCut =
      chances.mixup > 0 && chances.cutmix > 0
      ? random.uniform() < chances.switchProbability : chances.cutmix > 0
    let alpha = isCut ? chances.cutmix : chances.mixup
    share = random.beta(alpha, alpha)
    guard isCut else { return }
    let (row, column) = (random.index(below: height), random.index(below: width))
    self = Self.cut(share: share, row: row, column: column, height: height, width: width)
  }

  /// Cutmix with a box around a middle, whose sides are √(1 − λ) of the image's before its borders cut it off.
  package static func cut(share: Double, row: Int, column: Int, height: Int, width: Int) -> BatchMixing {
    let side = (1 - share).squareRoot()
    func span(_ middle: Int, in length: Int) -> Range<Int> {
      let wanted = Int(Double(length) * side)
      return max(0, middle - wanted / 2)..<min(length, middle + (wanted + 1) / 2)
    }
    let (rows, columns) = (span(row, in: height), span(column, in: width))
    let box = CropRectangle(
      left: columns.lowerBound, top: rows.lowerBound, width: columns.count, height: rows.count)
    return BatchMixing(share: 1 - Double(box.width * box.height) / Double(height * width), box: box)
  }
}
