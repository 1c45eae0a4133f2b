import CImageKernels
import Imaging
import Testing

/// The kernels of all instruction sets against each other, on sides around the sizes of their vectors.
@Suite(.serialized)
struct ResizeKernelTests {
  @Test(arguments: [1, 3, 4])
  func everyInstructionSetGivesTheSameBits(channels: Int) {
    defer { ik_limit_level(2) }
    let sides = [1, 2, 3, 4, 5, 6, 7, 9, 11, 16, 21, 22, 23, 33, 64, 67]
    for (number, width) in sides.enumerated() {
      let height = sides[(number * 7 + 3) % sides.count]
      let image = noise(width: 3 * width + 5, height: height + 40, channels: channels, seed: UInt64(number))
      let results = (0...2).map { level in
        ik_limit_level(Int32(level))
        return image.resized(width: width, height: height, filter: .bicubic)
      }
      #expect(results[1] == results[0] && results[2] == results[0], "\(width)×\(height)")
    }
  }
}
