import Foundation
import Imaging
import Platform
import Testing

/// Files whose data end early, where they are accepted.
struct TruncatedFileTests {
  private let pads = DecodeOptions(truncated: .pad)

  /// Rows that came before the end are those of the whole file; nothing after the header is a failure.
  @Test(arguments: [
    "kinds/ycbcr420.jpg", "kinds/restarts.jpg", "kinds/gray.jpg", "kinds/cmyk.jpg", "kinds/arithmetic.jpg",
    "kinds/rgb8.png", "kinds/rgba16.png", "kinds/palette4.png",
  ]) func keepsTheRowsThatAreThere(file: String) throws {
    let bytes = try Golden.bytes(file)
    let whole = try ImageDecoder.decode(bytes)
    let marker: [UInt8] = file.hasSuffix(".png") ? Array("IDAT".utf8) : [0xFF, 0xDA]
    let data = try #require((0..<bytes.count).first { bytes[$0...].starts(with: marker) }) + 20
    var kept: [Int] = []
    for count in stride(from: data, to: bytes.count, by: 11) {
      let image = try ImageDecoder.decode([UInt8](bytes[..<count]), options: pads, place: file)
      #expect(image.width == whole.width && image.height == whole.height && image.channels == whole.channels)
      kept.append(commonRows(image, whole))
    }
    // The last few bytes lost cost the last rows alone: two rows of JPEG blocks, or what 64 bytes of PNG data hold.
    #expect(try #require(kept.last) >= whole.height - 33, "\(file) \(kept)")
    #expect(try #require(kept.first) <= whole.height / 2, "\(file) \(kept)")
    #expect(zip(kept, kept.dropFirst()).allSatisfy { $0 <= $1 }, "\(file) \(kept)")
  }

  /// Passes and scans that are there show the whole image coarsely.
  @Test(arguments: [
    "kinds/progressive.jpg", "kinds/progressive444.jpg", "kinds/rgb8-interlaced.png",
    "kinds/rgba16-interlaced.png", "kinds/gray8-interlaced.png",
  ]) func coarseImagesAreKept(file: String) throws {
    let bytes = try Golden.bytes(file)
    let whole = try ImageDecoder.decode(bytes)
    var last = Double.infinity
    for share in [0.5, 0.75, 0.9, 0.98] {
      let part = [UInt8](bytes[..<Int(Double(bytes.count) * share)])
      let mean = try #require(meanDifference(try ImageDecoder.decode(part, options: pads), whole))
      // More data, no worse picture.
      #expect(mean <= last + 0.5, "\(file)")
      last = mean
    }
    #expect(last <= 8, "\(file)")
  }

  @Test(arguments: [
    "kinds/ycbcr420.jpg", "kinds/progressive.jpg", "kinds/rgb8.png", "kinds/rgb8-interlaced.png",
  ])
  func cropsOfThemAreThoseOfTheWhole(file: String) throws {
    let bytes = try Golden.bytes(file)
    let part = EncodedBytes([UInt8](bytes[..<(bytes.count * 2 / 3)]))
    let whole = try ImageReader(part, options: pads).image()
    for top in stride(from: 0, to: whole.height - 12, by: 7) {
      let crop = CropRectangle(left: 11, top: top, width: 20, height: 12)
      let found = try ImageReader(part, options: pads).resized(
        cropping: crop, width: 20, height: 12, filter: .bicubic)
      #expect(found == whole.cropped(to: crop), "\(file) from row \(top)")
    }
  }

  /// Accepting an early end does not accept damage.
  @Test func damageIsStillAFailure() throws {
    var jpeg = try Golden.bytes("kinds/restarts.jpg")
    let marker = try #require(
      (600..<jpeg.count - 1).first { jpeg[$0] == 0xFF && (0xD0...0xD7).contains(jpeg[$0 + 1]) })
    jpeg[marker + 1] = 0xD5
    #expect(throws: Failure.self) { try ImageDecoder.decode(jpeg, options: pads) }
    var png = try Golden.bytes("kinds/rgb8.png")
    png[png.count - 40] ^= 1
    #expect(throws: Failure.self) { try ImageDecoder.decode(png, options: pads) }
  }

  @Test func withoutAHeaderThereIsNoImage() throws {
    for file in ["kinds/ycbcr420.jpg", "kinds/rgb8.png"] {
      let bytes = try Golden.bytes(file)
      for count in 0..<30 {
        #expect(throws: Failure.self) { try ImageDecoder.decode([UInt8](bytes[..<count]), options: pads) }
      }
    }
  }

  private func commonRows(_ a: Image, _ b: Image) -> Int {
    let row = a.width * a.channels
    let (first, second) = (a.pixels, b.pixels)
    return (0..<a.height).first { first[$0 * row..<($0 + 1) * row] != second[$0 * row..<($0 + 1) * row] }
      ?? a.height
  }
}
