import Platform

extension PixelSamples {
  /// RGB samples with their hue turned by a share of the colour circle.
  ///
  /// 8 bits: to the bit what torchvision does with Pillow, which keeps hue, saturation and value in 8 bits, truncates the
  /// first two, and turns by trunc(255·turn) of 256 steps; even a turn of 0 changes colours a little.
  /// 16 bits: the same hexagon in double precision, rounded at the end, as torchvision does with tensors.
  func turningHue(by turn: Double) -> PixelSamples {
    switch self {
    case .eightBit(let samples):
      let steps = UInt8(truncatingIfNeeded: Int(turn * 255))
      return .eightBit(mappingPixels(of: samples, EightBitHueTurn(steps: steps).callAsFunction))
    case .sixteenBit(let samples):
      return .sixteenBit(mappingPixels(of: samples) { turnedHue($0, $1, $2, by: turn) })
    }
  }
}

private typealias RGB<Sample> = (Sample, Sample, Sample)

@inline(__always)
private func mappingPixels<Sample: PixelSample>(
  of input: [Sample], _ body: (Sample, Sample, Sample) -> RGB<Sample>
) -> [Sample] {
  filledSamples(input.count) { output in
    input.withUnsafeBufferPointer { input in
      for place in stride(from: 0, to: input.count, by: 3) {
        let pixel = body(input[place], input[place + 1], input[place + 2])
        output[place] = pixel.0
        output[place + 1] = pixel.1
        output[place + 2] = pixel.2
      }
    }
  }
}

/// Red, green and blue of a side of the hexagon: `low` everywhere but at the greatest, `value`, and between both, `middle`.
@inline(__always)
private func hexagon<Sample>(side: Int, value: Sample, middle: Sample, low: Sample) -> RGB<Sample> {
  switch side {
  case 0: (value, middle, low)
  case 1: (middle, value, low)
  case 2: (low, value, middle)
  case 3: (low, middle, value)
  case 4: (middle, low, value)
  default: (value, low, middle)
  }
}

/// Pillow's `rgb2hsv` and `hsv2rgb`, with its single and double precision where it has them.
private struct EightBitHueTurn {
  let steps: UInt8
  /// Side of the hexagon and place along it of every hue.
  private let places: [(side: Int, along: Float)]

  init(steps: UInt8) {
    self.steps = steps
    places = (0...255).map { hue in
      let position = Double(hue) * 6 / 255
      return (Int(position) % 6, Float(position - position.rounded(.down)))
    }
  }

  @inline(__always)
  func callAsFunction(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> RGB<UInt8> {
    let value = max(red, green, blue)
    let low = min(red, green, blue)
    if value == low { return (value, value, value) }
    let range = Float(value - low)
    func share(_ channel: UInt8) -> Float { Float(value - channel) / range }
    let sixths: Float
    if red == value {
      sixths = share(blue) - share(green)
    } else if green == value {
      sixths = Float(2 + Double(share(red)) - Double(share(blue)))
    } else {
      sixths = Float(4 + Double(share(green)) - Double(share(red)))
    }
    let turned = Double(sixths) / 6 + 1
    let hue = Float(turned >= 1 ? turned - 1 : turned)
    let saturation = Int(Double(range / Float(value)) * 255)
    if saturation == 0 { return (value, value, value) }

    let (side, along) = places[Int(UInt8(Double(hue) * 255) &+ steps)]
    let depth = Float(Double(saturation) / 255)
    let fall = side & 1 == 1 ? Double(depth * along) : Double(depth) * (1 - Double(along))
    func rounded(_ share: Double) -> UInt8 { UInt8(Double(value) * share + 0.5) }
    return hexagon(side: side, value: value, middle: rounded(1 - fall), low: rounded(1 - Double(depth)))
  }
}

@inline(__always)
private func turnedHue(_ red: UInt16, _ green: UInt16, _ blue: UInt16, by turn: Double) -> RGB<UInt16> {
  let value = max(red, green, blue)
  let low = min(red, green, blue)
  if value == low { return (value, value, value) }
  let range = Double(value - low)
  let sixths =
    if red == value {
      (Double(green) - Double(blue)) / range
    } else if green == value {
      2 + (Double(blue) - Double(red)) / range
    } else {
      4 + (Double(red) - Double(green)) / range
    }
  let shifted = sixths + 6 * turn
  let position = shifted - 6 * (shifted / 6).rounded(.down)
  let side = min(5, Int(position))
  let along = position - Double(side)
  let middle = Double(value) - range * (side & 1 == 1 ? along : 1 - along)
  return hexagon(side: side, value: value, middle: UInt16(middle + 0.5), low: low)
}
