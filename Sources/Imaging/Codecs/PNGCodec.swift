import CPNG
import Platform

/// Portable Network Graphics, decoded by libpng.
enum PNGCodec: ImageCodec {
  static let format = ImageFormat.png
  static let source = "W3C, 2003"
  static let library: String? = "libpng \(String(cString: cpng_library_version()))"
  static let limits = "sides up to 1,000,000 pixels; of an animation the picture for decoders without it"

  static func decoder(
    of bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) -> any RowDecoder {
    try PNGDecoder(bytes, options: options, place: place, clock: clock)
  }

  /// Up to the end of the last chunk.
  static func pieces(of file: EncodedFile, _: PageChoice) throws(Failure) -> [Range<Int>] {
    guard let header = file.bytes(24, at: 0), let width = header.number(at: 16, bytes: 4),
      let height = header.number(at: 20, bytes: 4)
    else { return [0..<file.count] }
    // Eight bytes a pixel, and what deflate adds to data that it cannot compress.
    let needed = (width + 1).multipliedReportingOverflow(by: height * 9)
    let limit = needed.overflow ? Int.max - EncodedFile.allowance : needed.partialValue
    var end = 8
    while let chunk = file.bytes(8, at: end), let length = chunk.number(at: 0, bytes: 4) {
      end += 12 + length
      if chunk[4...7].elementsEqual("IEND".utf8) || end > file.count { break }
    }
    end = min(end, file.count)
    guard end <= limit + EncodedFile.allowance else {
      throw Failure(
        "a PNG of \(end) bytes for \(width)×\(height) pixels, which need \(limit) at most", at: file.place,
        mend: "write the image anew, without its notes")
    }
    return [0..<end]
  }
}

extension ImageFormat {
  /// Portable Network Graphics.
  public static let png = ImageFormat(
    "PNG", extensions: ["png", "apng"],
    signatures: [FileSignature([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])])
}

/// A PNG at work. Rows come whole, and from the first; an interlaced image is decoded whole before its first row comes.
private final class PNGDecoder: RowDecoder {
  let header: ImageHeader
  private let decoder: OpaquePointer
  private let place: String
  private let clock: CodecClock
  private let isInterlaced: Bool
  private let rowBytes: Int
  private var whole: [UInt8] = []
  private var nextRow = 0

  init(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) {
    var found = cpng_header()
    var opened: OpaquePointer?
    let problem = clock.codecMessage(capacity: CPNG_MESSAGE_CAPACITY) { message in
      opened = cpng_open(bytes.baseAddress, bytes.count, options.truncated == .pad, &found, message)
      return opened != nil
    }
    guard let opened else { throw damaged("PNG", problem ?? "no header", place: place) }
    decoder = opened
    self.place = place
    self.clock = clock
    isInterlaced = found.isInterlaced
    rowBytes = Int(found.width) * Int(found.channels) * Int(found.depth)
    header = ImageHeader(
      format: .png, storedWidth: Int(found.width), storedHeight: Int(found.height),
      layout: Self.layout(found.channels), sampleFormat: found.depth == 2 ? .sixteenBit : .eightBit,
      orientation: Self.orientation(of: bytes))
  }

  private static func layout(_ channels: UInt32) -> PixelLayout {
    switch channels {
    case 1: .gray
    case 2: .grayAlpha
    case 3: .rgb
    default: .rgbAlpha
    }
  }

  /// That of the chunk `eXIf`.
  private static func orientation(of bytes: UnsafeRawBufferPointer) -> Orientation {
    var offset = 8
    while let length = bytes.number(at: offset, bytes: 4), let kind = bytes.number(at: offset + 4, bytes: 4),
      length <= bytes.count - offset - 8
    {
      switch kind {
      case 0x6558_4966:  // "eXIf"
        return EXIF.orientation(of: bytes[offset + 8..<offset + 8 + length])
      case 0x4945_4E44:  // "IEND"
        return .up
      default:
        offset += 12 + length
      }
    }
    return .up
  }

  deinit { cpng_close(decoder) }

  func canScale(by denominator: Int) -> Bool { denominator == 1 }

  func start(_ window: DecodeWindow) throws(Failure) -> DecodeWindow {
    if isInterlaced {
      var failure: Failure?
      whole = filledSamples(rowBytes * header.storedHeight) { memory in
        do throws(Failure) { try decode(header.storedHeight, into: memory) } catch { failure = error }
      }
      if let failure { throw failure }
      nextRow = window.top
    } else if window.top > 0 {
      let passed = UnsafeMutableRawPointer.allocate(byteCount: rowBytes, alignment: 16)
      defer { passed.deallocate() }
      for _ in 0..<window.top { try decode(1, into: passed) }
      nextRow = window.top
    }
    return DecodeWindow(left: 0, top: window.top, width: header.storedWidth, height: window.height)
  }

  func read(_ count: Int, into rows: UnsafeMutableRawPointer) throws(Failure) {
    if isInterlaced {
      whole.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        rows.copyMemory(from: base + nextRow * rowBytes, byteCount: count * rowBytes)
      }
    } else {
      try decode(count, into: rows)
    }
    nextRow += count
  }

  func finish() throws(Failure) {
    guard nextRow == header.storedHeight else { return }
    let problem = clock.codecMessage(capacity: CPNG_MESSAGE_CAPACITY) { cpng_finish(decoder, $0) }
    if let problem { throw damaged("PNG", problem, place: place) }
  }

  private func decode(_ count: Int, into rows: UnsafeMutableRawPointer) throws(Failure) {
    let problem = clock.codecMessage(capacity: CPNG_MESSAGE_CAPACITY) { message in
      cpng_read(decoder, rows.assumingMemoryBound(to: UInt8.self), UInt32(count), message)
    }
    if let problem { throw damaged("PNG", problem, place: place) }
  }
}
