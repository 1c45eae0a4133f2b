import CWebP
import Platform

/// WebP, decoded by libwebp.
enum WebPCodec: ImageCodec {
  static let format = ImageFormat.webp
  static let source = "RFC 9649, 2024"
  static let library = cwebp_library_version().map { "libwebp \(String(cString: $0))" }
  static let remedy = "install libwebp-dev and build again, or \(UnreadFormats.conversion)"
  static let limits = "sides up to 16,383 pixels; of an animation the first frame on its canvas"

  static func decoder(
    of bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) -> any RowDecoder {
    try WebPDecoder(bytes, options: options, place: place, clock: clock)
  }
}

extension ImageFormat {
  /// WebP, lossy or lossless.
  public static let webp = ImageFormat(
    "WebP", extensions: ["webp"], signatures: [FileSignature("RIFF").and("WEBP", at: 8)])
}

/// A WebP at work. What of its picture is in the window is decoded before the first row comes.
private final class WebPDecoder: RowDecoder {
  let header: ImageHeader
  private let place: String
  private let clock: CodecClock
  private let pads: Bool
  /// The picture's data, and where on the canvas it is.
  private let data: UnsafeRawBufferPointer
  private let picture: Rectangle
  private let isStill: Bool
  /// In pixels of the picture at 1/denominator of its size, as what is decoded of it.
  private var window = Rectangle(left: 0, top: 0, right: 0, bottom: 0)
  private var denominator = 1
  private var pixels: [UInt8] = []
  private var decoded = Rectangle(left: 0, top: 0, right: 0, bottom: 0)
  private var nextRow = 0

  /// Pixels from a left and top to a right and bottom that are outside of it.
  private struct Rectangle {
    var left, top, right, bottom: Int

    var width: Int { right - left }
    var height: Int { bottom - top }
    var isEmpty: Bool { width <= 0 || height <= 0 }

    func intersection(_ other: Rectangle) -> Rectangle {
      Rectangle(
        left: max(left, other.left), top: max(top, other.top), right: min(right, other.right),
        bottom: min(bottom, other.bottom))
    }
  }

  init(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) {
    self.place = place
    self.clock = clock
    pads = options.truncated == .pad
    let container = try WebPContainer(bytes, place: place)
    guard pads || !container.isCutShort else {
      throw damaged("WebP", "the file ends too early", place: place)
    }
    let canvas = try Self.header(of: container.bytes, place: place, clock: clock)
    header = ImageHeader(
      format: .webp, storedWidth: Int(canvas.width), storedHeight: Int(canvas.height),
      layout: canvas.hasAlpha ? .rgbAlpha : .rgb, orientation: container.orientation)
    isStill = container.firstFrame == nil
    guard let frame = container.firstFrame else {
      data = container.bytes
      picture = Rectangle(left: 0, top: 0, right: Int(canvas.width), bottom: Int(canvas.height))
      return
    }
    data = frame.chunks
    picture = Rectangle(
      left: frame.left, top: frame.top, right: frame.left + frame.width, bottom: frame.top + frame.height)
    let own = try Self.header(of: data, place: place, clock: clock)
    guard (Int(own.width), Int(own.height)) == (frame.width, frame.height),
      picture.right <= Int(canvas.width), picture.bottom <= Int(canvas.height)
    else { throw damaged("WebP", "a frame of another size, or beyond the canvas", place: place) }
  }

  private static func header(
    of bytes: UnsafeRawBufferPointer, place: String, clock: CodecClock
  ) throws(Failure) -> cwebp_header {
    var found = cwebp_header()
    let problem = clock.codecMessage(capacity: CWEBP_MESSAGE_CAPACITY) {
      cwebp_read_header(bytes.baseAddress, bytes.count, &found, $0)
    }
    if let problem { throw damaged("WebP", problem, place: place) }
    return found
  }

  /// libwebp takes the mean of denominator × denominator pixels. Where they have alpha, it weights colours by it.
  func canScale(by denominator: Int) -> Bool { isStill && header.storedChannels == 3 }

  func start(_ window: DecodeWindow) throws(Failure) -> DecodeWindow {
    denominator = window.denominator
    self.window = Rectangle(
      left: window.left, top: window.top, right: window.left + window.width,
      bottom: window.top + window.height)
    nextRow = window.top
    guard denominator == 1 else {
      // The last row and column may stand for fewer pixels than the others: they repeat those before them.
      decoded = self.window.intersection(
        Rectangle(left: 0, top: 0, right: picture.width / denominator, bottom: picture.height / denominator))
      try decode()
      return window
    }
    let seen = self.window.intersection(picture)
    guard !seen.isEmpty else { return window }
    // Chroma of half the size is upsampled from the next samples around: windows start at even places, as frames do, and
    // are two pixels larger on each side.
    decoded = Rectangle(
      left: (seen.left & ~1) - 2, top: (seen.top & ~1) - 2, right: seen.right + 2, bottom: seen.bottom + 2
    ).intersection(picture)
    try decode()
    return window
  }

  /// Decodes the rectangle; rows that the data do not reach are gray.
  private func decode() throws(Failure) {
    let channels = header.storedChannels
    let count = decoded.height * decoded.width * channels
    var part = cwebp_window(
      left: UInt32(decoded.left * denominator - picture.left),
      top: UInt32(decoded.top * denominator - picture.top),
      width: UInt32(decoded.width * denominator), height: UInt32(decoded.height * denominator),
      denominator: UInt32(denominator))
    var problem: String?
    pixels = filledSamples(count) { memory in
      var rows: UInt32 = 0
      problem = clock.codecMessage(capacity: CWEBP_MESSAGE_CAPACITY) {
        cwebp_decode(data.baseAddress, data.count, &part, channels == 4, pads, memory, &rows, $0)
      }
      let known = Int(rows) * decoded.width * channels
      (memory + known).fillGray(count - known, channels: channels)
    }
    if let problem { throw damaged("WebP", problem, place: place) }
  }

  func read(_ count: Int, into rows: UnsafeMutableRawPointer) throws(Failure) {
    let rowBytes = window.width * header.storedChannels
    pixels.withUnsafeBytes { bytes in
      for line in 0..<count {
        let target = rows + line * rowBytes
        if denominator == 1 {
          copyRow(nextRow + line, of: bytes, into: target)
        } else {
          copyScaledRow(nextRow + line, of: bytes, into: target)
        }
      }
    }
    nextRow += count
  }

  private func copyRow(_ row: Int, of bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer) {
    let channels = header.storedChannels
    let seen = window.intersection(picture)
    // The canvas beside an animation's frame: transparent, or black where it has no alpha.
    if seen.width < window.width || row < seen.top || row >= seen.bottom {
      target.initializeMemory(as: UInt8.self, repeating: 0, count: window.width * channels)
    }
    guard !seen.isEmpty, row >= seen.top, row < seen.bottom, let base = bytes.baseAddress else { return }
    let start = (row - decoded.top) * decoded.width + seen.left - decoded.left
    (target + (seen.left - window.left) * channels).copyMemory(
      from: base + start * channels, byteCount: seen.width * channels)
  }

  private func copyScaledRow(
    _ row: Int, of bytes: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer
  ) {
    guard let base = bytes.baseAddress else { return }
    let rowBytes = decoded.width * 3
    target.copyMemory(
      from: base + (min(row, decoded.bottom - 1) - decoded.top) * rowBytes, byteCount: rowBytes)
    for column in decoded.width..<window.width {
      (target + column * 3).copyMemory(from: target + (decoded.width - 1) * 3, byteCount: 3)
    }
  }

  func finish() {}
}
