import Platform

extension PixelSamples {
  /// RGB samples with their hue turned by a share of the colour circle.
  ///
  /// 8 bits: to the bit what torchvision does with Pillow, which keeps hue, saturation and value in 8 bits, truncates the
  /// first two, and turns by trunc(255·turn) of 256 steps; even a turn of 0 changes colours a little.
  /// 16 bits and fractions: the same hexagon in double precision, rounded at the end, as torchvision does with tensors.
  /// Fractions are clamped to 0…1 first: colours are defined there alone.
  func turningHue(by turn: Double) -> PixelSamples {
    switch self {
    case .eightBit(let samples):
      let steps = UInt8(truncatingIfNeeded: Int(turn * 255))
      return .eightBit(
        huePlaces.withUnsafeBufferPointer { places in
          mappingPixels(of: samples) { turnHue($0, by: steps, places, into: $1) }
        })
    case .sixteenBit(let samples):
      return .sixteenBit(
        mappingPixels(of: samples) {
          turnHue($0, by: turn, into: $1, read: { Double($0) }, write: { UInt16($0 + 0.5) })
        })
    case .float(let samples):
      return .float(
        mappingPixels(of: samples.map { min(max($0, 0), 1) }) {
          turnHue($0, by: turn, into: $1, read: { Double($0) }, write: { Float($0) })
        })
    }
  }
}

@inline(__always)
private func mappingPixels<Sample: PixelSample>(
  of input: [Sample], _ body: (UnsafePointer<Sample>, UnsafeMutablePointer<Sample>) -> Void
) -> [Sample] {
  filledSamples(input.count) { output in
    input.withUnsafeBufferPointer { input in
      guard let base = input.baseAddress else { return }
      for place in stride(from: 0, to: input.count, by: 3) { body(base + place, output + place) }
    }
  }
}

/// Writes red, green and blue of a side of the hexagon, 0…5: one is the greatest, `value`; one the least, `low`; and one
/// between, `middle`.
@inline(__always)
private func write<Sample>(
  side: Int, value: Sample, middle: Sample, low: Sample, into pixel: UnsafeMutablePointer<Sample>
) {
  // Two bits a side say which channel: a table costs nothing where a branch would be guessed wrong.
  pixel[0b00_10_10_01_01_00 >> (2 * side) & 3] = value
  pixel[0b10_00_01_10_00_01 >> (2 * side) & 3] = middle
  pixel[0b01_01_00_00_10_10 >> (2 * side) & 3] = low
}

/// Which channels lead from the greatest channel: hue in sixths is offset + share(first) − share(second), where a share
/// is the distance from the greatest over the range. Ties go to red, then to green.
@inline(__always)
private func sector<Sample: PixelSample>(
  _ pixel: UnsafePointer<Sample>, greatest: Sample
) -> (first: Sample, second: Sample, offset: Double) {
  let (red, green, blue) = (pixel[0], pixel[1], pixel[2])
  let isRed = red == greatest
  let isGreen = green == greatest
  return (
    isRed ? blue : isGreen ? red : green, isRed ? green : isGreen ? blue : red, isRed ? 0 : isGreen ? 2 : 4
  )
}

/// Side of the hexagon and place along it of every hue of 8 bits.
private let huePlaces: [(side: Int, along: Float)] = (0...255).map { hue in
  let position = Double(hue) * 6 / 255
  return (Int(position) % 6, Float(position - position.rounded(.down)))
}

/// Pillow's `rgb2hsv` and `hsv2rgb`, with its single and double precision where it has them.
@inline(__always)
private func turnHue(
  _ input: UnsafePointer<UInt8>, by steps: UInt8, _ places: UnsafeBufferPointer<(side: Int, along: Float)>,
  into output: UnsafeMutablePointer<UInt8>
) {
  let value = max(input[0], input[1], input[2])
  let range = Float(value - min(input[0], input[1], input[2]))
  let saturation = range == 0 ? 0 : Int(Double(range / Float(value)) * 255)
  if saturation == 0 { return write(side: 0, value: value, middle: value, low: value, into: output) }
  let (first, second, offset) = sector(input, greatest: value)
  let sixths = Float(offset + Double(Float(value - first) / range) - Double(Float(value - second) / range))
  let shifted = Double(sixths) / 6 + 1
  let hue = Float(shifted >= 1 ? shifted - 1 : shifted)

  let (side, along) = places[Int(UInt8(Double(hue) * 255) &+ steps)]
  let depth = Float(Double(saturation) / 255)
  let fall = side & 1 == 1 ? Double(depth * along) : Double(depth) * (1 - Double(along))
  func rounded(_ share: Double) -> UInt8 { UInt8(Double(value) * share + 0.5) }
  write(
    side: side, value: value, middle: rounded(1 - fall), low: rounded(1 - Double(depth)), into: output)
}

/// The same in double precision, hue not rounded.
@inline(__always)
private func turnHue<Sample: PixelSample>(
  _ input: UnsafePointer<Sample>, by turn: Double, into output: UnsafeMutablePointer<Sample>,
  read: (Sample) -> Double, write store: (Double) -> Sample
) {
  let value = max(input[0], input[1], input[2])
  let low = min(input[0], input[1], input[2])
  let range = read(value) - read(low)
  if range == 0 { return write(side: 0, value: value, middle: value, low: value, into: output) }
  let (first, second, offset) = sector(input, greatest: value)
  let shifted = (offset + (read(second) - read(first)) / range) / 6 + turn
  let position = 6 * (shifted - shifted.rounded(.down))
  let side = min(5, Int(position))
  let along = position - Double(side)
  let middle = read(value) - range * (side & 1 == 1 ? along : 1 - along)
  write(side: side, value: value, middle: store(middle), low: low, into: output)
}
