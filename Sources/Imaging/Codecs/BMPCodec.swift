import Platform

/// Windows and OS/2 bitmaps, read here.
enum BMPCodec: ImageCodec {
  static let format = ImageFormat.bmp
  static let source = "Microsoft and IBM, 1988"
  static let library: String? = "built in"
  static let limits = "no JPEG or PNG in it, no OS/2 Huffman coding or runs of 24 bits"

  static func decoder(
    of bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) -> any RowDecoder {
    try BMPDecoder(bytes, options: options, place: place, clock: clock)
  }
}

extension ImageFormat {
  /// Windows and OS/2 bitmaps.
  public static let bmp = ImageFormat(
    "BMP", extensions: ["bmp", "dib"],
    // Behind the file's header comes the size of the next one, a number below 256.
    signatures: [FileSignature("BM").and([0, 0, 0], at: 15)])
}

/// A BMP at work. Rows are where they are in the file; runs are decoded whole before the first row comes.
private final class BMPDecoder: RowDecoder {
  let header: ImageHeader
  private let bytes: UnsafeRawBufferPointer
  private let place: String
  private let clock: CodecClock
  private let pads: Bool
  private let layout: BMPHeader
  private var window = DecodeWindow(left: 0, top: 0, width: 0, height: 0)
  private var nextRow = 0
  private var runs: BMPRuns?

  init(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) {
    layout = try BMPHeader(bytes, place: place)
    self.bytes = bytes
    self.place = place
    self.clock = clock
    pads = options.truncated == .pad
    header = ImageHeader(
      format: .bmp, storedWidth: layout.width, storedHeight: layout.height,
      layout: layout.fields.count == 4 ? .rgbAlpha : .rgb,
      sampleFormat: layout.fields.contains { $0.width > 8 } ? .sixteenBit : .eightBit)
  }

  func canScale(by denominator: Int) -> Bool { denominator == 1 }

  func start(_ window: DecodeWindow) throws(Failure) -> DecodeWindow {
    self.window = window
    nextRow = window.top
    if layout.isRunLength {
      let runs = clock.time {
        BMPRuns(
          bytes[min(layout.dataStart, bytes.count)...], width: layout.width, height: layout.height,
          depth: layout.depth)
      }
      guard pads || runs.known == runs.indices.count else { throw endsEarly }
      self.runs = runs
    }
    return window
  }

  private var endsEarly: Failure { damaged("BMP", "the file ends too early", place: place) }

  func read(_ count: Int, into rows: UnsafeMutableRawPointer) throws(Failure) {
    let rowSamples = window.width * header.storedChannels
    for line in 0..<count {
      let row = layout.isTopDown ? nextRow : layout.height - 1 - nextRow
      if header.sampleFormat == .sixteenBit {
        let samples = rows.assumingMemoryBound(to: UInt16.self) + line * rowSamples
        try writeWidePixels(of: row, into: samples)
      } else {
        let samples = rows.assumingMemoryBound(to: UInt8.self) + line * rowSamples
        if let runs {
          writeRuns(runs, of: row, into: samples)
        } else if layout.fields.isEmpty {
          try writeIndices(of: row, into: samples)
        } else {
          try writePixels(of: row, into: samples)
        }
      }
      nextRow += 1
    }
  }

  /// The bytes of a stored row, and how many pixels of the window they hold.
  private func stored(_ row: Int) throws(Failure) -> (bytes: UnsafeRawBufferPointer, pixels: Int) {
    let start = min(layout.dataStart + row * layout.rowBytes, bytes.count)
    let end = min(start + layout.pixelBytes, bytes.count)
    guard pads || end - start == layout.pixelBytes else { throw endsEarly }
    let known = (end - start) * 8 / layout.depth
    return (
      UnsafeRawBufferPointer(rebasing: bytes[start..<end]), min(max(0, known - window.left), window.width)
    )
  }

  private func writeRuns(_ runs: BMPRuns, of row: Int, into samples: UnsafeMutablePointer<UInt8>) {
    let start = row * layout.width + window.left
    let known = min(max(0, runs.known - start), window.width)
    for column in 0..<known { write(runs.indices[start + column], at: column, into: samples) }
    fillGray(from: known, of: samples)
  }

  private func writeIndices(of row: Int, into samples: UnsafeMutablePointer<UInt8>) throws(Failure) {
    let (bytes, known) = try stored(row)
    let depth = layout.depth
    // 2^depth divides a byte's pixels: the first is in its highest bits.
    for column in 0..<known {
      let bit = (window.left + column) * depth
      let index = bytes[bit / 8] >> UInt8(8 - depth - bit % 8) & UInt8(1 << depth - 1)
      write(index, at: column, into: samples)
    }
    fillGray(from: known, of: samples)
  }

  private func write(_ index: UInt8, at column: Int, into samples: UnsafeMutablePointer<UInt8>) {
    for channel in 0..<3 { samples[3 * column + channel] = layout.palette[3 * Int(index) + channel] }
  }

  private func writePixels(of row: Int, into samples: UnsafeMutablePointer<UInt8>) throws(Failure) {
    let (bytes, known) = try stored(row)
    let channels = layout.fields.count
    for column in 0..<known {
      let pixel = pixel(window.left + column, of: bytes)
      for channel in 0..<channels {
        samples[column * channels + channel] = layout.fields[channel].eightBit(pixel)
      }
    }
    fillGray(from: known, of: samples)
  }

  /// Pixels with a sample of more than 8 bits.
  private func writeWidePixels(of row: Int, into samples: UnsafeMutablePointer<UInt16>) throws(Failure) {
    let (bytes, known) = try stored(row)
    let channels = layout.fields.count
    for column in 0..<known {
      let pixel = pixel(window.left + column, of: bytes)
      for channel in 0..<channels {
        samples[column * channels + channel] = layout.fields[channel].sixteenBit(pixel)
      }
    }
    for column in known..<window.width {
      for channel in 0..<channels { samples[column * channels + channel] = channel == 3 ? 65535 : 32896 }
    }
  }

  private func pixel(_ column: Int, of bytes: UnsafeRawBufferPointer) -> UInt32 {
    let size = layout.depth / 8
    var pixel: UInt32 = 0
    for byte in 0..<size { pixel |= UInt32(bytes[column * size + byte]) << UInt32(8 * byte) }
    return pixel
  }

  private func fillGray(from column: Int, of samples: UnsafeMutablePointer<UInt8>) {
    let channels = header.storedChannels
    (samples + column * channels).fillGray((window.width - column) * channels, channels: channels)
  }

  func finish() {}
}
