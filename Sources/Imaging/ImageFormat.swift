/// The file formats that can be decoded.
public enum ImageFormat: String, Sendable, Codable, CaseIterable {
  /// Portable Network Graphics.
  case png
  /// JPEG, baseline or progressive.
  case jpeg

  /// The format the first bytes tell, whatever the file is called.
  init?(signatureOf bytes: UnsafeRawBufferPointer) {
    func starts(with signature: [UInt8]) -> Bool {
      bytes.count >= signature.count && bytes.prefix(signature.count).elementsEqual(signature)
    }
    if starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else {
      return nil
    }
  }
}
