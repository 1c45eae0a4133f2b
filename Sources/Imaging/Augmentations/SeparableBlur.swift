import Foundation
import Platform

extension Image {
  /// The image blurred by a Gaussian of 2·radius + 1 taps and a deviation in pixels; at the borders pixels are reflected,
  /// the outermost not repeated, as often as needed.
  package func blurred(radius: Int, deviation: Double) -> Image {
    precondition(radius >= 0 && deviation > 0, "a Gaussian of radius \(radius) and deviation \(deviation)")
    // Lighter taps would not move a sample of 16 bits by a hundredth of its step.
    var weights = (0...radius).map { exp(-0.5 * pow(Double($0) / deviation, 2)) }.filter { $0 > 1e-8 }
    let sum = weights[0] + 2 * weights.dropFirst().reduce(0, +)
    weights = weights.map { $0 / sum }
    let blur = SeparableBlur(
      width: width, height: height, channels: channels, weights: weights.map(Float.init))
    return Image(width: width, height: height, channels: channels, samples: samples.mapped(blur))
  }
}

private typealias Floats = SIMD16<Float>
private let lanes = 16

/// A symmetric kernel along rows, then along columns, in single precision; rows between the passes are kept only as
/// long as the second pass reads them.
private struct SeparableBlur: SampleOperation {
  let width, height, channels: Int
  /// The weights from the middle to the end of the kernel.
  let weights: [Float]

  private var radius: Int { weights.count - 1 }
  private var length: Int { width * channels }

  func apply<Sample: PixelSample>(to samples: [Sample]) -> [Sample] {
    filledSamples(samples.count) { output in
      samples.withUnsafeBufferPointer { input in
        guard let base = input.baseAddress else { return }
        blur(base, into: output)
      }
    }
  }

  private func blur<Sample: PixelSample>(
    _ input: UnsafePointer<Sample>, into output: UnsafeMutablePointer<Sample>
  ) {
    // Whole vectors are read and written past the ends of rows.
    let stride = length + lanes
    let kept = min(height, 2 * radius + 1)
    let line = UnsafeMutablePointer<Float>.allocate(capacity: stride + 2 * radius * channels)
    defer { line.deallocate() }
    line.initialize(repeating: 0, count: stride + 2 * radius * channels)
    let rows = UnsafeMutablePointer<Float>.allocate(capacity: kept * stride)
    defer { rows.deallocate() }
    var next = 0
    for row in 0..<height {
      while next <= min(row + radius, height - 1) {
        widen(input + next * length, into: line)
        blurAlongRow(line, into: rows + next % kept * stride)
        next += 1
      }
      blurAlongColumns(rows, row: row, stride: stride, kept: kept, into: output)
    }
  }

  /// The samples of a row as floats, with reflected columns before and after them.
  private func widen<Sample: PixelSample>(
    _ input: UnsafePointer<Sample>, into line: UnsafeMutablePointer<Float>
  ) {
    let first = line + radius * channels
    for place in 0..<length { first[place] = input[place].number }
    for distance in Swift.stride(from: 1, through: radius, by: 1) {
      for (column, source) in [
        (-distance, reflected(-distance, in: width)),
        (width - 1 + distance, reflected(width - 1 + distance, in: width)),
      ] {
        (first + column * channels).update(from: first + source * channels, count: channels)
      }
    }
  }

  private func blurAlongRow(_ line: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>) {
    weights.withUnsafeBufferPointer { weights in
      for place in Swift.stride(from: 0, to: length, by: lanes) {
        let middle = line + (place + radius * channels)
        var sum = vector(middle) * weights[0]
        for tap in 1..<max(1, weights.count) {
          sum += (vector(middle - tap * channels) + vector(middle + tap * channels)) * weights[tap]
        }
        UnsafeMutableRawPointer(output + place).storeBytes(of: sum, as: Floats.self)
      }
    }
  }

  private func blurAlongColumns<Sample: PixelSample>(
    _ rows: UnsafePointer<Float>, row: Int, stride: Int, kept: Int, into output: UnsafeMutablePointer<Sample>
  ) {
    func start(_ row: Int) -> UnsafePointer<Float> {
      rows + reflected(row, in: height) % kept * stride
    }
    let sources = (0...radius).map { (above: start(row - $0), below: start(row + $0)) }
    weights.withUnsafeBufferPointer { weights in
      sources.withUnsafeBufferPointer { sources in
        for place in Swift.stride(from: 0, to: length, by: lanes) {
          var sum = vector(sources[0].above + place) * weights[0]
          for tap in 1..<max(1, weights.count) {
            sum += (vector(sources[tap].above + place) + vector(sources[tap].below + place)) * weights[tap]
          }
          let index = row * length + place
          // What is written past a row is overwritten by the next one.
          if index + lanes <= height * length {
            store(sum, to: output + index)
          } else {
            for lane in 0..<height * length - index { output[index + lane] = Sample(nearestTo: sum[lane]) }
          }
        }
      }
    }
  }
}

/// The place inside 0..<count that a place outside mirrors.
private func reflected(_ place: Int, in count: Int) -> Int {
  if (0..<count).contains(place) { return place }
  if count == 1 { return 0 }
  let period = 2 * (count - 1)
  let folded = ((place % period) + period) % period
  return min(folded, period - folded)
}

@inline(__always)
private func vector(_ values: UnsafePointer<Float>) -> Floats {
  UnsafeRawPointer(values).loadUnaligned(as: Floats.self)
}

/// Writes values as samples: rounded to the nearest whole numbers, but fractions. Those up to 2²² stand in the lower bits
/// of a float near 1.5·2²³.
@inline(__always)
private func store<Sample: PixelSample>(_ values: Floats, to output: UnsafeMutablePointer<Sample>) {
  let bits = unsafeBitCast(values + Floats(repeating: 0x1.8p23), to: SIMD16<UInt32>.self)
  let target = UnsafeMutableRawPointer(output)
  switch Sample.format {
  case .eightBit: target.storeBytes(of: SIMD16<UInt8>(truncatingIfNeeded: bits), as: SIMD16<UInt8>.self)
  case .sixteenBit: target.storeBytes(of: SIMD16<UInt16>(truncatingIfNeeded: bits), as: SIMD16<UInt16>.self)
  case .float: target.storeBytes(of: values, as: Floats.self)
  }
}
