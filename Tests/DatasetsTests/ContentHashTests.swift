import Datasets
import Imaging
import Platform
import Testing

@Suite struct ContentHashTests {
  @Test func shapeAndDepthCount() {
    let pixels = (0..<12).map { UInt8($0) }
    let words = stride(from: 0, to: 12, by: 2).map { UInt16($0) | UInt16($0 + 1) << 8 }
    let images = [
      Image(width: 6, height: 2, channels: 1, pixels: pixels),
      Image(width: 2, height: 6, channels: 1, pixels: pixels),
      Image(width: 2, height: 2, channels: 3, pixels: pixels),
      Image(width: 3, height: 2, channels: 1, samples: .sixteenBit(words)),
    ]
    #expect(Set(images.map { ContentHash(of: $0) }).count == images.count)
    #expect(
      ContentHash(of: images[0]) == ContentHash(of: Image(width: 6, height: 2, channels: 1, pixels: pixels)))
  }
}
