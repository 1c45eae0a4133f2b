import Platform

private typealias Bytes = SIMD16<UInt8>

/// Sixteen neighbouring bytes, each the weighted sum of `count` bytes `stride` apart, rounded and clamped.
@inline(__always)
private func gather(
  _ input: UnsafeRawPointer, stride: Int, count: Int, weights: UnsafePointer<Int32>
) -> Bytes {
  var sum = SIMD16<Int32>(repeating: 1 << (ResizeCoefficients.fractionBits - 1))
  var bytes = input
  for tap in 0..<count {
    sum &+= SIMD16<Int32>(truncatingIfNeeded: bytes.loadUnaligned(as: Bytes.self)) &* weights[tap]
    bytes += stride
  }
  let rounded = sum &>> ResizeCoefficients.fractionBits
  return Bytes(
    truncatingIfNeeded: rounded.clamped(lowerBound: SIMD16(repeating: 0), upperBound: SIMD16(repeating: 255)))
}

/// One byte of what `gather` computes.
@inline(__always)
private func gatherOne(
  _ input: UnsafeRawPointer, stride: Int, count: Int, weights: UnsafePointer<Int32>
) -> UInt8 {
  var sum: Int32 = 1 << (ResizeCoefficients.fractionBits - 1)
  for tap in 0..<count {
    sum &+= Int32(input.load(fromByteOffset: tap * stride, as: UInt8.self)) &* weights[tap]
  }
  return UInt8(clamping: sum >> ResizeCoefficients.fractionBits)
}

