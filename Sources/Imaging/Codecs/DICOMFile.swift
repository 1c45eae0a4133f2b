/// The structure of a DICOM file: its data set up to the pixels, and where the pixels of a frame are.
struct DICOMFile<Source: ByteSource> {
  /// Where the pixels of a frame are: uncompressed, or in fragments that are compressed.
  enum FramePlace {
    /// From the first byte of the frame to behind its last, which a file that ends early does not reach.
    case plain(Range<Int>)
    case fragments([Range<Int>])
  }

  let source: Source
  let dataSet: DICOMDataSet<Source>
  /// The identifier of how elements are written, and pixels compressed.
  let transferSyntax: String
  /// Frames that the file holds, or the beginning of which it holds: pages.
  let frameCount: Int
  let rows: Int
  let columns: Int
  let samplesPerPixel: Int
  let bitsAllocated: Int
  /// Whether the pixels are compressed.
  var isCompressed: Bool { pixels.length == nil }

  /// Where the pixels of the first frame start, or its fragments.
  var pixelStart: Int { pixels.start }

  private let pixels: DICOMElement
  private let fragments: [Range<Int>]
  /// Whether a delimiter says that no fragment is missing.
  private let hasAllFragments: Bool

  /// Bytes of an uncompressed frame.
  var frameBytes: Int { rows * columns * samplesPerPixel * bitsAllocated / 8 }

  init(_ source: Source) throws(DICOMProblem) {
    self.source = source
    // Before the head, 128 bytes for whatever purpose, and DICM.
    let head = try DICOMDataSet(
      of: source, from: 132, to: source.count, encoding: DICOMEncoding(), onlyHead: true)
    guard let syntax = head.text(DICOMTag.transferSyntax) else { throw .damage("no transfer syntax") }
    transferSyntax = syntax
    dataSet = try DICOMDataSet(
      of: source, from: head.end, to: source.count, encoding: DICOMTransferSyntax.encoding(syntax))
    if dataSet.elements.keys.contains(where: { $0 != DICOMTag.pixelData && DICOMTag.pixels.contains($0) }) {
      throw .unsupported("floating-point pixels")
    }
    guard let pixels = dataSet.elements[DICOMTag.pixelData] else { throw .damage("no pixels") }
    self.pixels = pixels
    rows = try Self.number(dataSet, DICOMTag.rows, "number of rows", 1...65535)
    columns = try Self.number(dataSet, DICOMTag.columns, "number of columns", 1...65535)
    samplesPerPixel = try Self.number(dataSet, DICOMTag.samplesPerPixel, "number of samples a pixel", 1...4)
    bitsAllocated = try Self.number(dataSet, DICOMTag.bitsAllocated, "number of bits", 1...64)
    guard [8, 16, 32].contains(bitsAllocated) else {
      throw .unsupported("other than 8, 16 or 32 bits a sample")
    }

    let frames = max(1, dataSet.decimal(DICOMTag.numberOfFrames).flatMap { Int(exactly: $0) } ?? 1)
    if let length = pixels.length {
      fragments = []
      hasAllFragments = true
      let frameBytes = rows * columns * samplesPerPixel * bitsAllocated / 8
      guard frames <= length / frameBytes else { throw .damage("fewer pixels than frames need") }
      let present = max(0, source.count - pixels.start)
      frameCount = min(frames, max(1, (present + frameBytes - 1) / frameBytes))
    } else {
      var found: [Range<Int>] = []
      hasAllFragments =
        (try? dataSet.forEachItem(of: pixels) { (start, length) throws(DICOMProblem) in
          guard let length else { throw .damage("a fragment without a length") }
          guard start + length <= source.count else { throw .endsEarly }
          found.append(start..<start + length)
          return true
        }) ?? false
      fragments = found
      // The first is the table of offsets.
      frameCount = min(frames, max(1, found.count - 1))
      guard frames == frameCount || !hasAllFragments else { throw .damage("fewer fragments than frames") }
    }
  }

