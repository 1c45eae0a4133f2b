/// What the first bytes of a file say that it is.
package enum ImageSignature: Sendable, Equatable {
  /// A format that is decoded.
  case decoded(ImageFormat)
  /// The name of a format of images that is not decoded.
  case foreign(String)

  /// Bytes that are enough to tell.
  package static let byteCount = 132

  /// What the bytes show; nil when they are those of no image.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    func has(_ text: String, at offset: Int) -> Bool {
      bytes.count >= offset + text.utf8.count
        && bytes[offset..<offset + text.utf8.count].elementsEqual(text.utf8)
    }
    func has(_ signature: [UInt8], at offset: Int = 0) -> Bool {
      bytes.count >= offset + signature.count
        && bytes[offset..<offset + signature.count].elementsEqual(signature)
    }
    if let format = ImageFormat(signatureOf: bytes) {
      self = .decoded(format)
    } else if has("RIFF", at: 0) && has("WEBP", at: 8) {
      self = .foreign("WebP")
    } else if has([0x49, 0x49, 0x2A, 0]) || has([0x49, 0x49, 0x2B, 0]) || has([0x4D, 0x4D, 0, 0x2A])
      || has([0x4D, 0x4D, 0, 0x2B])
    {
      self = .foreign("TIFF")
    } else if has("GIF87a", at: 0) || has("GIF89a", at: 0) {
      self = .foreign("GIF")
    } else if has("BM", at: 0) && has([0, 0, 0, 0], at: 6) {
      self = .foreign("BMP")
    } else if has("ftyp", at: 4) {
      self = .foreign(has("avif", at: 8) || has("avis", at: 8) ? "AVIF" : "HEIF")
    } else if has([0, 0, 0, 0x0C]) && has("jP  ", at: 4) || has([0xFF, 0x4F, 0xFF, 0x51]) {
      self = .foreign("JPEG 2000")
    } else if has([0, 0, 0, 0x0C]) && has("JXL ", at: 4) || has([0xFF, 0x0A]) {
      self = .foreign("JPEG XL")
    } else if has("8BPS", at: 0) {
      self = .foreign("Photoshop")
    } else if has("DICM", at: 128) {
      self = .foreign("DICOM")
    } else {
      return nil
    }
  }
}
