/// Where the centred evaluation view lies: the image resized to cover a box, then cropped in the middle.
///
/// The box is the target enlarged by resizeShorterSide / min(target width, target height). The image
/// is scaled by the one factor at which it just covers the box; the side that decides becomes the box's,
/// the other is truncated. For square targets this is torchvision's `Resize(size)`: the shorter side becomes
/// `resizeShorterSide`, the longer trunc(size·long/short).
public struct EvaluationGeometry: Sendable, Equatable {
  /// Width of the whole resized image.
  public let resizedWidth: Int
  /// Height of the whole resized image.
  public let resizedHeight: Int
  /// The view in the resized image.
  public let crop: CropRectangle

  /// The geometry for an image of `imageWidth`×`imageHeight` and a view of `width`×`height`.
  public init(imageWidth: Int, imageHeight: Int, width: Int, height: Int, resizeShorterSide: Int) {
    precondition(min(imageWidth, imageHeight, width, height) > 0, "sides are positive")
    precondition(
      resizeShorterSide >= min(width, height),
      "resizing the shorter side to \(resizeShorterSide) cannot cover \(width)×\(height)")
    let shorter = min(width, height)
    let boxWidth = Self.roundedQuotient(width * resizeShorterSide, shorter)
    let boxHeight = Self.roundedQuotient(height * resizeShorterSide, shorter)
    if imageHeight * boxWidth <= imageWidth * boxHeight {
      resizedHeight = boxHeight
      resizedWidth = boxHeight * imageWidth / imageHeight
    } else {
      resizedWidth = boxWidth
      resizedHeight = boxWidth * imageHeight / imageWidth
    }
    crop = .centered(width: width, height: height, inWidth: resizedWidth, height: resizedHeight)
  }

  private static func roundedQuotient(_ dividend: Int, _ divisor: Int) -> Int {
    (2 * dividend + divisor) / (2 * divisor)
  }
}
