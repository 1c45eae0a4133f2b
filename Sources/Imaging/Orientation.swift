import Platform

/// How stored pixels have to be turned to stand upright; the raw values are those of EXIF's tag 0x0112.
package enum Orientation: Int {
  case up = 1
  case mirroredHorizontally = 2
  case rotatedHalf = 3
  case mirroredVertically = 4
  case transposed = 5
  /// Upright after a quarter turn clockwise.
  case quarterClockwise = 6
  case transversed = 7
  /// Upright after a quarter turn counter-clockwise.
  case quarterCounterClockwise = 8

  /// Whether turning swaps width and height.
  var swapsSides: Bool { rawValue >= 5 }

  /// Whether an output row runs through the stored pixels backwards, and likewise an output column.
  var reversed: (alongRow: Bool, alongColumn: Bool) {
    switch self {
    case .up, .transposed: (false, false)
    case .mirroredHorizontally, .quarterClockwise: (true, false)
    case .mirroredVertically, .quarterCounterClockwise: (false, true)
    case .rotatedHalf, .transversed: (true, true)
    }
  }

  /// Where a rectangle of the upright image is stored, in an image of `width`×`height` stored pixels.
  func stored(_ crop: CropRectangle, width: Int, height: Int) -> CropRectangle {
    func mirrored(_ start: Int, _ count: Int, in length: Int, _ isReversed: Bool) -> Int {
      isReversed ? length - start - count : start
    }
    if swapsSides {
      return CropRectangle(
        left: mirrored(crop.top, crop.height, in: width, reversed.alongColumn),
        top: mirrored(crop.left, crop.width, in: height, reversed.alongRow), width: crop.height,
        height: crop.width)
    }
    return CropRectangle(
      left: mirrored(crop.left, crop.width, in: width, reversed.alongRow),
      top: mirrored(crop.top, crop.height, in: height, reversed.alongColumn), width: crop.width,
      height: crop.height)
  }
}

extension Image {
  /// The image turned upright.
  package func reoriented(_ orientation: Orientation) -> Image {
    if orientation == .up { return self }
    let swaps = orientation.swapsSides
    return Image(
      width: swaps ? height : width, height: swaps ? width : height, channels: channels,
      samples: samples.mapped(
        Turn(orientation: orientation, width: width, height: height, channels: channels)))
  }

  /// The mirror image, left and right exchanged.
  public func flippedHorizontally() -> Image { reoriented(.mirroredHorizontally) }

  /// The mirror image, top and bottom exchanged.
  public func flippedVertically() -> Image { reoriented(.mirroredVertically) }

  /// The image turned counter-clockwise by 0…3 times 90 degrees; odd numbers exchange its sides.
  public func rotated(quarterTurns: Int) -> Image {
    precondition((0...3).contains(quarterTurns), "0 to 3 quarter turns, not \(quarterTurns)")
    let orientations: [Orientation] = [.up, .quarterCounterClockwise, .rotatedHalf, .quarterClockwise]
    return reoriented(orientations[quarterTurns])
  }
}
