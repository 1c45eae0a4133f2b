import Imaging
import Platform
import Testing

@Suite(.enabled(if: ImageCodecs.formats.contains(.webp), "built without its library")) struct WebPTests {
  private let pads = DecodeOptions(truncated: .pad)

  @Test func agreesWithPillow() throws { try WebKinds.expectPixels(endingIn: ".webp", atLeast: 25) }

  /// Chroma beside a window is decoded with it.
  @Test func partsAreThoseOfTheWhole() throws { try WebKinds.expectParts(endingIn: ".webp") }

  @Test(arguments: ["lossy-low.webp", "lossy-large.webp", "lossy-alpha-large.webp"])
  func narrowWindows(file: String) throws {
    let bytes = try EncodedBytes(WebKinds.bytes(file))
    let whole = try ImageReader(bytes).image()
    for side in 1...3 {
      for start in 0...whole.width - side {
        let crop = CropRectangle(left: start, top: 9, width: side, height: 20)
        let part = try ImageReader(bytes).resized(cropping: crop, width: side, height: 20, filter: .bilinear)
        #expect(part == whole.cropped(to: crop), "\(crop)")
      }
      for start in 0...whole.height - side {
        let crop = CropRectangle(left: 7, top: start, width: 30, height: side)
        let part = try ImageReader(bytes).resized(cropping: crop, width: 30, height: side, filter: .bilinear)
        #expect(part == whole.cropped(to: crop), "\(crop)")
      }
    }
  }

  @Test(arguments: 1...8) func orientation(_ orientation: Int) throws {
    let header = try WebKinds.header("exif\(orientation).webp")
    #expect(header.width == (orientation < 5 ? 33 : 21) && header.height == (orientation < 5 ? 21 : 33))
  }

  @Test func alphaIsToldByTheHeader() throws {
    for (file, samples) in [("lossy", 3), ("lossy-alpha", 4), ("animated-offset", 3), ("animated-alpha", 4)] {
      let header = try WebKinds.header("\(file).webp")
      #expect(header.storedChannels == samples && header.channels == 3, "\(file)")
      #expect(header.format == .webp)
    }
  }

  @Test(arguments: [
    "lossy.webp", "lossy-alpha.webp", "lossless.webp", "lossless-palette.webp", "animated-offset.webp",
    "exif6.webp",
  ])
  func everyCutIsAFailure(file: String) throws {
    try WebKinds.expectCutsFail(file, before: WebKinds.bytes(file).count)
  }

  @Test func changedBytesGiveAnImageOrAFailure() throws {
    try WebKinds.expectFlipsDecodeOrFail(endingIn: ".webp")
  }

  /// Rows that came before the end are those of the whole file, and the rest is gray.
  @Test(arguments: ["lossy-large.webp", "lossless-large.webp", "lossy-low.webp"])
  func keepsTheRowsThatAreThere(file: String) throws {
    let bytes = try WebKinds.bytes(file)
    let whole = try ImageDecoder.decode(bytes)
    var kept: [Int] = []
    for count in stride(from: bytes.count / 4, to: bytes.count, by: bytes.count / 12) {
      let image = try ImageDecoder.decode([UInt8](bytes[..<count]), options: pads)
      let rows = WebKinds.commonRows(image, whole)
      let missing = image.pixels[(min(rows + 1, image.height) * image.width * 3)...]
      #expect(missing.allSatisfy { $0 == 128 }, "\(file), \(count) bytes: \(rows) rows")
      kept.append(rows)
    }
    let (first, last) = (try #require(kept.first), try #require(kept.last))
    #expect(first < whole.height / 2 && last >= whole.height / 2, "\(kept)")
    #expect(zip(kept, kept.dropFirst()).allSatisfy { $0 <= $1 }, "\(kept)")
  }

  @Test func partsOfCutFilesAreThoseOfTheWhole() throws {
    let bytes = try WebKinds.bytes("lossy-large.webp")
    let part = EncodedBytes([UInt8](bytes[..<(bytes.count / 2)]))
    let whole = try ImageReader(part, options: pads).image()
    for top in stride(from: 0, to: whole.height - 12, by: 5) {
      let crop = CropRectangle(left: 11, top: top, width: 20, height: 12)
      let found = try ImageReader(part, options: pads).resized(
        cropping: crop, width: 20, height: 12, filter: .bicubic)
      // Rows near the end of the data may come for one window and not for another.
      let last = WebKinds.commonRows(found, whole.cropped(to: crop))
      #expect(last == 12 || found.pixels[(last * 60)...].allSatisfy { $0 == 128 }, "row \(top)")
    }
  }

  @Test func hugeCanvasIsRefusedByItsHeader() throws {
    let bytes = try WebKinds.bytes("animated-alpha.webp").with(29_999, at: 24, bytes: 3)
      .with(29_999, at: 27, bytes: 3)
    #expect(try WebKinds.failure(bytes).problem.contains("30000×30000"))
  }

  @Test func liesAreFailures() throws {
    let animation = try WebKinds.bytes("animated-alpha.webp")
    let frame = try #require(
      (0..<animation.count).first { animation[$0...].starts(with: Array("ANMF".utf8)) })
    // A frame beyond the canvas, one of another size than its picture, one cut short, and none.
    #expect(
      try WebKinds.failure(animation.with(40, at: frame + 8, bytes: 3)).problem.contains("beyond the canvas"))
    #expect(
      try WebKinds.failure(animation.with(9, at: frame + 14, bytes: 3)).problem.contains("of another size"))
    #expect(
      try WebKinds.failure(animation.with(7, at: frame + 4, bytes: 4)).problem.contains("ends too early"))
    let frames = (0..<animation.count - 4).filter { animation[$0...].starts(with: Array("ANMF".utf8)) }
    let none = frames.reduce(animation) { $0.with(0, at: $1, bytes: 4) }
    #expect(try WebKinds.failure(none).problem.contains("without frames"))
    let still = try WebKinds.bytes("exif1.webp")
    _ = try WebKinds.failure(still.with(99, at: 24, bytes: 3))
    #expect(try WebKinds.failure(still.with(1 << 20, at: 4, bytes: 4)).problem.contains("ends too early"))
    // A size that leaves nothing.
    _ = try WebKinds.failure(still.with(0, at: 4, bytes: 4))
  }

  @Test func aDamagedNoteLeavesThePixels() throws {
    let bytes = try WebKinds.bytes("exif6.webp")
    let note = try #require((0..<bytes.count).first { bytes[$0...].starts(with: Array("EXIF".utf8)) }) + 8
    for position in note..<bytes.count {
      for value in [0, 1, 0x7F, 0x80, 0xFF] {
        let image = try ImageDecoder.decode(bytes.with(value, at: position, bytes: 1))
        #expect(image.samples.count == 33 * 21 * 3)
      }
    }
  }

  /// Pixels of a smaller picture are rounded means.
  @Test(arguments: [2, 4, 8]) func scaledPixelsAreMeans(denominator: Int) throws {
    let bytes = try EncodedBytes(WebKinds.bytes("lossless-large.webp"))
    let whole = try ImageReader(bytes).image()
    let (left, top) = (denominator, 2 * denominator)
    let width = (whole.width - left) / denominator
    let height = (whole.height - top) / denominator
    let crop = CropRectangle(
      left: left, top: top, width: width * denominator, height: height * denominator)
    let part = try ImageReader(bytes).resized(cropping: crop, width: width, height: height, filter: .bilinear)
    for (index, pixel) in part.pixels.enumerated() {
      let (place, channel) = (index / 3, index % 3)
      let (x, y) = (left + place % width * denominator, top + place / width * denominator)
      var sum = 0
      for row in y..<y + denominator {
        for column in x..<x + denominator {
          sum += Int(whole.pixels[(row * whole.width + column) * 3 + channel])
        }
      }
      let mean = Double(sum) / Double(denominator * denominator)
      #expect(abs(Double(pixel) - mean) <= 1, "\(place), \(channel)")
    }
  }

  @Test func scaledRowsOfCutFilesAreThoseOfTheWhole() throws {
    let bytes = try WebKinds.bytes("lossy-large.webp")
    let part = EncodedBytes([UInt8](bytes[..<(bytes.count / 2)]))
    let crop = CropRectangle(left: 0, top: 0, width: 64, height: 48)
    let whole = try ImageReader(EncodedBytes(bytes)).resized(
      cropping: crop, width: 32, height: 24, filter: .bilinear)
    let found = try ImageReader(part, options: pads).resized(
      cropping: crop, width: 32, height: 24, filter: .bilinear)
    let rows = WebKinds.commonRows(found, whole)
    #expect((1..<24).contains(rows))
    #expect(found.pixels[((rows + 1) * 96)...].allSatisfy { $0 == 128 })
    #expect(throws: Failure.self) {
      try ImageReader(part).resized(cropping: crop, width: 32, height: 24, filter: .bilinear)
    }
  }
}
