/// Looks at a compressed frame before a library does.
enum DICOMFrameCheck {
  /// Scans that a frame may have: one for each of its samples, and one more.
  private static let maximumScans = 4

  /// Checks that a JPEG is of the kinds and of the size that the data set announces, so that it takes no more memory and
  /// time than that.
  static func requireJPEG<Source>(
    _ bytes: UnsafeRawBufferPointer, of file: DICOMFile<Source>
  ) throws(DICOMProblem) {
    var position = 2
    guard bytes.number(at: 0, bytes: 2) == 0xFFD8 else { throw .damage("a frame that is no JPEG") }
    var isFramed = false
    while true {
      guard let marker = bytes.number(at: position, bytes: 2), marker >= 0xFF00 else {
        throw .damage("a JPEG without a scan")
      }
      if marker == 0xFFFF {
        position += 1
        continue
      }
      guard let length = bytes.number(at: position + 2, bytes: 2), length >= 2 else {
        throw .damage("a JPEG without a scan")
      }
      switch marker & 0xFF {
      case 0xDA:
        guard isFramed else { throw .damage("a JPEG without a frame") }
        return try requireScans(bytes[position...])
      case 0xC0, 0xC1, 0xC3, 0xF7:
        guard !isFramed, bytes.number(at: position + 5, bytes: 2) == file.rows,
          bytes.number(at: position + 7, bytes: 2) == file.columns,
          bytes.number(at: position + 9, bytes: 1) == file.samplesPerPixel,
          let bits = bytes.number(at: position + 4, bytes: 1), bits <= file.bitsAllocated
        else { throw .damage("a JPEG of another size than the data set says") }
        isFramed = true
      // The tables and the extension among the starts of frames are none.
      case 0xC2, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
        throw .unsupported("a JPEG that is neither sequential nor lossless")
      // Tables, the parameters of JPEG-LS, applications' own segments and comments: what has a length. DCMTK walks the others
      // in another way, and at TEM, 0xFF01, for ever.
      case 0xC4, 0xCC, 0xDB...0xDF, 0xE0...0xEF, 0xF8, 0xFE: break
      default: throw .damage("a JPEG with the marker \(String(marker, radix: 16)) before its scan")
      }
      position += 2 + length
    }
  }

  private static func requireScans(_ bytes: Slice<UnsafeRawBufferPointer>) throws(DICOMProblem) {
    var scans = 0
    var last: UInt8 = 0
    for byte in bytes {
      if last == 0xFF && byte == 0xDA { scans += 1 }
      last = byte
    }
    guard scans <= maximumScans else { throw .unsupported("a JPEG of more than \(maximumScans) scans") }
  }
}
