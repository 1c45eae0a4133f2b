import CDICOM
import Platform

/// DICOM, frames of which that are JPEG inside DCMTK decompresses where it is built in. No element is looked at that tells of a
/// patient, and no failure has a value of the file in it.
enum DICOMCodec: ImageCodec {
  static let format = ImageFormat.dicom
  static let source = "NEMA PS3, ISO 12052"
  static let library: String? = cdicom_library_version().map { "DCMTK \(String(cString: $0))" }
  static let remedy =
    "install DCMTK by Scripts/setup --all-formats and build with --traits DICOM, or "
    + UnreadFormats.conversion
  static let limits = "no JPEG 2000 and no video inside, no floating-point pixels, no deflated data sets"
  static let holdsPages = true

  static func decoder(
    of bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) -> any RowDecoder {
    try DICOMDecoder(bytes, options: options, place: place, clock: clock)
  }

  /// What is before the pixels, and of uncompressed ones those of the frame.
  static func pieces(of file: EncodedFile, _ pages: PageChoice) -> [Range<Int>] {
    let whole = [0..<file.count]
    // Whatever is wrong shows when the file is decoded.
    guard case .page(let page) = pages, let dicom = try? DICOMFile(file), page < dicom.frameCount,
      case .plain(let frame)? = try? dicom.place(ofFrame: page), frame.upperBound <= file.count
    else { return whole }
    // The empty one at the end keeps the length, by which the frames are counted.
    return [0..<dicom.pixelStart, frame, file.count..<file.count]
  }

  static func pageCount(of file: EncodedFile) throws(Failure) -> Int {
    do throws(DICOMProblem) { return try DICOMFile(file).frameCount } catch {
      throw error.failure(at: file.place)
    }
  }
}

extension ImageFormat {
  /// Digital Imaging and Communications in Medicine.
  public static let dicom = ImageFormat(
    "DICOM", extensions: ["dcm", "dicom"], signatures: [FileSignature("DICM", at: 128)])
}

/// A frame of a DICOM file at work. A compressed one is decompressed whole before its first row comes.
private final class DICOMDecoder: RowDecoder {
  let header: ImageHeader
  private let bytes: UnsafeRawBufferPointer
  private let file: DICOMFile<BytesInMemory>
  private let pixels: DICOMPixels
  private let place: String
  private let clock: CodecClock
  private let frame: Int
  private let pads: Bool
  private var decompressed: [UInt8] = []
  /// Whether colours came out of the library as RGB.
  private var isRGB = false
  private var window = DecodeWindow(left: 0, top: 0, width: 0, height: 0)
  private var nextRow = 0

  init(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) {
    self.bytes = bytes
    self.place = place
    self.clock = clock
    frame = options.pages.number
    pads = options.truncated == .pad
    do throws(DICOMProblem) {
      file = try DICOMFile(BytesInMemory(bytes, place: place))
      if file.isCompressed, !DICOMTransferSyntax.isRunLength(file.transferSyntax),
        !DICOMTransferSyntax.isJPEG(file.transferSyntax) || !cdicom_decodes(file.transferSyntax)
      {
        throw .unsupported(DICOMTransferSyntax.name(ofUnread: file.transferSyntax))
      }
      guard file.bitsAllocated > 8 || !file.dataSet.encoding.isBigEndian else {
        throw .unsupported("8 bits a sample in a big-endian file")
      }
    } catch {
      throw error.failure(at: place)
    }
    guard (0..<file.frameCount).contains(frame) else {
      throw Failure(
        "no page \(frame) in a file of \(file.frameCount)", at: place,
        mend: "pages count from 0: ask for one up to \(file.frameCount - 1)")
    }
    do throws(DICOMProblem) {
      pixels = try DICOMPixels(file, frame: frame, usesWindow: options.usesWindow)
    } catch {
      throw error.failure(at: place)
    }
    header = ImageHeader(
      format: .dicom, storedWidth: file.columns, storedHeight: file.rows, layout: pixels.layout,
      sampleFormat: pixels.sampleFormat, pageCount: file.frameCount, nativeRange: pixels.range)
  }

  func canScale(by denominator: Int) -> Bool { denominator == 1 }

  func start(_ window: DecodeWindow) throws(Failure) -> DecodeWindow {
    do throws(DICOMProblem) {
      switch try file.place(ofFrame: frame) {
      case .plain(let place): if place.upperBound > bytes.count && !pads { throw .endsEarly }
      case .fragments(let fragments): try decompress(fragments)
      }
    } catch {
      throw error.failure(at: place)
    }
    self.window = window
    nextRow = window.top
    return window
  }

  private func decompress(_ fragments: [Range<Int>]) throws(DICOMProblem) {
    let coded = fragments.flatMap { bytes[$0] }
    if DICOMTransferSyntax.isRunLength(file.transferSyntax) {
      decompressed = try coded.withUnsafeBufferPointer { (coded) throws(DICOMProblem) in
        try DICOMRunLengths.decode(UnsafeRawBufferPointer(coded), of: file)
      }
      return
    }
    try coded.withUnsafeBufferPointer { (coded) throws(DICOMProblem) in
      try DICOMFrameCheck.requireJPEG(UnsafeRawBufferPointer(coded), of: file)
    }
    let capacity = file.frameBytes + file.frameBytes % 2
    guard capacity <= UInt32.max else { throw .unsupported("a compressed frame above four gigabytes") }
    decompressed = [UInt8](repeating: 0, count: capacity)
    let problem = clock.codecMessage(capacity: CDICOM_MESSAGE_CAPACITY) { message in
      pixels.photometric.withCString { photometric in
        var kind = cdicom_frame(
          rows: UInt16(file.rows), columns: UInt16(file.columns), samples: UInt16(file.samplesPerPixel),
          bitsAllocated: UInt16(file.bitsAllocated), bitsStored: UInt16(pixels.bitsStored),
          highBit: UInt16(pixels.highBit), isSigned: pixels.isSigned, photometric: photometric)
        return cdicom_decompress(
          file.transferSyntax, &kind, coded, coded.count, &decompressed, capacity, &isRGB, message)
      }
    }
    if let problem { throw .damage(problem) }
  }

