import Platform

/// What reads the files of one format: a type in a file of its own, and a line in `ImageCodecs.all`.
protocol ImageCodec: Sendable {
  /// Its names, endings and signatures.
  static var format: ImageFormat { get }
  /// Who defined the format, and when.
  static var source: String { get }

  /// Reads the header of an image and makes ready to decode it: orientation, size and layout are known then, and rows
  /// come as they are asked for. `bytes` are the file's content and stay where they are as long as the decoder lives.
  ///
  /// - Parameters:
  ///   - place: what a failure names.
  ///   - clock: counts the time that decoding takes.
  /// - Throws: `Failure` when the header is damaged, or of a kind that is not decoded.
  static func decoder(
    of bytes: UnsafeRawBufferPointer, options: DecodeOptions, place: String, clock: CodecClock
  ) throws(Failure) -> any RowDecoder

  /// How many bytes of a large file its image can need, from the start on; without it, all of them.
  ///
  /// - Throws: `Failure` when an image has more bytes than its pixels can need.
  static func extent(of file: EncodedFile) throws(Failure) -> Int
}

extension ImageCodec {
  static func extent(of file: EncodedFile) -> Int { file.count }
}
