import CJPEG
import Platform

enum JPEGDecoder {
  static func header(of bytes: RawSpan, place: String) throws(Failure) -> ImageHeader {
    var found = cjpeg_header()
    let problem = bytes.withUnsafeBytes { buffer in
      codecMessage(capacity: CJPEG_MESSAGE_CAPACITY) { message in
        cjpeg_read_header(buffer.baseAddress, buffer.count, &found, message)
      }
    }
    if let problem { throw damaged("JPEG", problem, place: place) }
    return ImageHeader(
      format: .jpeg, storedWidth: Int(found.width), storedHeight: Int(found.height),
      storedChannels: Int(found.channels), orientation: EXIF.orientation(ofJPEG: bytes))
  }

  static func decode(_ bytes: RawSpan, header: ImageHeader, place: String) throws(Failure) -> Image {
    var expected = cjpeg_header(
      width: UInt32(header.storedWidth), height: UInt32(header.storedHeight),
      channels: UInt32(header.storedChannels))
    let samples = try StoredSamples(header) { (pixels) throws(Failure) in
      let problem = bytes.withUnsafeBytes { buffer in
        codecMessage(capacity: CJPEG_MESSAGE_CAPACITY) { message in
          cjpeg_decode(buffer.baseAddress, buffer.count, &expected, pixels, message)
        }
      }
      if let problem { throw damaged("JPEG", problem, place: place) }
    }
    let image = header.storedChannels == 4 ? fromInvertedCMYK(samples) : samples.image
    return image.reoriented(header.orientation)
  }

  /// RGB from the inverted CMYK that Adobe's programs, hence nearly all CMYK files, store; like Pillow,
  /// taken for inverted always: ink x = 255 − stored x, then c = (255−K) − (C·(255−K))/255 rounded.
  private static func fromInvertedCMYK(_ samples: StoredSamples) -> Image {
    Image(width: samples.width, height: samples.height, channels: 3) { output in
      samples.values.withUnsafeBufferPointer { input in
        for pixel in 0..<samples.width * samples.height {
          let light = UInt32(input[4 * pixel + 3])
          for channel in 0..<3 {
            let product = (255 - UInt32(input[4 * pixel + channel])) * light + 128
            output[3 * pixel + channel] = UInt8(light - (((product >> 8) + product) >> 8))
          }
        }
      }
    }
  }
}
