import CImageKernels
import Platform

/// Resizes along the columns' direction: output rows of `length` samples, packed, from rows `stride` samples apart.
func resampleRows<Sample: PixelSample>(
  of input: UnsafePointer<Sample>, stride: Int, length: Int, by coefficients: ResizeCoefficients,
  into output: UnsafeMutablePointer<Sample>
) {
  if Sample.self == UInt8.self {
    return coefficients.withAxis { axis in
      ik_resample_rows(bytes(input), stride, length, axis, bytes(output))
    }
  }
  for row in 0..<coefficients.starts.count {
    let first = input + Int(coefficients.starts[row]) * stride
    for place in 0..<length {
      output[row * length + place] = gather(first + place, stride: stride, row, coefficients)
    }
  }
}

/// Resizes along the rows' direction: `rows` packed output rows from rows `stride` samples apart.
func resampleColumns<Sample: PixelSample>(
  of input: UnsafePointer<Sample>, stride: Int, rows: Int, channels: Int, by coefficients: ResizeCoefficients,
  into output: UnsafeMutablePointer<Sample>
) {
  if Sample.self == UInt8.self {
    return coefficients.withAxis { axis in
      ik_resample_columns(bytes(input), stride, rows, channels, axis, bytes(output))
    }
  }
  let width = coefficients.starts.count
  for row in 0..<rows {
    for column in 0..<width {
      let first = input + row * stride + Int(coefficients.starts[column]) * channels
      for channel in 0..<channels {
        output[(row * width + column) * channels + channel] = gather(
          first + channel, stride: channels, column, coefficients)
      }
    }
  }
}

// For samples that are bytes already.
private func bytes<Sample>(_ samples: UnsafePointer<Sample>) -> UnsafePointer<UInt8> {
  UnsafeRawPointer(samples).assumingMemoryBound(to: UInt8.self)
}

private func bytes<Sample>(_ samples: UnsafeMutablePointer<Sample>) -> UnsafeMutablePointer<UInt8> {
  UnsafeMutableRawPointer(samples).assumingMemoryBound(to: UInt8.self)
}

/// The weighted sum of samples `stride` apart for one output position, rounded and clamped.
@inline(__always)
private func gather<Sample: PixelSample>(
  _ input: UnsafePointer<Sample>, stride: Int, _ position: Int, _ coefficients: ResizeCoefficients
) -> Sample {
  var sum: Int64 = 1 << (Int64(ResizeCoefficients.fractionBits) - 1)
  for tap in 0..<Int(coefficients.counts[position]) {
    sum += Int64(input[tap * stride]) * Int64(coefficients.weights[position * coefficients.taps + tap])
  }
  return Sample(clamping: sum >> Int64(ResizeCoefficients.fractionBits))
}
