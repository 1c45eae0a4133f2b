import Datasets
import Imaging
import Platform
import Tensors

/// Noise of three tones.
struct NoiseImages: ImageSource {
  let facts = ImageSetFacts(path: "/noise")
  let count = 24
  func label(of index: Int) -> Int? { nil }
  func location(of index: Int) -> String { "\(path)#\(index)" }
  func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    var random = RandomStream(seed: UInt64(index), purpose: .synthetic)
    let pixels = (0..<100).map { _ in UInt8(40 + 60 * (index % 3) + Int(random.next32() >> 26)) }
    return ImageReader(Image(width: 10, height: 10, channels: 1, pixels: pixels))
  }
}
