import CJPEG
import Platform

/// JPEG, baseline or progressive, decoded by libjpeg.
enum JPEGCodec: ImageCodec {
  static let format = ImageFormat.jpeg
  static let source = "ITU-T T.81, 1992"
  static let library: String? = "libjpeg-turbo \(String(cString: cjpeg_library_version()))"
  static let limits =
    "8 bits a sample, sides up to 65,500 pixels, 100 scans; no lossless or hierarchical coding"

  static func decoder(
    of bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) -> any RowDecoder {
    try JPEGDecoder(bytes, options: options, place: place, clock: clock)
  }

  /// As many bytes as the pixels can need: the end shows only when the image is decoded.
  static func pieces(of file: EncodedFile, _: PageChoice) -> [Range<Int>] {
    var position = 2
    while let segment = file.bytes(10, at: position), segment[0] == 0xFF {
      let marker = segment[1]
      guard let length = segment.number(at: 2, bytes: 2) else { break }
      // Start of frame, but not the tables and the extension among its markers.
      if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker),
        let height = segment.number(at: 5, bytes: 2), let width = segment.number(at: 7, bytes: 2)
      {
        // Up to four components of four bytes a sample.
        return [0..<min(file.count, position + 16 * (width + 64) * (height + 64) + EncodedFile.allowance)]
      }
      position += marker == 0xFF ? 1 : 2 + length
    }
    return [0..<file.count]
  }
}

extension ImageFormat {
  /// JPEG, baseline or progressive.
  public static let jpeg = ImageFormat(
    "JPEG", extensions: ["jpg", "jpeg", "jpe", "jif", "jfif", "jfi"],
    signatures: [FileSignature([0xFF, 0xD8, 0xFF])])
}

/// A JPEG at work.
private final class JPEGDecoder: RowDecoder {
  let header: ImageHeader
  private let decoder: OpaquePointer
  private let place: String
  private let clock: CodecClock
  private var endsWithImage = false

  init(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) {
    var found = cjpeg_header()
    var opened: OpaquePointer?
    let problem = clock.codecMessage(capacity: CJPEG_MESSAGE_CAPACITY) { message in
      opened = cjpeg_open(bytes.baseAddress, bytes.count, options.truncated == .pad, &found, message)
      return opened != nil
    }
    guard let opened else {
      let problem = problem ?? "no header"
      throw found.isUnsupported
        ? notDecoded(
          "JPEG", problem, place: place,
          mend: "convert it to PNG or to a baseline or progressive JPEG of 8 bits")
        : damaged("JPEG", problem, place: place)
    }
    decoder = opened
    self.place = place
    self.clock = clock
    header = ImageHeader(
      format: .jpeg, storedWidth: Int(found.width), storedHeight: Int(found.height),
      layout: Self.layout(found.channels), orientation: Self.orientation(of: bytes))
  }

  private static func layout(_ channels: UInt32) -> PixelLayout {
    switch channels {
    case 1: .gray
    case 3: .rgb
    default: .invertedCMYK
    }
  }

  /// That of the segment APP1.
  private static func orientation(of bytes: UnsafeRawBufferPointer) -> Orientation {
    var offset = 2
    while let marker = bytes.number(at: offset, bytes: 2), marker >= 0xFF00 {
      switch marker {
      case 0xFFFF:  // fill byte
        offset += 1
      case 0xFF01, 0xFFD0...0xFFD7:  // no content
        offset += 2
      case 0xFFDA, 0xFFD9:  // pixel data, end
        return .up
      default:
        guard let length = bytes.number(at: offset + 2, bytes: 2), length >= 2,
          offset + 2 + length <= bytes.count
        else { return .up }
        if marker == 0xFFE1, length >= 8,
          bytes.number(at: offset + 4, bytes: 4) == 0x4578_6966,  // "Exif", two zeros
          bytes.number(at: offset + 8, bytes: 2) == 0
        {
          return EXIF.orientation(of: bytes[offset + 10..<offset + 2 + length])
        }
        offset += 2 + length
      }
    }
    return .up
  }

  deinit { cjpeg_close(decoder) }

  func canScale(by denominator: Int) -> Bool { [1, 2, 4, 8].contains(denominator) }

  func start(_ window: DecodeWindow) throws(Failure) -> DecodeWindow {
    var stored = cjpeg_window(
      denominator: UInt32(window.denominator), left: UInt32(window.left), top: UInt32(window.top),
      width: UInt32(window.width), height: UInt32(window.height))
    let problem = clock.codecMessage(capacity: CJPEG_MESSAGE_CAPACITY) { cjpeg_start(decoder, &stored, $0) }
    if let problem { throw damaged("JPEG", problem, place: place) }
    let height = (header.storedHeight + window.denominator - 1) / window.denominator
    endsWithImage = window.top + window.height == height
    return DecodeWindow(
      denominator: window.denominator, left: Int(stored.left), top: window.top, width: Int(stored.width),
      height: window.height)
  }

  func read(_ count: Int, into rows: UnsafeMutableRawPointer) throws(Failure) {
    let problem = clock.codecMessage(capacity: CJPEG_MESSAGE_CAPACITY) { message in
      cjpeg_read(decoder, rows.assumingMemoryBound(to: UInt8.self), UInt32(count), message)
    }
    if let problem { throw damaged("JPEG", problem, place: place) }
  }

  func finish() throws(Failure) {
    guard endsWithImage else { return }
    let problem = clock.codecMessage(capacity: CJPEG_MESSAGE_CAPACITY) { cjpeg_finish(decoder, $0) }
    if let problem { throw damaged("JPEG", problem, place: place) }
  }
}
