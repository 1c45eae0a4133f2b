import Platform

private typealias Floats = SIMD16<Float>
private typealias Words = SIMD16<UInt32>
private let lanes = 16

/// A blend of each pixel's own gray and the pixel, as `blended` computes it; of RGB samples.
struct GrayBlend: SampleArithmetic {
  /// Pixels whose grays are written before they are blended: they stay in the nearest cache.
  private static let chunk = 1024

  let factor: Float

  func apply(to input: [Float]) -> [Float] {
    filledSamples(input.count) { output in
      for place in stride(from: 0, to: input.count, by: 3) {
        let gray = luma(input[place], input[place + 1], input[place + 2])
        for channel in place..<place + 3 { output[channel] = blended(gray, input[channel], factor) }
      }
    }
  }

  func apply<Sample: IntegerSample>(to input: [Sample]) -> [Sample] {
    filledSamples(input.count) { output in
      input.withUnsafeBufferPointer { input in
        guard let base = input.baseAddress else { return }
        for start in stride(from: 0, to: input.count, by: 3 * Self.chunk) {
          let count = min(3 * Self.chunk, input.count - start)
          writeGrays(of: base + start, count, to: output + start)
          blend(output + start, with: base + start, count)
        }
      }
    }
  }

  /// Three equal samples a pixel.
  private func writeGrays<Sample: IntegerSample>(
    of input: UnsafePointer<Sample>, _ count: Int, to output: UnsafeMutablePointer<Sample>
  ) {
    var (pixel, gray) = (input, output)
    let end = input + count
    while pixel < end {
      let value = luma(pixel[0], pixel[1], pixel[2])
      gray[0] = value
      gray[1] = value
      gray[2] = value
      pixel += 3
      gray += 3
    }
  }

  private func blend<Sample: IntegerSample>(
    _ grays: UnsafeMutablePointer<Sample>, with input: UnsafePointer<Sample>, _ count: Int
  ) {
    let whole = count - count % lanes
    let greatest = Float(Sample.max)
    for place in stride(from: 0, to: whole, by: lanes) {
      let gray = floats(grays + place)
      let exact = gray + factor * (floats(input + place) - gray)
      let atLeast0 = exact.replacing(with: 0, where: exact .< 0)
      store(atLeast0.replacing(with: greatest, where: atLeast0 .> greatest), to: grays + place)
    }
    for place in whole..<count { grays[place] = blended(Int32(grays[place]), input[place], factor) }
  }
}

/// 16 samples as floats: those below 2²³ are the lower bits of a float from 2²³ on.
@inline(__always)
private func floats<Sample: IntegerSample>(_ samples: UnsafePointer<Sample>) -> Floats {
  var words = Words()
  for lane in 0..<lanes { words[lane] = UInt32(samples[lane]) }
  return unsafeBitCast(words | 0x4B00_0000, to: Floats.self) - 0x1p23
}

/// Truncates floats from 0 on, up to 2²², and writes them.
@inline(__always)
private func store<Sample: IntegerSample>(_ values: Floats, to output: UnsafeMutablePointer<Sample>) {
  // Rounded to nearest first; one less where that was upwards.
  let shifted = values + 0x1p23
  let nearest = unsafeBitCast(shifted, to: Words.self)
  let words = nearest.replacing(with: nearest &- 1, where: shifted - 0x1p23 .> values)
  let target = UnsafeMutableRawPointer(output)
  if Sample.self == UInt8.self {
    target.storeBytes(of: SIMD16<UInt8>(truncatingIfNeeded: words), as: SIMD16<UInt8>.self)
  } else {
    target.storeBytes(of: SIMD16<UInt16>(truncatingIfNeeded: words), as: SIMD16<UInt16>.self)
  }
}
