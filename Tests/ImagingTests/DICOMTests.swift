import Foundation
import Imaging
import Platform
import Testing

/// DICOM as docs/images.md has it, on the files of Scripts/golden/medical_kinds.py.
@Suite(.enabled(if: ImageCodecs.formats.contains(.dicom))) struct DICOMTests {
  /// The name of a patient that is in every file.
  private let patient = "ZZYZX^MARMADUKE"

  private func decoded(_ name: String, _ options: DecodeOptions = DecodeOptions()) throws -> Image {
    try ImageDecoder.decode(Golden.bytes("dicom/\(name)"), options: options, place: name)
  }

  private func options(_ entry: SampleGolden.Entry) -> DecodeOptions {
    var options = DecodeOptions()
    options.pages = .page(entry.page ?? 0)
    options.usesWindow = entry.window == true
    return options
  }

  /// Numbers in all of their bits; whole samples as they are, lossy ones within a level.
  @Test func agreesWithPydicom() throws {
    let golden = try SampleGolden("dicom")
    #expect(golden.entries.count >= 50)
    for entry in golden.entries {
      var options = options(entry)
      // Stored values are compared as they are, shown ones from 0 to 1.
      options.keepsStoredValues = entry.depth == 32 && entry.window != true
      let image = try decoded(entry.file, options)
      let expected = golden.image(entry)
      #expect(
        (image.width, image.height, image.channels) == (expected.width, expected.height, expected.channels),
        "\(entry.testDescription)")
      try #require(image.samples.format == expected.samples.format, "\(entry.testDescription)")
      switch (image.samples, expected.samples) {
      case (.float(let found), .float(let wanted)):
        let isNear = zip(found, wanted).allSatisfy { found, wanted in
          found.isNaN && wanted.isNaN || abs(found - wanted) <= 1e-6 * max(1, abs(wanted))
        }
        #expect(isNear, "\(entry.testDescription)")
      default:
        let isLossy =
          entry.file.contains("-jpeg.") || entry.file == "frames-halves.dcm"
          || entry.file == "frames-table.dcm"
        if isLossy {
          #expect(try #require(largestDifference(image, expected)) <= 1, "\(entry.testDescription)")
        } else {
          #expect(image == expected, "\(entry.testDescription)")
        }
      }
    }
  }

  /// What all numbers that can be stored range over becomes 0 to 1.
  @Test func numbersAreFractionsOfTheirRange() throws {
    let golden = try SampleGolden("dicom")
    var count = 0
    for entry in golden.entries {
      guard let low = entry.low, let high = entry.high,
        case .float(let stored) = golden.image(entry).samples,
        case .float(let found) = try decoded(entry.file, options(entry)).samples
      else { continue }
      count += 1
      for (value, fraction) in zip(stored, found) {
        let wanted = value.isNaN ? 0 : (Double(value) - low) / (high - low)
        #expect(abs(Double(fraction) - wanted) < 1e-6, "\(entry.testDescription)")
      }
    }
    #expect(count >= 10)
  }

  @Test func aRangeThatIsGivenGoesBefore() throws {
    var options = DecodeOptions()
    options.range = SampleRange(low: -1000, high: 1000)
    guard case .float(let samples) = try decoded("ct.dcm", options).samples else {
      Issue.record("other samples than numbers")
      return
    }
    options.range = nil
    options.keepsStoredValues = true
    guard case .float(let stored) = try decoded("ct.dcm", options).samples else {
      Issue.record("other samples than numbers")
      return
    }
    // Two rows of padding.
    #expect(stored[..<66].allSatisfy(\.isNaN) && samples[..<66].allSatisfy { $0 == 0 })
    for (value, fraction) in zip(stored, samples).dropFirst(66) {
      #expect(abs(fraction - (value + 1000) / 2000) < 1e-6)
    }
  }

  private func options(_ pages: PageChoice) -> DecodeOptions {
    var options = DecodeOptions()
    options.pages = pages
    return options
  }

  @Test func pagesAreFrames() throws {
    for name in ["frames", "frames-rle", "frames-jpeg", "frames-halves", "frames-table", "enhanced"] {
      let path = Golden.folder.appendingPathComponent("dicom/\(name).dcm").path
      #expect(try EncodedBytes.pageCount(ofFile: path) == 3, "\(name)")
      #expect(try Golden.reader("dicom/\(name).dcm").header?.pageCount == 3, "\(name)")
      let beyond = options(.page(3))
      let failure = #expect(throws: Failure.self) { try decoded("\(name).dcm", beyond) }
      #expect(failure?.problem.contains("page 3") == true)
      let reader = try Golden.reader("dicom/\(name).dcm", options: options(.allAsChannels))
      #expect(reader.channels == 3)
      #expect(try reader.image().channels == 3)
    }
    #expect(
      try EncodedBytes.pageCount(ofFile: Golden.folder.appendingPathComponent("dicom/ct.dcm").path) == 1)
  }

  /// Of a large file the frame that is wanted is read, and what stands before all frames.
  @Test func ofALargeFileOneFrameIsRead() throws {
    try withTemporaryFolder { folder in
      var bytes = try Golden.bytes("dicom/frames.dcm")
      let count = 4000
      let pixels = try position(of: 0x7FE0_0010, in: bytes)
      let frame = [UInt8](bytes[pixels + 12..<pixels + 12 + 693])
      bytes.removeSubrange((pixels + 8)...)
      let frames = try position(of: 0x0028_0008, in: bytes)
      bytes.replaceSubrange(frames + 6..<frames + 10, with: [4, 0] + Array("4000".utf8))
      let length = 693 * count
      bytes += (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
      for index in 0..<count { bytes += frame.map { $0 &+ UInt8(truncatingIfNeeded: index) } }
      let url = folder.appendingPathComponent("large.dcm")
      try Data(bytes).write(to: url)
      #expect(try EncodedBytes.pageCount(ofFile: url.path) == count)
      for page in [0, 1, 1999, count - 1] {
        var options = DecodeOptions()
        options.pages = .page(page)
        let image = try ImageDecoder.decode(contentsOf: url, options: options)
        #expect(image.pixels == frame.map { $0 &+ UInt8(truncatingIfNeeded: page) }, "\(page)")
        #expect(try ImageDecoder.header(ofContentsOf: url, options: options).pageCount == count)
      }
      var options = DecodeOptions()
      options.pages = .page(7)
      let read = try EncodedBytes(contentsOf: url.path, options: options).data
      #expect(read.count == bytes.count)
      #expect(read[(bytes.count - 693)...].allSatisfy { $0 == 0 })
    }
  }

  /// Where an element starts in a file of explicit value representations.
  private func position(of tag: Int, in bytes: [UInt8]) throws -> Int {
    let wanted = [16, 24, 0, 8].map { UInt8(truncatingIfNeeded: tag >> $0) }
    return try #require((0..<bytes.count - 4).first { Array(bytes[$0..<$0 + 4]) == wanted })
  }

  @Test(arguments: [
    ("jpeg2000", "JPEG 2000"), ("deflated", "deflated"), ("floats", "floating-point"),
    ("bit", "8, 16 or 32 bits"), ("halved", "fewer samples of colour"),
  ])
  func kindsThatAreNotDecodedAreNamed(name: String, words: String) throws {
    let failure = #expect(throws: Failure.self) { try decoded("\(name).dcm") }
    #expect(failure?.problem.contains("not decoded") == true && failure?.problem.contains(words) == true)
    #expect(failure?.remedy.contains("convert") == true)
  }

  @Test func aWindowThatIsNotLinearIsRefusedWhereItIsWanted() throws {
    var options = DecodeOptions()
    #expect(try decoded("sigmoid.dcm", options).samples.format == .eightBit)
    options.usesWindow = true
    let failure = #expect(throws: Failure.self) { try decoded("sigmoid.dcm", options) }
    #expect(failure?.problem.contains("not linear") == true)
  }

  /// Files of every way in which pixels are stored.
  static let samples = [
    "rgb-rle", "ct-rle", "frames-table", "gray16-lossless", "ct-jpegls", "rgb-jpeg", "gray8",
    "gray8-implicit", "gray16-big-endian", "ct", "frames", "enhanced", "values", "palette16",
    "rgb-planar",
    "gray8-rle", "frames-jpeg", "ct-lossless", "gray12-jpeg", "rgb-jpegls",
  ]

  /// Of several frames the last; a byte that makes the length even may be missing.
  @Test(arguments: samples) func everyTruncationIsAFailure(name: String) throws {
    let bytes = try Golden.bytes("dicom/\(name).dcm")
    let last = try Golden.reader("dicom/\(name).dcm").header.map { $0.pageCount - 1 } ?? 0
    for count in 0..<bytes.count - 1 {
      #expect(throws: Failure.self, "\(name), first \(count) bytes") {
        try ImageDecoder.decode([UInt8](bytes[..<count]), options: options(.page(last)), place: name)
      }
    }
  }

  @Test(arguments: ["gray8", "ct", "rgb", "rgb-planar", "palette8", "gray12"])
  func whatIsMissingIsGrayWhereThatIsAccepted(name: String) throws {
    let bytes = try Golden.bytes("dicom/\(name).dcm")
    let whole = try ImageDecoder.decode(bytes)
    let part = try ImageDecoder.decode(
      [UInt8](bytes[..<(bytes.count - 200)]), options: DecodeOptions(truncated: .pad))
    #expect((part.width, part.height, part.channels) == (whole.width, whole.height, whole.channels))
    let row = whole.width * whole.channels
    if name != "rgb-planar" { #expect(part.pixels[..<(10 * row)] == whole.pixels[..<(10 * row)]) }
    #expect(part.pixels.last == 128)
  }

  @Test(arguments: samples) func byteFlipsGiveAnImageOrAFailure(name: String) throws {
    let bytes = try Golden.bytes("dicom/\(name).dcm")
    var generator = SplitMix64(seed: 12)
    for trial in 0..<400 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let position = Int.random(in: 128..<bytes.count, using: &generator)
        damaged[position] ^= UInt8.random(in: 1...255, using: &generator)
      }
      var options = DecodeOptions(maximumPixels: 1_000_000, truncated: trial % 2 == 0 ? .skip : .pad)
      options.usesWindow = trial % 3 == 0
      decodesOrFails(damaged, name, options)
    }
  }

  /// Every value of every byte of the elements that tell of pixels.
  @Test(arguments: ["gray8", "ct", "frames-jpeg"]) func anyValueOfTheElementsOfPixels(name: String) throws {
    let bytes = try Golden.bytes("dicom/\(name).dcm")
    let start = try position(of: 0x0028_0002, in: bytes)
    let end = try position(of: 0x7FE0_0010, in: bytes) + 12
    for position in start..<end {
      for value in [0, 1, 0x7F, 0x80, 0xFE, 0xFF, bytes[position] &+ 1] as [UInt8] {
        var damaged = bytes
        damaged[position] = value
        decodesOrFails(damaged, name, DecodeOptions(maximumPixels: 100_000, truncated: .pad))
      }
    }
  }

  @Test func sizesAreCheckedBeforeMemoryIsTaken() throws {
    var bytes = try Golden.bytes("dicom/gray8-rle.dcm")
    let rows = try position(of: 0x0028_0010, in: bytes)
    let columns = try position(of: 0x0028_0011, in: bytes)
    for element in [rows, columns] { bytes.replaceSubrange(element + 8..<element + 10, with: [0xFF, 0xFF]) }
    let failure = #expect(throws: Failure.self) { try ImageDecoder.decode(bytes) }
    #expect(failure?.problem.contains("65535×65535") == true)
  }

  /// A JPEG inside that says that it is larger than the data set says.
  @Test func aFrameOfAnotherSizeIsRefused() throws {
    var bytes = try Golden.bytes("dicom/gray8-jpeg.dcm")
    let frame = try #require((0..<bytes.count - 1).first { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xC0 })
    bytes.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
    let failure = #expect(throws: Failure.self) { try ImageDecoder.decode(bytes) }
    #expect(failure?.problem.contains("another size") == true)
  }

  /// Sequences within sequences, more than a stack holds.
  /// At 0xFF01 DCMTK would stay for ever.
  @Test(arguments: [0x01, 0x02, 0xD0, 0xD8, 0xF0]) func aMarkerWithoutALengthIsRefused(marker: Int) throws {
    var bytes = try Golden.bytes("dicom/ct-lossless.dcm")
    let start = try #require(
      (0..<bytes.count - 3).first { Array(bytes[$0..<$0 + 4]) == [0xFF, 0xD8, 0xFF, 0xE0] })
    bytes[start + 3] = UInt8(marker)
    let failure = try #require(throws: Failure.self) { try ImageDecoder.decode(bytes) }
    #expect(failure.problem.contains("marker ff"), "\(failure)")
  }

  @Test func deepNestingIsNoDanger() throws {
    let bytes = try Golden.bytes("dicom/gray8.dcm")
    let start = try position(of: 0x0028_0002, in: bytes)
    let open: [UInt8] = [
      0x20, 0, 0, 0x90, 0x53, 0x51, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE, 0xFF, 0, 0xE0, 0xFF, 0xFF, 0xFF, 0xFF,
    ]
    let close: [UInt8] = [0xFE, 0xFF, 0x0D, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]
    for depth in [3, 100_000] {
      let nested =
        bytes[..<start] + repeatElement(open, count: depth).joined()
        + repeatElement(close, count: depth).joined()
      #expect(try ImageDecoder.decode([UInt8](nested + bytes[start...])) == ImageDecoder.decode(bytes))
    }
    let failure = #expect(throws: Failure.self) {
      try ImageDecoder.decode([UInt8](bytes[..<start] + repeatElement(open, count: 600_000).joined()))
    }
    #expect(failure?.problem.contains("more than") == true)
  }

  /// Whatever is read or fails: of the patient there is nothing in it.
  @Test func nothingOfThePatientComesOut() throws {
    let files = try Golden.files(in: "dicom", endings: [".dcm"])
    #expect(files.count >= 45)
    // A data set that is deflated shows no names.
    for file in files where !file.contains("deflated") {
      let bytes = try Golden.bytes(file)
      #expect(String(decoding: bytes, as: UTF8.self).contains(patient), "\(file)")
      var generator = SplitMix64(seed: 13)
      for trial in 0..<60 {
        var damaged = bytes
        if trial > 0 { damaged[Int.random(in: 132..<bytes.count, using: &generator)] ^= 0xA5 }
        if trial % 4 == 1 { damaged.removeSubrange(Int.random(in: 132..<bytes.count, using: &generator)...) }
        do throws(Failure) {
          let header = try ImageDecoder.header(of: damaged.span.bytes, place: "a place")
          #expect(!"\(header)".contains("MARMADUKE") && !"\(header)".contains("1942"))
          let image = try ImageDecoder.decode(damaged, place: "a place")
          #expect(!"\(image.samples)".contains("MARMADUKE"))
        } catch {
          let text = "\(error) \(error.problem) \(error.place) \(error.remedy)"
          #expect(!text.contains("MARMADUKE") && !text.contains("ZZYZX") && !text.contains("1942"), "\(file)")
          #expect(error.place == "a place")
        }
      }
    }
  }
}

