/// How stored pixels have to be turned to stand upright; the raw values are those of EXIF's tag 0x0112.
enum Orientation: Int {
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
}

extension Image {
  /// The image turned upright.
  func reoriented(_ orientation: Orientation) -> Image {
    if orientation == .up { return self }
    let swaps = orientation.swapsSides
    let (outputWidth, outputHeight) = swaps ? (height, width) : (width, height)
    // Output pixel (x, y) is the stored pixel at origin + x·across + y·down.
    let reversed = orientation.reversed
    let rowStep = swaps ? width : 1
    let columnStep = swaps ? 1 : width
    let across = reversed.alongRow ? -rowStep : rowStep
    let down = reversed.alongColumn ? -columnStep : columnStep
    let origin =
      (reversed.alongRow ? (outputWidth - 1) * rowStep : 0)
      + (reversed.alongColumn ? (outputHeight - 1) * columnStep : 0)
    return Image(width: outputWidth, height: outputHeight, channels: channels) { output in
      pixels.withUnsafeBufferPointer { input in
        for y in 0..<outputHeight {
          let row = output + y * outputWidth * channels
          let start = origin + y * down
          if channels == 1 {
            for x in 0..<outputWidth { row[x] = input[start + x * across] }
          } else {
            for x in 0..<outputWidth {
              let stored = 3 * (start + x * across)
              row[3 * x] = input[stored]
              row[3 * x + 1] = input[stored + 1]
              row[3 * x + 2] = input[stored + 2]
            }
          }
        }
      }
    }
  }

  /// The mirror image, left and right exchanged.
  public func flippedHorizontally() -> Image { reoriented(.mirroredHorizontally) }
}
