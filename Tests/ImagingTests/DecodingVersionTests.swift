import Imaging
import Platform
import Testing

struct DecodingVersionTests {
  /// What is decoded and resized has these fingerprints as long as `DecodeOptions.codeVersion` is 1.
  ///
  /// Where a change of code is meant to change pixels, raise `codeVersion` and put the new fingerprints here: kept images
  /// of the version before must not be served any more.
  @Test func pixelsAreThoseOfTheVersion() throws {
    #expect(DecodeOptions.codeVersion == 1)
    let expected: [(file: String, whole: UInt64, reduced: UInt64)] = [
      ("kinds/land420.jpg", 0x54b7823a9c576f28, 0xf224d62aa443102),
      ("kinds/land444.jpg", 0x2f95d551d7e50fd9, 0xf8a54d651a16af13),
      ("cmyk.jpg", 0x1213c80e491e0911, 0xaea878cdef63dde2),
      ("exif6-long.jpg", 0x541c940ae2085be1, 0xc3513a5ce1308307),
      ("gray-progressive.jpg", 0xaa2510b001f71e2c, 0x6afbe6616fe875b1),
      ("gray16.png", 0x12de17a2cccda81a, 0x6b41c604c2ca7403),
      ("gray-alpha8.png", 0x1eed9ec940f3c5ea, 0x107f8801c32519d0),
    ]
    for (file, whole, reduced) in expected {
      let reader = try Golden.reader(file)
      let (width, height) = (reader.width, reader.height)
      let small = try Golden.reader(file).resized(
        cropping: CropRectangle(left: 0, top: 0, width: width, height: height), width: max(1, width / 3),
        height: max(1, height / 3), filter: .bicubic)
      let image = try reader.image()
      #expect(
        fingerprint(image) == whole && fingerprint(small) == reduced,
        "\(file): 0x\(String(fingerprint(image), radix: 16)), 0x\(String(fingerprint(small), radix: 16))")
    }
  }

  /// FNV-1a (Fowler, Noll and Vo, 1991) over the samples, high bytes first.
  private func fingerprint(_ image: Image) -> UInt64 {
    func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
      bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
    switch image.samples {
    case .eightBit(let samples): return hash(samples)
    case .sixteenBit(let samples): return hash(samples.lazy.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
    case .float(let samples):
      return hash(
        samples.lazy.flatMap { sample in [24, 16, 8, 0].map { UInt8(sample.bitPattern >> $0 & 0xFF) } })
    }
  }
}
