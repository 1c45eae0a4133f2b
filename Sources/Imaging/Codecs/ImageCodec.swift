import Platform

/// What reads the files of one format: a type in a file of its own, and a line in `ImageCodecs.all`.
protocol ImageCodec: Sendable {
  /// Its names, endings and signatures.
  static var format: ImageFormat { get }
  /// Who defined the format, and when.
  static var source: String { get }

  /// The library that decodes it, with its version: `libpng 1.6.39`. Nil where this build has none: files of the format
  /// are passed over then, and `remedy` says how they can be read.
  static var library: String? { get }
  /// What to do where this build cannot decode the format.
  static var remedy: String { get }
  /// What it refuses or leaves out, in a line for listings.
  static var limits: String { get }
  /// Whether a file can hold several pages.
  static var holdsPages: Bool { get }

  /// Reads the header of an image and makes ready to decode it: orientation, size and layout are known then, and rows
  /// come as they are asked for. `bytes` are the file's content and stay where they are as long as the decoder lives.
  ///
  /// - Parameters:
  ///   - options: of several pages the one numbered `pages.number` is decoded.
  ///   - place: what a failure names.
  ///   - clock: counts the time that decoding takes.
  /// - Throws: `Failure` when the header is damaged, or of a kind that is not decoded.
  static func decoder(
    of bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) -> any RowDecoder

  /// The bytes of a large file that an image in it can need; without it, all of them. What is left out reads as zeros.
  ///
  /// - Throws: `Failure` when an image has more bytes than its pixels can need.
  static func pieces(of file: EncodedFile, _ pages: PageChoice) throws(Failure) -> [Range<Int>]

  /// How many pages a file holds, by as few of its bytes as tell; without it, 1.
  ///
  /// - Throws: `Failure` when that cannot be read.
  static func pageCount(of file: EncodedFile) throws(Failure) -> Int
}

extension ImageCodec {
  static var remedy: String { UnreadFormats.conversion }
  static var holdsPages: Bool { false }
  static func pieces(of file: EncodedFile, _: PageChoice) -> [Range<Int>] { [0..<file.count] }
  static func pageCount(of _: EncodedFile) -> Int { 1 }
}
