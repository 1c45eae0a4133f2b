import Evaluation
import Platform

/// Uniform numbers in 0..<1 from a seed.
struct Noise {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func next() -> Float {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Float(state >> 40) / Float(1 << 24)
  }
}

/// Overlapping classes: class c is shifted by 1 in feature c mod width, within noise of width `spread`.
func clusters(
  count: Int, width: Int, classes: Int, spread: Float = 2, seed: UInt64, origin: String = "clusters"
) throws(Failure) -> Features {
  var noise = Noise(seed: seed)
  let labels = (0..<count).map { $0 % classes }
  let values = labels.flatMap { label in
    (0..<width).map { ($0 == label % width ? 1 : 0) + spread * (noise.next() - 0.5) }
  }
  return try Features(
    count: count, width: width, values: values, labels: labels,
    classNames: (0..<classes).map { "class \($0)" },
    origin: origin)
}