/// Resizes along the columns' direction: output rows of `length` samples, packed, from rows `stride` samples apart.
func resampleRows<Sample: PixelSample>(
  of input: UnsafePointer<Sample>, stride: Int, length: Int, by coefficients: ResizeCoefficients,
  into output: UnsafeMutablePointer<Sample>
) {
  if Sample.self == UInt8.self {
    return resampleByteRows(
      of: UnsafeRawPointer(input), stride: stride, length: length, by: coefficients,
      into: UnsafeMutableRawPointer(output))
  }
  for row in 0..<coefficients.starts.count {
    let first = input + coefficients.starts[row] * stride
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
  if Sample.self == UInt8.self && (channels == 1 || channels == 3) {
    return resampleByteColumns(
      of: UnsafeRawPointer(input), stride: stride, rows: rows, channels: channels, by: coefficients,
      into: UnsafeMutableRawPointer(output))
  }
  let width = coefficients.starts.count
  for row in 0..<rows {
    for column in 0..<width {
      let first = input + row * stride + coefficients.starts[column] * channels
      for channel in 0..<channels {
        output[(row * width + column) * channels + channel] = gather(
          first + channel, stride: channels, column, coefficients)
      }
    }
  }
}

/// The weighted sum of samples `stride` apart for one output position, rounded and clamped.
@inline(__always)
private func gather<Sample: PixelSample>(
  _ input: UnsafePointer<Sample>, stride: Int, _ position: Int, _ coefficients: ResizeCoefficients
) -> Sample {
  var sum: Int64 = 1 << (Int64(ResizeCoefficients.fractionBits) - 1)
  for tap in 0..<coefficients.counts[position] {
    sum += Int64(input[tap * stride]) * Int64(coefficients.weights[position * coefficients.taps + tap])
  }
  return Sample(clamping: sum >> Int64(ResizeCoefficients.fractionBits))
}

/// Resizes bytes along the columns' direction, sixteen at a time.
private func resampleByteRows(
  of input: UnsafeRawPointer, stride: Int, length: Int, by coefficients: ResizeCoefficients,
  into output: UnsafeMutableRawPointer
) {
  coefficients.weights.withUnsafeBufferPointer { weights in
    guard let weights = weights.baseAddress else { return }
    for row in 0..<coefficients.starts.count {
      let first = input + coefficients.starts[row] * stride
      let count = coefficients.counts[row]
      let weights = weights + row * coefficients.taps
      let target = output + row * length
      if length < 16 {
        for byte in 0..<length {
          let value = gatherOne(first + byte, stride: stride, count: count, weights: weights)
          target.storeBytes(of: value, toByteOffset: byte, as: UInt8.self)
        }
      } else {
        // The last sixteen may overlap those before them.
        for start in Swift.stride(from: 0, to: length, by: 16) {
          let byte = min(start, length - 16)
          let values = gather(first + byte, stride: stride, count: count, weights: weights)
          target.storeBytes(of: values, toByteOffset: byte, as: Bytes.self)
        }
      }
    }
  }
}

/// Resizes bytes along the rows' direction.
///
/// Sixteen rows at a time are laid out column by column, so that one vector holds the same column of
/// sixteen rows and the pass runs as `resampleRows` does.
private func resampleByteColumns(
  of input: UnsafeRawPointer, stride: Int, rows: Int, channels: Int, by coefficients: ResizeCoefficients,
  into output: UnsafeMutableRawPointer
) {
  let range = coefficients.inputRange
  let width = coefficients.starts.count
  let columnBytes = 16 * channels
  // Columns are written four bytes a pixel, so one spare byte follows the last.
  let band = UnsafeMutableRawPointer.allocate(byteCount: range.count * columnBytes + 16, alignment: 16)
  defer { band.deallocate() }
  band.initializeMemory(as: UInt8.self, repeating: 0, count: range.count * columnBytes + 16)
  let gathered = UnsafeMutableRawPointer.allocate(byteCount: columnBytes + 16, alignment: 16)
  defer { gathered.deallocate() }
  gathered.initializeMemory(as: UInt8.self, repeating: 0, count: columnBytes + 16)

  coefficients.weights.withUnsafeBufferPointer { weights in
    guard let weights = weights.baseAddress else { return }
    for top in Swift.stride(from: 0, to: rows, by: 16) {
      let height = min(16, rows - top)
      let corner = input + top * stride + range.lowerBound * channels
      if channels == 3 {
        layOutColumns3(of: corner, stride: stride, width: range.count, height: height, into: band)
      } else {
        layOutColumns1(of: corner, stride: stride, width: range.count, height: height, into: band)
      }
      for column in 0..<width {
        let first = band + (coefficients.starts[column] - range.lowerBound) * columnBytes
        let count = coefficients.counts[column]
        let weights = weights + column * coefficients.taps
        for start in Swift.stride(from: 0, to: columnBytes, by: 16) {
          let values = gather(first + start, stride: columnBytes, count: count, weights: weights)
          gathered.storeBytes(of: values, toByteOffset: start, as: Bytes.self)
        }
        var target = output + (top * width + column) * channels
        for row in 0..<height {
          if channels == 3 {
            let pixel = gathered + 3 * row
            target.storeBytes(of: pixel.loadUnaligned(as: UInt16.self), as: UInt16.self)
            target.storeBytes(
              of: pixel.load(fromByteOffset: 2, as: UInt8.self), toByteOffset: 2, as: UInt8.self)
          } else {
            target.storeBytes(of: gathered.load(fromByteOffset: row, as: UInt8.self), as: UInt8.self)
          }
          target += width * channels
        }
      }
    }
  }
}

/// Writes `height` (at most 16) rows of RGB column by column, 48 bytes a column.
private func layOutColumns3(
  of input: UnsafeRawPointer, stride: Int, width: Int, height: Int, into band: UnsafeMutableRawPointer
) {
  // Four bytes a pixel at once; the fourth is overwritten by what is written next. The last column is
  // copied by bytes, since the image may end after it.
  for column in 0..<width - 1 {
    var pixel = input + 3 * column
    var target = band + 48 * column
    for _ in 0..<height {
      target.storeBytes(of: pixel.loadUnaligned(as: UInt32.self), as: UInt32.self)
      pixel += stride
      target += 3
    }
  }
  for row in 0..<height {
    let pixel = input + row * stride + 3 * (width - 1)
    (band + 48 * (width - 1) + 3 * row).copyMemory(from: pixel, byteCount: 3)
  }
}

/// Writes `height` (at most 16) rows of gray column by column, 16 bytes a column.
private func layOutColumns1(
  of input: UnsafeRawPointer, stride: Int, width: Int, height: Int, into band: UnsafeMutableRawPointer
) {
  for row in 0..<height {
    let source = input + row * stride
    for column in 0..<width {
      band.storeBytes(
        of: source.load(fromByteOffset: column, as: UInt8.self), toByteOffset: 16 * column + row,
        as: UInt8.self)
    }
  }
}
