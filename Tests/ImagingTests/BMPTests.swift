import Imaging
import Platform
import Testing

struct BMPTests {
  private let pads = DecodeOptions(truncated: .pad)

  /// Pillow's pixels, or those from which a file was built where Pillow refuses it.
  @Test func agreesWithPillowAndTheSpecification() throws {
    try WebKinds.expectPixels(endingIn: ".bmp", atLeast: 70)
  }

  @Test func partsAreThoseOfTheWhole() throws { try WebKinds.expectParts(endingIn: ".bmp") }

  @Test(arguments: [
    ("jpeg", "a JPEG"), ("png", "a PNG"), ("huffman", "Huffman"), ("runs24", "runs of 24 bits"),
  ])
  func kindsThatAreNotDecodedAreNamed(name: String, words: String) throws {
    let failure = try WebKinds.failure(WebKinds.bytes("refused-bmp-\(name).bmp"))
    #expect(failure.problem.contains("not decoded") && failure.problem.contains(words))
    #expect(failure.remedy.contains("convert"))
  }

  @Test func wideSamplesAreKept() throws {
    let header = try WebKinds.header("fields-2101010-124.bmp")
    #expect(header.sampleFormat == .sixteenBit && header.storedChannels == 4)
  }

  /// Behind the last pixel are up to three bytes of padding, behind runs two ends, of the row and the image, and
  /// before them where the last run is of an odd number of bytes one of padding.
  @Test(arguments: [
    ("palette1.bmp", 3), ("palette4-core.bmp", 3), ("rgb24-40.bmp", 1), ("rgb24-down.bmp", 1),
    ("rgb16.bmp", 2), ("fields-bgra-124.bmp", 0), ("fields-565-40.bmp", 2), ("runs8.bmp", 4),
    ("runs4.bmp", 5),
  ])
  func everyCutIsAFailure(file: String, spare: Int) throws {
    let bytes = try WebKinds.bytes(file)
    try WebKinds.expectCutsFail(file, before: bytes.count - spare)
    _ = try ImageDecoder.decode([UInt8](bytes.dropLast(spare)))
  }

  @Test func changedBytesGiveAnImageOrAFailure() throws {
    try WebKinds.expectFlipsDecodeOrFail(endingIn: ".bmp")
  }

  /// What is missing is gray: of most files the upper rows, which come last.
  @Test(arguments: [
    "palette8.bmp", "rgb24-40.bmp", "rgb16.bmp", "runs8.bmp", "runs8-noise.bmp", "palette1.bmp",
  ])
  func keepsTheRowsThatAreThere(file: String) throws {
    let bytes = try WebKinds.bytes(file)
    let whole = try ImageDecoder.decode(bytes)
    let row = whole.width * 3
    let all = whole.pixels
    var kept: [Int] = []
    let start = Int(bytes[10]) | Int(bytes[11]) << 8
    for count in start..<bytes.count {
      let pixels = try ImageDecoder.decode([UInt8](bytes[..<count]), options: pads).pixels
      let rows = (0..<whole.height).reversed().prefix {
        pixels[$0 * row..<($0 + 1) * row] == all[$0 * row..<($0 + 1) * row]
      }.count
      let missing = pixels[..<(max(0, whole.height - rows - 1) * row)]
      #expect(missing.allSatisfy { $0 == 128 }, "\(file), \(count) bytes: \(rows) rows")
      kept.append(rows)
    }
    #expect(kept.first == 0 && kept.last == whole.height, "\(kept)")
    #expect(zip(kept, kept.dropFirst()).allSatisfy { $0 <= $1 }, "\(kept)")
  }

  @Test func wideSamplesThatAreMissingAreGray() throws {
    let bytes = try WebKinds.bytes("fields-12-10-10-40.bmp")
    let image = try ImageDecoder.decode([UInt8](bytes[..<(bytes.count / 2)]), options: pads)
    #expect(image.isDeep && image.pixels.prefix(300).allSatisfy { $0 == 128 })
  }

  @Test func hugeSidesAreRefusedByTheHeader() throws {
    for file in ["rgb24-40.bmp", "runs8.bmp", "palette1.bmp"] {
      let bytes = try WebKinds.bytes(file).with(30_000, at: 18, bytes: 4).with(30_000, at: 22, bytes: 4)
      #expect(try WebKinds.failure(bytes).problem.contains("30000×30000"), "\(file)")
      let largest = bytes.with(0x7FFF_FFFF, at: 18, bytes: 4).with(0x8000_0000, at: 22, bytes: 4)
      #expect(try WebKinds.failure(largest).problem.contains("above the limit"), "\(file)")
    }
  }

  @Test func liesAreFailures() throws {
    let bytes = try WebKinds.bytes("rgb24-40.bmp")
    #expect(try WebKinds.failure(bytes.with(41, at: 14, bytes: 4)).problem.contains("header of 41 bytes"))
    #expect(try WebKinds.failure(bytes.with(0, at: 18, bytes: 4)).problem.contains("sides of 0"))
    #expect(try WebKinds.failure(bytes.with(-5, at: 18, bytes: 4)).problem.contains("sides of -5"))
    #expect(try WebKinds.failure(bytes.with(0, at: 22, bytes: 4)).problem.contains("and 0 pixels"))
    #expect(try WebKinds.failure(bytes.with(20, at: 10, bytes: 4)).problem.contains("inside the header"))
    #expect(try WebKinds.failure(bytes.with(1 << 30, at: 10, bytes: 4)).problem.contains("ends too early"))
    #expect(try WebKinds.failure(bytes.with(3, at: 28, bytes: 2)).problem.contains("3 bits a pixel"))
    #expect(try WebKinds.failure(bytes.with(1, at: 30, bytes: 4)).problem.contains("24 bits a pixel"))
    #expect(try WebKinds.failure(bytes.with(99, at: 30, bytes: 4)).problem.contains("compression 99"))
    let palette = try WebKinds.bytes("palette8.bmp")
    #expect(try WebKinds.failure([UInt8](palette[..<500])).problem.contains("the header ends too early"))
    let masks = try WebKinds.bytes("fields-565-40.bmp")
    #expect(try WebKinds.failure(masks.with(0b101, at: 54, bytes: 4)).problem.contains("masks"))
    #expect(try WebKinds.failure(masks.with(0xFF_0000, at: 54, bytes: 4)).problem.contains("masks"))
  }
}
