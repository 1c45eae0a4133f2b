import CTIFF
import Platform

/// Tagged Image File Format, classic and big, decoded by libtiff.
enum TIFFCodec: ImageCodec {
  static let format = ImageFormat.tiff
  static let source = "Adobe, 1992"
  static let library: String? = ctiff_library_version().map { version in
    // "LIBTIFF, Version 4.5.0", then lines about its authors.
    let words = String(cString: version).prefix { $0 != "\n" }.split(separator: " ")
    return "libtiff \(words.last ?? "")"
  }
  static let remedy = "install libtiff-dev and build again, or \(UnreadFormats.conversion)"
  static let limits =
    "sides up to 2,147,483,647 pixels, 64 channels; no L*a*b*, camera raw, complex numbers or volumes"
  static let holdsPages = true

  static func decoder(
    of bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) -> any RowDecoder {
    try TIFFDecoder(bytes, options: options, place: place, clock: clock)
  }

  /// The tables of all directories, and what belongs to the page alone.
  static func pieces(of file: EncodedFile, _ pages: PageChoice) throws(Failure) -> [Range<Int>] {
    guard case .page(let number) = pages else { return [0..<file.count] }
    do throws(Failure) {
      return try TIFFDirectories(file).pieces(ofPage: number) ?? [0..<file.count]
    } catch {
      // The decoder says what is wrong, and may accept it.
      return [0..<file.count]
    }
  }

  static func pageCount(of file: EncodedFile) throws(Failure) -> Int {
    try TIFFDirectories(file).pages.count
  }

  /// What a text of the shim's means.
  fileprivate static func failure(_ text: String, isUnsupported: Bool, place: String) -> Failure {
    isUnsupported
      ? notDecoded(
        "TIFF", text, place: place,
        mend: "convert it to a TIFF of gray, RGB or bands, deflated or uncompressed")
      : damaged("TIFF", text, place: place)
  }
}

extension ImageFormat {
  /// Tagged Image File Format, classic and big.
  public static let tiff = ImageFormat(
    "TIFF", extensions: ["tif", "tiff", "btf", "tf8"],
    // The 2A is of TIFF, the 2B of BigTIFF.
    signatures: [
      FileSignature([0x49, 0x49, 0x2A, 0]), FileSignature([0x49, 0x49, 0x2B, 0]),
      FileSignature([0x4D, 0x4D, 0, 0x2A]), FileSignature([0x4D, 0x4D, 0, 0x2B]),
    ])
}

/// A page of a TIFF at work. Strips and tiles are decoded where the window touches them, a row of them at a time.
private final class TIFFDecoder: RowDecoder {
  let header: ImageHeader
  private let decoder: OpaquePointer
  private let place: String
  private let clock: CodecClock

  init(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) {
    let pads = options.truncated == .pad
    let directories = try TIFFDirectories(BytesInMemory(bytes, place: place), acceptsEnd: pads)
    let pages = directories.pages
    let number = options.pages.number
    guard pages.indices.contains(number) else {
      throw Failure(
        "page \(number) of a file of \(pages.count)", at: place,
        mend: "name a page from 0 to \(pages.count - 1)")
    }
    var found = ctiff_header()
    var opened: OpaquePointer?
    var isUnsupported = false
    let problem = clock.codecMessage(capacity: CTIFF_MESSAGE_CAPACITY) { message in
      opened = ctiff_open(
        bytes.baseAddress, bytes.count, UInt64(pages[number].offset), pads, &found, &isUnsupported, message)
      return opened != nil
    }
    guard let opened else {
      throw TIFFCodec.failure(problem ?? "no header", isUnsupported: isUnsupported, place: place)
    }
    decoder = opened
    self.place = place
    self.clock = clock
    header = ImageHeader(
      format: .tiff, storedWidth: Int(found.width), storedHeight: Int(found.height),
      layout: Self.layout(found), sampleFormat: Self.sampleFormat(found),
      orientation: Orientation(rawValue: Int(found.orientation)) ?? .up, pageCount: pages.count,
      nativeRange: Self.range(found))
    try Self.check(header, options, place)
  }

  private static func layout(_ header: ctiff_header) -> PixelLayout {
    switch header.layout {
    case ctiff_gray: .gray
    case ctiff_gray_alpha: .grayAlpha
    case ctiff_rgb: .rgb
    case ctiff_rgb_alpha: .rgbAlpha
    case ctiff_rgb_premultiplied_alpha: .rgbPremultipliedAlpha
    case ctiff_inverted_cmyk: .invertedCMYK
    default: .bands(Int(header.channels))
    }
  }

  private static func sampleFormat(_ header: ctiff_header) -> SampleFormat {
    switch header.format {
    case ctiff_eight_bit: .eightBit
    case ctiff_sixteen_bit: .sixteenBit
    default: .float
    }
  }

  /// All that stored samples can be; 0…1 of floating-point ones.
  private static func range(_ header: ctiff_header) -> SampleRange.Pair {
    if header.isFloatingPoint { return SampleRange.Pair(low: 0, high: 1) }
    let bits = Int(header.bits)
    return header.isSigned
      ? SampleRange.Pair(
        low: -Double(sign: .plus, exponent: bits - 1, significand: 1), high: greatest(bits - 1))
      : SampleRange.Pair(low: 0, high: greatest(bits))
  }

  /// The greatest number of so many bits.
  private static func greatest(_ bits: Int) -> Double {
    Double(sign: .plus, exponent: bits, significand: 1) - 1
  }

  /// What many channels take is limited as the pixels are.
  private static func check(_ header: ImageHeader, _ options: DecodeOptions, _ place: String) throws(Failure)
  {
    let pixels = header.storedWidth * header.storedHeight
    let (samples, overflows) = pixels.multipliedReportingOverflow(by: header.storedChannels)
    guard !overflows, samples / 4 <= options.maximumPixels else {
      throw Failure(
        "\(header.storedChannels) channels of \(header.width)×\(header.height) pixels, above four of the limit of "
          + "\(options.maximumPixels)", at: place,
        mend: "scale the image down, give fewer, or raise the pixel limit")
    }
  }

  deinit { ctiff_close(decoder) }

  func canScale(by denominator: Int) -> Bool { denominator == 1 }

  func start(_ window: DecodeWindow) -> DecodeWindow {
    var stored = ctiff_window(
      left: UInt32(window.left), top: UInt32(window.top), width: UInt32(window.width),
      height: UInt32(window.height))
    ctiff_start(decoder, &stored)
    return DecodeWindow(
      left: Int(stored.left), top: window.top, width: Int(stored.width), height: window.height)
  }

  func read(_ count: Int, into rows: UnsafeMutableRawPointer) throws(Failure) {
    var isUnsupported = false
    let problem = clock.codecMessage(capacity: CTIFF_MESSAGE_CAPACITY) { message in
      ctiff_read(decoder, rows, UInt32(count), &isUnsupported, message)
    }
    if let problem { throw TIFFCodec.failure(problem, isUnsupported: isUnsupported, place: place) }
  }

  /// Nothing follows the last row: strips and tiles lie anywhere.
  func finish() {}
}
