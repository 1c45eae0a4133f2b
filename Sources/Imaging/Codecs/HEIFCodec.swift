import CHEIF
import Platform

/// HEIC and AVIF: pictures of HEVC and AV1 in the boxes of HEIF, decoded by libheif where it is built in.
enum HEIFCodec: ImageCodec {
  static let format = ImageFormat.heif
  static let source = "ISO/IEC 23008-12, 2022"
  static let library: String? = cheif_library_version().map { "libheif \(String(cString: $0))" }
  static let remedy =
    "install libheif by Scripts/setup --all-formats and build with --traits HEIF, or "
    + UnreadFormats.conversion
  static let limits = "sides up to 65,534 pixels; the primary picture; none in a file that ends early"

  static func decoder(
    of bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) -> any RowDecoder {
    try HEIFDecoder(bytes, options: options, place: place, clock: clock)
  }
}

extension ImageFormat {
  /// HEIC and AVIF, which are both HEIF.
  public static let heif = ImageFormat(
    "HEIF", extensions: ["heic", "heif", "hif", "avif"],
    // Films have boxes too: the brand tells them apart.
    signatures: [
      "heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs", "mif1", "msf1", "avif", "avis",
    ].map { FileSignature("ftyp\($0)", at: 4) })
}

/// A HEIF at work. It is decoded whole before its first row comes.
private final class HEIFDecoder: RowDecoder {
  let header: ImageHeader
  private let decoder: OpaquePointer
  private let place: String
  private let clock: CodecClock
  private let isGray: Bool
  private var window = DecodeWindow(left: 0, top: 0, width: 0, height: 0)
  private var nextRow = 0

  init(
    _ bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) {
    let isCodedGray = try Self.checkPictures(bytes, options, place)
    var found = cheif_header()
    var opened: OpaquePointer?
    let problem = clock.codecMessage(capacity: CHEIF_MESSAGE_CAPACITY) { message in
      opened = cheif_open(bytes.baseAddress, bytes.count, &found, message)
      return opened != nil
    }
    guard let opened else {
      throw Self.failure(problem ?? "no header", isUnsupported: found.isUnsupported, place)
    }
    decoder = opened
    self.place = place
    self.clock = clock
    // No layout is gray with alpha in it.
    isGray = isCodedGray && !found.isPremultiplied
    header = ImageHeader(
      format: .heif, storedWidth: Int(found.width), storedHeight: Int(found.height),
      layout: Self.layout(found, isGray: isGray), sampleFormat: found.bits > 8 ? .sixteenBit : .eightBit)
  }

  /// Checks the sizes of all that has to be decoded, which the file's own word for its size need not tell; whether the
  /// picture is a gray one.
  private static func checkPictures(
    _ bytes: UnsafeRawBufferPointer, _ options: DecodeOptions, _ place: String
  ) throws(Failure) -> Bool {
    let items: HEIFItems
    let pictures: [HEIFItems.CodedPicture]
    do throws(HEIFItems.Problem) {
      items = try HEIFItems(bytes)
      pictures = try items.codedPictures()
    } catch {
      switch error {
      case .damage(let text): throw failure(text, isUnsupported: false, place)
      case .unsupported(let text): throw failure(text, isUnsupported: true, place)
      }
    }
    var total = 0
    for picture in pictures {
      try options.check(width: picture.width, height: picture.height, place: place)
      total += picture.width * picture.height
      if let colors = picture.colors,
        !cheif_knows_colors(UInt16(colors.primaries), UInt16(colors.transfer), UInt16(colors.matrix))
      {
        throw failure("colours in a space that is not known", isUnsupported: true, place)
      }
    }
    // The picture and its alpha, each in tiles that reach over its edges.
    guard total <= 4 * options.maximumPixels else {
      throw Failure(
        "an image of \(pictures.count) pictures of \(total) pixels, above four of the limit of \(options.maximumPixels)",
        at: place, mend: "scale the image down, or raise the pixel limit")
    }
    return items.isPrimaryCoded && pictures[0].isGray
  }

  private static func layout(_ header: cheif_header, isGray: Bool) -> PixelLayout {
    switch (isGray, header.hasAlpha) {
    case (true, false): .gray
    case (true, true): .grayAlpha
    case (false, false): .rgb
    case (false, true): header.isPremultiplied ? .rgbPremultipliedAlpha : .rgbAlpha
    }
  }

  private static func failure(_ text: String, isUnsupported: Bool, _ place: String) -> Failure {
    isUnsupported
      ? notDecoded("HEIF", text, place: place)
      : damaged("HEIF", text, place: place)
  }

  deinit { cheif_close(decoder) }

  func canScale(by denominator: Int) -> Bool { denominator == 1 }

  func start(_ window: DecodeWindow) throws(Failure) -> DecodeWindow {
    var isUnsupported = false
    let problem = clock.codecMessage(capacity: CHEIF_MESSAGE_CAPACITY) {
      cheif_decode(decoder, isGray, &isUnsupported, $0)
    }
    if let problem { throw Self.failure(problem, isUnsupported: isUnsupported, place) }
    self.window = window
    nextRow = window.top
    return window
  }

  func read(_ count: Int, into rows: UnsafeMutableRawPointer) throws(Failure) {
    let rowBytes = window.width * header.storedChannels * header.sampleFormat.byteCount
    for row in 0..<count {
      cheif_copy(
        decoder, UInt32(nextRow + row), UInt32(window.left), UInt32(window.width), rows + row * rowBytes)
    }
    nextRow += count
  }

  func finish() throws(Failure) {}
}
