import Platform

/// A crop of an encoded image at another size, a few rows at a time while they are decoded: neither the image nor the
/// crop is ever in memory whole.
struct StreamedResize {
  /// Rows that are decoded before the first pass takes them.
  private static let band = 16

  private let decoder: any RowDecoder
  private let pixels: StoredPixels
  private let orientation: Orientation
  private let isFlipped: Bool
  private let width, height: Int
  private let window: DecodeWindow
  private let columns, rows: ResizeCoefficients
  private let keepsColumns, keepsRows: Bool

  /// Plans the resize of `crop`, given upright, to `width`×`height`.
  init(
    _ decoder: any RowDecoder, cropping crop: CropRectangle, width: Int, height: Int, filter: ResizeFilter,
    flipped: Bool, pixels: StoredPixels
  ) {
    let header = decoder.header
    self.decoder = decoder
    self.pixels = pixels
    orientation = header.orientation
    let (width, height) = orientation.swapsSides ? (height, width) : (width, height)
    self.width = width
    self.height = height
    let crop = orientation.stored(crop, width: header.storedWidth, height: header.storedHeight)
    let denominator =
      [8, 4, 2].first {
        crop.width >= $0 * width && crop.height >= $0 * height && decoder.canScale(by: $0)
      } ?? 1
    let across = Stretch(crop.left, crop.width, of: header.storedWidth, denominator: denominator)
    let down = Stretch(crop.top, crop.height, of: header.storedHeight, denominator: denominator)
    // A turned image is flipped after it is turned.
    let reverses = flipped && orientation == .up
    isFlipped = flipped && !reverses
    columns = across.coefficients(
      to: width, filter: filter, reversed: reverses, of: header.sampleFormat)
    rows = down.coefficients(to: height, filter: filter, reversed: false, of: header.sampleFormat)
    keepsColumns = denominator == 1 && crop.width == width && !reverses
    keepsRows = denominator == 1 && crop.height == height
    window = DecodeWindow(
      denominator: denominator, left: across.first, top: down.first, width: across.count, height: down.count)
  }

  func run() throws(Failure) -> Image {
    let image =
      switch decoder.header.sampleFormat {
      case .eightBit: try run(as: UInt8.self)
      case .sixteenBit: try run(as: UInt16.self)
      case .float: try run(as: Float.self)
      }
    let upright = image.reoriented(orientation)
    return isFlipped ? upright.flippedHorizontally() : upright
  }

  private func run<Sample: PixelSample>(as _: Sample.Type) throws(Failure) -> Image {
    let wide = try decoder.start(window)
    let storedRow = wide.width * decoder.header.storedChannels
    let row = wide.width * pixels.channels
    let outputRow = width * pixels.channels
    let stored = UnsafeMutablePointer<Sample>.allocate(capacity: Self.band * storedRow)
    defer { stored.deallocate() }
    let between = UnsafeMutablePointer<Sample>.allocate(capacity: window.height * outputRow)
    defer { between.deallocate() }
    let corner = stored + (window.left - wide.left) * pixels.channels
    for top in stride(from: 0, to: window.height, by: Self.band) {
      let count = min(Self.band, window.height - top)
      try decoder.read(count, into: stored)
      pixels.convert(count * wide.width, at: stored)
      let target = between + top * outputRow
      if keepsColumns {
        for line in 0..<count {
          (target + line * outputRow).update(from: corner + line * row, count: outputRow)
        }
      } else {
        resampleColumns(
          of: corner, stride: row, rows: count, channels: pixels.channels, by: columns, into: target)
      }
    }
    try decoder.finish()
    return Image(width: width, height: height, channels: pixels.channels) {
      (output: UnsafeMutablePointer<Sample>) in
      if keepsRows {
        output.update(from: between, count: height * outputRow)
      } else {
        resampleRows(of: between, stride: outputRow, length: outputRow, by: rows, into: output)
      }
    }
  }
}

/// A stretch of one axis at 1/denominator of its size, and the whole positions that it touches.
private struct Stretch {
  let first, count: Int
  private let origin, length: Double

  init(_ start: Int, _ extent: Int, of total: Int, denominator: Int) {
    first = start / denominator
    let scaledTotal = (total + denominator - 1) / denominator
    count = min((start + extent + denominator - 1) / denominator, scaledTotal) - first
    origin = Double(start) / Double(denominator) - Double(first)
    length = Double(extent) / Double(denominator)
  }

  func coefficients(
    to output: Int, filter: ResizeFilter, reversed: Bool, of format: SampleFormat
  ) -> ResizeCoefficients {
    ResizeCoefficients(
      from: origin, length: length, limit: count, to: output, filter: filter, range: 0..<output,
      reversed: reversed, of: format)
  }
}
