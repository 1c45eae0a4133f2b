import CImageKernels
import Platform

/// Resizes along the columns' direction: output rows of `length` samples, packed, from rows `stride` samples apart.
func resampleRows<Sample: PixelSample>(
  of input: UnsafePointer<Sample>, stride: Int, length: Int, by coefficients: ResizeCoefficients,
  into output: UnsafeMutablePointer<Sample>
) {
  switch Sample.format {
  case .eightBit:
    coefficients.withAxis { axis in
      ik_resample_rows(retyped(input), stride, length, axis, retyped(output))
    }
  case .sixteenBit:
    eachRow(retyped(input), stride, length, coefficients, retyped(output), gather(_:stride:_:_:) as Gather<UInt16>)
  case .float:
    eachRow(retyped(input), stride, length, coefficients, retyped(output), gather(_:stride:_:_:) as Gather<Float>)
  }
}

/// Resizes along the rows' direction: `rows` packed output rows from rows `stride` samples apart.
func resampleColumns<Sample: PixelSample>(
  of input: UnsafePointer<Sample>, stride: Int, rows: Int, channels: Int, by coefficients: ResizeCoefficients,
  into output: UnsafeMutablePointer<Sample>
) {
  switch Sample.format {
  case .eightBit:
    coefficients.withAxis { axis in
      ik_resample_columns(retyped(input), stride, rows, channels, axis, retyped(output))
    }
  case .sixteenBit:
    eachColumn(
      retyped(input), stride, rows, channels, coefficients, retyped(output),
      gather(_:stride:_:_:) as Gather<UInt16>)
  case .float:
    eachColumn(
      retyped(input), stride, rows, channels, coefficients, retyped(output),
      gather(_:stride:_:_:) as Gather<Float>)
  }
}

/// What one output position takes from samples `stride` apart.
private typealias Gather<Sample> = (
  _ input: UnsafePointer<Sample>, _ stride: Int, _ position: Int, _ coefficients: ResizeCoefficients
) -> Sample

@inline(__always)
private func eachRow<Sample>(
  _ input: UnsafePointer<Sample>, _ stride: Int, _ length: Int, _ coefficients: ResizeCoefficients,
  _ output: UnsafeMutablePointer<Sample>, _ gather: Gather<Sample>
) {
  for row in 0..<coefficients.starts.count {
    let first = input + Int(coefficients.starts[row]) * stride
    for place in 0..<length {
      output[row * length + place] = gather(first + place, stride, row, coefficients)
    }
  }
}

@inline(__always)
private func eachColumn<Sample>(
  _ input: UnsafePointer<Sample>, _ stride: Int, _ rows: Int, _ channels: Int,
  _ coefficients: ResizeCoefficients, _ output: UnsafeMutablePointer<Sample>, _ gather: Gather<Sample>
) {
  let width = coefficients.starts.count
  for row in 0..<rows {
    for column in 0..<width {
      let first = input + row * stride + Int(coefficients.starts[column]) * channels
      for channel in 0..<channels {
        output[(row * width + column) * channels + channel] = gather(
          first + channel, channels, column, coefficients)
      }
    }
  }
}

// For samples whose type is the other by their format.
private func retyped<Sample, Same>(_ samples: UnsafePointer<Sample>) -> UnsafePointer<Same> {
  UnsafeRawPointer(samples).assumingMemoryBound(to: Same.self)
}

private func retyped<Sample, Same>(_ samples: UnsafeMutablePointer<Sample>) -> UnsafeMutablePointer<Same> {
  UnsafeMutableRawPointer(samples).assumingMemoryBound(to: Same.self)
}

/// The weighted sum of samples `stride` apart for one output position, rounded and clamped.
@inline(__always)
private func gather(
  _ input: UnsafePointer<UInt16>, stride: Int, _ position: Int, _ coefficients: ResizeCoefficients
) -> UInt16 {
  var sum: Int64 = 1 << (Int64(ResizeCoefficients.fractionBits) - 1)
  for tap in 0..<Int(coefficients.counts[position]) {
    sum += Int64(input[tap * stride]) * Int64(coefficients.weights[position * coefficients.taps + tap])
  }
  return UInt16(clamping: sum >> Int64(ResizeCoefficients.fractionBits))
}

/// The weighted sum of fractions `stride` apart for one output position.
@inline(__always)
private func gather(
  _ input: UnsafePointer<Float>, stride: Int, _ position: Int, _ coefficients: ResizeCoefficients
) -> Float {
  var sum = 0.0
  for tap in 0..<Int(coefficients.counts[position]) {
    sum += Double(input[tap * stride]) * coefficients.exactWeights[position * coefficients.taps + tap]
  }
  return Float(sum)
}
