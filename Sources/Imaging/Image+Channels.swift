extension Image {
  /// The image with 1 or 3 channels; itself when it has them already.
  ///
  /// RGB to gray is ITU-R 601 luma in Pillow's fixed point,
  /// (19595·R + 38470·G + 7471·B + 32768) >> 16; gray to RGB repeats the sample.
  public func converted(toChannels wanted: Int) -> Image {
    precondition(wanted == 1 || wanted == 3, "an image has 1 or 3 channels, not \(wanted)")
    if wanted == channels { return self }
    return Image(width: width, height: height, channels: wanted) { output in
      pixels.withUnsafeBufferPointer { input in
        if wanted == 1 {
          for pixel in 0..<width * height {
            let red = 19595 * UInt32(input[3 * pixel])
            let green = 38470 * UInt32(input[3 * pixel + 1])
            let blue = 7471 * UInt32(input[3 * pixel + 2])
            output[pixel] = UInt8((red + green + blue + 32768) >> 16)
          }
        } else {
          for pixel in 0..<width * height {
            let gray = input[pixel]
            output[3 * pixel] = gray
            output[3 * pixel + 1] = gray
            output[3 * pixel + 2] = gray
          }
        }
      }
    }
  }
}
