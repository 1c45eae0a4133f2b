import Platform

/// The part of a stored image that is wanted, in pixels of the image at 1/denominator of its size.
struct DecodeWindow {
  var denominator = 1
  var left, top, width, height: Int
}

/// A codec at work on one image: rows from the first of a window to its last, as they are stored.
///
/// The encoded bytes must stay where they are as long as the decoder lives.
protocol RowDecoder: AnyObject {
  /// What the file says.
  var header: ImageHeader { get }
  /// Whether the codec can decode at 1/denominator of the size for less work.
  func canScale(by denominator: Int) -> Bool
  /// Prepares a window, once; columns may be widened, and rows are then as wide as the answer says.
  func start(_ window: DecodeWindow) throws(Failure) -> DecodeWindow
  /// Decodes the next rows, packed, into memory for them; samples as stored.
  func read(_ count: Int, into rows: UnsafeMutableRawPointer) throws(Failure)
  /// Reads what follows the last row of the image, so that damage there is found.
  func finish() throws(Failure)
}

/// Starts the codec that the first bytes ask for.
///
/// - Throws: `Failure` when `bytes` are of no format that is read, their header is damaged, or they are above the limits.
func makeRowDecoder(
  _ bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock = CodecClock()
) throws(Failure) -> any RowDecoder {
  try options.check(byteCount: bytes.count, place: place)
  guard !bytes.isEmpty else {
    throw Failure("an empty file where an image was expected", at: place, mend: "replace or remove the file")
  }
  guard let codec = ImageCodecs.codec(for: bytes) else {
    if case .unread(let format)? = ImageSignature(bytes) {
      throw Failure(
        "a \(format.title) image, which is not read", at: place,
        mend: "\(UnreadFormats.remedy(for: format)), or remove the file")
    }
    throw Failure(
      "no image of a format that is read, by its first bytes", at: place,
      mend: "\(UnreadFormats.conversion) (vitrail list formats says what is read), or remove the file")
  }
  let decoder = try codec.decoder(of: bytes, options: options, place: place, clock: clock)
  try options.check(decoder.header, place: place)
  return decoder
}