  func read(_ count: Int, into rows: UnsafeMutableRawPointer) throws(Failure) {
    if file.isCompressed {
      // Decompressed samples are in the machine's order.
      decompressed.withUnsafeBytes { copy(count, of: $0, isBigEndian: 1.bigEndian == 1, into: rows) }
    } else if case .plain(let place)? = try? file.place(ofFrame: frame) {
      let present = UnsafeRawBufferPointer(rebasing: bytes[place.clamped(to: 0..<bytes.count)])
      copy(count, of: present, isBigEndian: file.dataSet.encoding.isBigEndian, into: rows)
    }
    nextRow += count
  }

  func finish() throws(Failure) {}

  private func copy(
    _ count: Int, of memory: UnsafeRawBufferPointer, isBigEndian: Bool, into rows: UnsafeMutableRawPointer
  ) {
    let stored = DICOMStoredNumbers(
      memory: memory, bitsAllocated: file.bitsAllocated, bitsStored: pixels.bitsStored,
      highBit: pixels.highBit, isSigned: pixels.isSigned, isBigEndian: isBigEndian)
    let samples = count * window.width * header.storedChannels
    switch header.sampleFormat {
    case .eightBit:
      copyWhole(stored, count, missing: 128, into: rows.bindMemory(to: UInt8.self, capacity: samples))
    case .sixteenBit:
      copyWhole(stored, count, missing: 0x8080, into: rows.bindMemory(to: UInt16.self, capacity: samples))
    case .float:
      let target = rows.bindMemory(to: Float.self, capacity: samples)
      forEachPixel(count) { pixel, place in
        target[place] = stored[pixel].map(pixels.number) ?? pixels.missingNumber
      }
    }
  }

  private func copyWhole<Sample: IntegerSample>(
    _ stored: DICOMStoredNumbers, _ count: Int, missing: Sample, into target: UnsafeMutablePointer<Sample>
  ) {
    let greatest = 1 << pixels.bitsStored - 1
    // round(v·white / (2^bits − 1))
    func stretched(_ value: Int) -> Sample { Sample((value * Int(Sample.max) + greatest / 2) / greatest) }
    switch pixels.meaning {
    case .gray, .number:
      forEachPixel(count) { pixel, place in
        target[place] = stored[pixel].map { stretched(pixels.isInverted ? greatest - $0 : $0) } ?? missing
      }
    case .palette(let tables):
      forEachPixel(count) { pixel, place in
        for channel in 0..<3 {
          target[3 * place + channel] =
            stored[pixel].map { Sample(truncatingIfNeeded: tables[channel][$0]) } ?? missing
        }
      }
    case .rgb, .ybr:
      let isRGB = if case .rgb = pixels.meaning { true } else { self.isRGB }
      let (step, plane) = pixels.isPlanar ? (1, file.rows * file.columns) : (3, 1)
      forEachPixel(count) { pixel, place in
        let color = target + 3 * place
        for channel in 0..<3 {
          color[channel] = stored[step * pixel + channel * plane].map(stretched) ?? missing
        }
        if !isRGB { convertToRGB(color) }
      }
    }
  }

  /// From luminance and differences of colour of the full range. (ITU-R BT.601)
  private func convertToRGB<Sample: IntegerSample>(_ color: UnsafeMutablePointer<Sample>) {
    let (y, blue, red) = (Double(color[0]), Double(color[1]) - 128, Double(color[2]) - 128)
    let values = [
      y + 1.402 * red, y - (0.114 * 1.772 * blue + 0.299 * 1.402 * red) / 0.587, y + 1.772 * blue,
    ]
    for channel in 0..<3 { color[channel] = Sample(min(max(values[channel] + 0.5, 0), 255)) }
  }

  /// Calls `body` with the number of each pixel in the frame, and with its place among the pixels that are wanted.
  private func forEachPixel(_ count: Int, _ body: (_ pixel: Int, _ place: Int) -> Void) {
    for row in 0..<count {
      let start = (nextRow + row) * file.columns + window.left
      for column in 0..<window.width { body(start + column, row * window.width + column) }
    }
  }
}

/// The numbers that a frame stores.
private struct DICOMStoredNumbers {
  let memory: UnsafeRawBufferPointer
  let bitsAllocated: Int
  let bitsStored: Int
  let highBit: Int
  let isSigned: Bool
  let isBigEndian: Bool

  /// The number at an index; nil beyond the end of the file.
  subscript(index: Int) -> Int? {
    let bytes = bitsAllocated / 8
    let offset = index * bytes
    guard offset + bytes <= memory.count else { return nil }
    var value = 0
    for byte in 0..<bytes {
      value |= Int(memory[offset + (isBigEndian ? bytes - 1 - byte : byte)]) << (8 * byte)
    }
    // Other bits may hold drawings over the picture.
    value = value >> (highBit + 1 - bitsStored) & (1 << bitsStored - 1)
    return isSigned && value >> (bitsStored - 1) == 1 ? value - 1 << bitsStored : value
  }
}
