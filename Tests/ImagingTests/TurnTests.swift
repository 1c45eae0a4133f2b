import Imaging
import Platform
import Testing

/// Mirrored and turned images against the definition, pixel by pixel: for pixels of 1 to 34 bytes, and for images larger
/// than the tiles in which they are turned.
struct TurnTests {
  /// Where pixel (x, y) of the result is in an image of `width`×`height`.
  private struct Case: Sendable {
    let name: String
    let turned: @Sendable (Image) -> Image
    let origin: @Sendable (_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> (x: Int, y: Int)
  }

  private static let cases = [
    Case(
      name: "left and right", turned: { $0.flippedHorizontally() },
      origin: { x, y, width, _ in (width - 1 - x, y) }),
    Case(
      name: "top and bottom", turned: { $0.flippedVertically() },
      origin: { x, y, _, height in (x, height - 1 - y) }),
    Case(name: "0", turned: { $0.rotated(quarterTurns: 0) }, origin: { x, y, _, _ in (x, y) }),
    Case(
      name: "90", turned: { $0.rotated(quarterTurns: 1) }, origin: { x, y, width, _ in (width - 1 - y, x) }),
    Case(
      name: "180", turned: { $0.rotated(quarterTurns: 2) },
      origin: { x, y, width, height in (width - 1 - x, height - 1 - y) }),
    Case(
      name: "270", turned: { $0.rotated(quarterTurns: 3) }, origin: { x, y, _, height in (y, height - 1 - x) }
    ),
  ]

  @Test(arguments: [8, 16]) func everyPixelComesFromItsPlace(depth: Int) {
    for (width, height) in [(1, 1), (1, 9), (9, 1), (2, 2), (3, 70), (65, 2), (131, 67)] {
      for channels in [1, 2, 3, 4, 5, 6, 7, 8, 9, 17] {
        let image = AugmentationGolden.noise(
          width: width, height: height, channels: channels, depth: depth, seed: UInt64(width + channels))
        let stored = image.samples.unitValues
        for turn in Self.cases {
          let result = turn.turned(image)
          let isQuarter = ["90", "270"].contains(turn.name)
          #expect(
            (result.width, result.height) == (isQuarter ? (height, width) : (width, height))
              && result.channels == channels && result.isDeep == (depth == 16))
          var expected: [Float] = []
          expected.reserveCapacity(stored.count)
          for y in 0..<result.height {
            for x in 0..<result.width {
              let (column, row) = turn.origin(x, y, width, height)
              let place = (row * width + column) * channels
              expected += stored[place..<place + channels]
            }
          }
          #expect(result.samples.unitValues == expected, "\(turn.name) of \(width)×\(height)×\(channels)")
        }
      }
    }
  }
}
