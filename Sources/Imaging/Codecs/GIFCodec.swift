import Platform

/// Graphics Interchange Format, read here.
enum GIFCodec: ImageCodec {
  static let format = ImageFormat.gif
  static let source = "CompuServe, 1989"
  static let library: String? = "built in"
  static let limits = "the first frame, on the canvas"

  static func decoder(
    of bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) -> any RowDecoder {
    try GIFDecoder(bytes, options: options, place: place, clock: clock)
  }
}

extension ImageFormat {
  /// Graphics Interchange Format.
  public static let gif = ImageFormat(
    "GIF", extensions: ["gif"], signatures: [FileSignature("GIF87a"), FileSignature("GIF89a")])
}

/// A GIF at work. Rows come from the first; the indices of an interlaced one are all decoded before its first row comes.
private final class GIFDecoder: RowDecoder {
  let header: ImageHeader
  private let place: String
  private let clock: CodecClock
  private let pads: Bool
  private let frame: GIFFrame
  private let codes: LZWDecoder
  /// The samples of each index, `storedChannels` of them.
  private let colors: [UInt8]
  private let background: Int
  private var window = DecodeWindow(left: 0, top: 0, width: 0, height: 0)
  private var nextRow = 0
  /// The indices of a row, or of an interlaced frame all in the order of the file.
  private var indices: [UInt8]
  /// How many indices came.
  private var known = 0

  init(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) {
    frame = try GIFFrame(bytes, place: place)
    self.place = place
    self.clock = clock
    pads = options.truncated == .pad
    codes = LZWDecoder(bytes, at: frame.dataStart, codeSize: frame.codeSize)
    // Around the frame is the transparent colour, or the first one.
    background = Int(frame.transparent ?? 0)
    var colors: [UInt8] = []
    for index in 0..<256 {
      colors += frame.palette[3 * index..<3 * index + 3]
      if let transparent = frame.transparent { colors.append(index == Int(transparent) ? 0 : 255) }
    }
    self.colors = colors
    header = ImageHeader(
      format: .gif, storedWidth: frame.canvasWidth, storedHeight: frame.canvasHeight,
      layout: frame.transparent == nil ? .rgb : .rgbAlpha)
    indices = []
  }

  func canScale(by denominator: Int) -> Bool { denominator == 1 }

  func start(_ window: DecodeWindow) throws(Failure) -> DecodeWindow {
    self.window = window
    nextRow = window.top
    if frame.isInterlaced {
      indices = [UInt8](repeating: 0, count: frame.width * frame.height)
      try decodeIndices()
    } else {
      indices = [UInt8](repeating: 0, count: frame.width)
      for _ in 0..<min(max(0, window.top - frame.top), frame.height) { try decodeIndices() }
    }
    return window
  }

  /// Decodes as many indices as there is room for.
  private func decodeIndices() throws(Failure) {
    known = clock.time {
      indices.withUnsafeMutableBufferPointer { room in
        room.baseAddress.map { codes.decode(room.count, into: $0) } ?? 0
      }
    }
    guard known < indices.count else { return }
    if codes.end == .damaged { throw damaged("GIF", "a code that stands for nothing", place: place) }
    guard pads else { throw damaged("GIF", "the data end too early", place: place) }
  }

  func read(_ count: Int, into rows: UnsafeMutableRawPointer) throws(Failure) {
    let channels = header.storedChannels
    let rowBytes = window.width * channels
    for line in 0..<count {
      let row = (rows + line * rowBytes).assumingMemoryBound(to: UInt8.self)
      try writeRow(nextRow - frame.top, into: row, channels)
      nextRow += 1
    }
  }

  /// Writes a row of the window, `line` rows below the frame's top.
  private func writeRow(
    _ line: Int, into row: UnsafeMutablePointer<UInt8>, _ channels: Int
  ) throws(Failure) {
    guard (0..<frame.height).contains(line) else {
      writeBackground(0..<window.width, into: row, channels)
      return
    }
    var start = 0
    if frame.isInterlaced {
      start = frame.width * storedRow(line)
    } else {
      try decodeIndices()
    }
    // Columns of the window that the frame reaches, and those whose indices came.
    let first = min(max(0, frame.left - window.left), window.width)
    let end = min(max(first, frame.left + frame.width - window.left), window.width)
    let offset = window.left - frame.left
    let knownEnd = min(max(first, known - start - offset), end)
    writeBackground(0..<first, into: row, channels)
    writeBackground(end..<window.width, into: row, channels)
    indices.withUnsafeBufferPointer { indices in
      colors.withUnsafeBufferPointer { colors in
        for column in first..<knownEnd {
          let color = Int(indices[start + column + offset]) * channels
          for channel in 0..<channels { row[column * channels + channel] = colors[color + channel] }
        }
      }
    }
    (row + knownEnd * channels).fillGray((end - knownEnd) * channels, channels: channels)
  }

  private func writeBackground(_ columns: Range<Int>, into row: UnsafeMutablePointer<UInt8>, _ channels: Int)
  {
    for column in columns {
      for channel in 0..<channels {
        row[column * channels + channel] = colors[background * channels + channel]
      }
    }
  }

  /// Which of the rows in an interlaced file is that of a line: every eighth from 0, every eighth from 4, every fourth from
  /// 2, every second from 1.
  private func storedRow(_ line: Int) -> Int {
    let height = frame.height
    return switch line % 8 {
    case 0: line / 8
    case 4: (height + 7) / 8 + line / 8
    case 2, 6: (height + 3) / 4 + line / 4
    default: (height + 1) / 2 + line / 2
    }
  }

  func finish() throws(Failure) {
    guard frame.isInterlaced || nextRow >= frame.top + frame.height, !pads else { return }
    guard codes.skipToTerminator() else { throw damaged("GIF", "the file ends too early", place: place) }
  }
}
