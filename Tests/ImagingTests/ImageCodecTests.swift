import Foundation
import Imaging
import Platform
import Testing

/// What holds of every codec, on the golden files that end as its files do.
struct ImageCodecTests {
  /// The files of a format that decode, at least one.
  private func images(_ format: ImageFormat) throws -> [(name: String, bytes: [UInt8], image: Image)] {
    let endings = format.extensions.map { "." + $0 }
    let folders = [".", "kinds", "tiff", "web", "heif", "dicom"]
    let names = try folders.flatMap { try Golden.files(in: $0, endings: endings) }
    let images = try names.compactMap { name -> (String, [UInt8], Image)? in
      let bytes = try Golden.bytes(name)
      return (try? ImageDecoder.decode(bytes)).map { (name, bytes, $0) }
    }
    try #require(!images.isEmpty, "no golden file of \(format.title)")
    return images
  }

  @Test func namesAndEndingsAreOfOneFormat() {
    let endings = ImageCodecs.formats.flatMap(\.extensions)
    #expect(Set(endings).count == endings.count)
    #expect(Set(ImageCodecs.formats.map(\.name)).count == ImageCodecs.formats.count)
    for ending in endings { #expect(ending == ending.lowercased() && !ending.contains(".")) }
  }

  @Test(arguments: ImageCodecs.formats) func theFirstBytesTell(format: ImageFormat) throws {
    for (name, bytes, _) in try images(format) {
      let start = bytes.prefix(ImageSignature.byteCount)
      #expect(start.withUnsafeBytes { ImageSignature($0) } == .read(format), "\(name)")
    }
  }

  @Test(arguments: ImageCodecs.formats) func theHeaderTellsWhatIsDecoded(format: ImageFormat) throws {
    for (name, bytes, image) in try images(format) {
      let header = try ImageDecoder.header(of: bytes.span.bytes)
      #expect((header.width, header.height) == (image.width, image.height), "\(name)")
      #expect(header.channels == image.channels && header.sampleFormat == image.samples.format, "\(name)")
      #expect(header.format == format, "\(name)")
    }
  }

  @Test(arguments: ImageCodecs.formats) func aPartIsThatOfTheWhole(format: ImageFormat) throws {
    for (name, bytes, image) in try images(format) {
      let (left, top) = (image.width / 3, image.height / 3)
      let crop = CropRectangle(
        left: left, top: top, width: (image.width - left + 1) / 2, height: (image.height - top + 1) / 2)
      let part = try ImageReader(EncodedBytes(bytes)).resized(
        cropping: crop, width: crop.width, height: crop.height, filter: .bilinear)
      let expected = image.resized(
        cropping: crop, width: crop.width, height: crop.height, filter: .bilinear)
      #expect(part == expected, "\(name)")
    }
  }
}