  private static func number(
    _ dataSet: DICOMDataSet<Source>, _ tag: Int, _ what: String, _ range: ClosedRange<Int>
  ) throws(DICOMProblem) -> Int {
    guard let value = dataSet.word(tag), range.contains(value) else {
      throw .damage("no \(what) that is one")
    }
    return value
  }

  /// Where the pixels of a frame are.
  func place(ofFrame frame: Int) throws(DICOMProblem) -> FramePlace {
    guard isCompressed else {
      return .plain(pixels.start + frame * frameBytes..<pixels.start + (frame + 1) * frameBytes)
    }
    guard let table = fragments.first else { throw .endsEarly }
    let parts = fragments.dropFirst()
    if frameCount == 1 {
      guard hasAllFragments, !parts.isEmpty else { throw .endsEarly }
      return .fragments(Array(parts))
    }
    if let starts = try offsets(table), starts.count >= frameCount {
      let origin = table.upperBound
      let from = origin + starts[frame]
      let end = frame + 1 < starts.count ? origin + starts[frame + 1] : Int.max
      // Offsets are those of the items' heads, eight bytes before the fragments.
      let own = parts.filter { $0.lowerBound - 8 >= from && $0.lowerBound - 8 < end }
      guard own.first?.lowerBound == from + 8 else { throw .damage("an offset of no frame") }
      guard hasAllFragments || frame + 1 < starts.count else { throw .endsEarly }
      return .fragments(Array(own))
    }
    guard hasAllFragments else { throw .endsEarly }
    if parts.count == frameCount { return .fragments([parts[parts.startIndex + frame]]) }
    // Every JPEG starts with FF D8, and no other fragment does.
    let first = parts.indices.filter { source.bytes(2, at: parts[$0].lowerBound) == [0xFF, 0xD8] }
    guard first.count == frameCount else { throw .damage("fragments that belong to no frame") }
    return .fragments(
      Array(parts[first[frame]..<(frame + 1 < first.count ? first[frame + 1] : parts.endIndex)]))
  }

  /// Where frames start behind the table of offsets; nil without any table.
  private func offsets(_ table: Range<Int>) throws(DICOMProblem) -> [Int]? {
    if !table.isEmpty, let bytes = source.bytes(table.count, at: table.lowerBound) {
      return (0..<bytes.count / 4).compactMap { bytes.number(at: 4 * $0, bytes: 4, bigEndian: false) }
    }
    guard let bytes = dataSet.bytes(DICOMTag.extendedOffsets, limit: 8 * fragments.count) else { return nil }
    return (0..<bytes.count / 8).compactMap { index in
      // Above four gigabytes there is no file.
      bytes.number(at: 8 * index + 4, bytes: 4, bigEndian: false) == 0
        ? bytes.number(at: 8 * index, bytes: 4, bigEndian: false) : nil
    }
  }
}

/// Identifiers of transfer syntaxes. (DICOM PS3.6, A)
enum DICOMTransferSyntax {
  private static let own = "1.2.840.10008.1.2"

  /// How elements of a data set are written.
  static func encoding(_ identifier: String) throws(DICOMProblem) -> DICOMEncoding {
    switch identifier {
    case own: return DICOMEncoding(isImplicit: true)
    case own + ".2": return DICOMEncoding(isBigEndian: true)
    case own + ".1.99": throw .unsupported("a data set that is deflated")
    default: return DICOMEncoding()
    }
  }

  /// Whether frames are compressed by run lengths.
  static func isRunLength(_ identifier: String) -> Bool { identifier == own + ".5" }

  /// Whether frames are JPEG files, JPEG-LS included.
  static func isJPEG(_ identifier: String) -> Bool {
    (50...81).contains { identifier == own + ".4.\($0)" }
  }

  /// How pixels are compressed where that is not read.
  static func name(ofUnread identifier: String) -> String {
    switch identifier {
    case own + ".4.90", own + ".4.91", own + ".4.92", own + ".4.93": "pixels compressed by JPEG 2000"
    case own + ".4.201", own + ".4.202", own + ".4.203": "pixels compressed by high-throughput JPEG 2000"
    default: "pixels compressed in a way that DCMTK does not read"
    }
  }
}
