import CPNG
import Platform

enum PNGDecoder {
  static func header(of bytes: RawSpan, place: String) throws(Failure) -> ImageHeader {
    var found = cpng_header()
    let problem = bytes.withUnsafeBytes { buffer in
      codecMessage(capacity: CPNG_MESSAGE_CAPACITY) { message in
        cpng_read_header(buffer.baseAddress, buffer.count, &found, message)
      }
    }
    if let problem { throw damaged("PNG", problem, place: place) }
    return ImageHeader(
      format: .png, storedWidth: Int(found.width), storedHeight: Int(found.height),
      storedChannels: Int(found.channels), orientation: .up)
  }

  static func decode(_ bytes: RawSpan, header: ImageHeader, place: String) throws(Failure) -> Image {
    var expected = cpng_header(
      width: UInt32(header.storedWidth), height: UInt32(header.storedHeight),
      channels: UInt32(header.storedChannels))
    let samples = try StoredSamples(header) { (pixels) throws(Failure) in
      let problem = bytes.withUnsafeBytes { buffer in
        codecMessage(capacity: CPNG_MESSAGE_CAPACITY) { message in
          cpng_decode(buffer.baseAddress, buffer.count, &expected, pixels, message)
        }
      }
      if let problem { throw damaged("PNG", problem, place: place) }
    }
    switch header.storedChannels {
    case 2: return onWhite(samples, channels: 1)
    case 4: return onWhite(samples, channels: 3)
    default: return samples.image
    }
  }

  /// Composites gray + alpha or RGB + alpha on white, each sample rounded to nearest.
  private static func onWhite(_ samples: StoredSamples, channels: Int) -> Image {
    Image(width: samples.width, height: samples.height, channels: channels) { output in
      samples.values.withUnsafeBufferPointer { input in
        for pixel in 0..<samples.width * samples.height {
          let stored = pixel * (channels + 1)
          let alpha = UInt32(input[stored + channels])
          for channel in 0..<channels {
            let sum = UInt32(input[stored + channel]) * alpha + 255 * (255 - alpha)
            output[pixel * channels + channel] = UInt8((sum + 127) / 255)
          }
        }
      }
    }
  }
}