/// Builds without a trait know the formats all the same.
struct UnbuiltFormatTests {
  @Test(arguments: [ImageFormat.heif, .dicom]) func aFormatThatIsNotBuiltInIsNamedWithTheCommand(
    format: ImageFormat
  ) throws {
    let folder = format.name
    let file = try #require(Golden.files(in: folder, endings: format.extensions.map { "." + $0 }).first)
    let bytes = try Golden.bytes(file)
    if ImageCodecs.formats.contains(format) {
      #expect(UnreadFormats.reason(forExtension: format.extensions[0]) == nil)
      #expect(bytes.withUnsafeBytes { ImageSignature($0) } == .read(format))
      return
    }
    for ending in format.extensions {
      let reason = UnreadFormats.reason(forExtension: ending)
      #expect(reason?.contains("Scripts/setup --all-formats") == true)
      #expect(reason?.contains("--traits \(format.title)") == true)
    }
    #expect(bytes.withUnsafeBytes { ImageSignature($0) } == .unread(format))
    let failure = #expect(throws: Failure.self) { try ImageDecoder.decode(bytes, place: file) }
    #expect(failure?.problem.contains("a \(format.title) image") == true)
    #expect(failure?.remedy.contains("Scripts/setup --all-formats") == true)
  }

  @Test(arguments: ["isom", "mp42", "qt  ", "M4V "]) func filmsAreNoImages(brand: String) {
    let start = [0, 0, 0, 24] + Array("ftyp\(brand)".utf8) + [UInt8](repeating: 0, count: 200)
    #expect(start.withUnsafeBytes { ImageSignature($0) } == nil)
  }

  @Test(arguments: ["heic", "heix", "mif1", "avif", "avis"]) func picturesAreKnownByTheirBrands(brand: String)
  {
    let start = [0, 0, 0, 24] + Array("ftyp\(brand)".utf8) + [UInt8](repeating: 0, count: 200)
    let found = start.withUnsafeBytes { ImageSignature($0) }
    #expect(found == .read(.heif) || found == .unread(.heif))
  }
}
