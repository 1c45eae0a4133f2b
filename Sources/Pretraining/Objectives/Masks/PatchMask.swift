import Platform
import Tensors

/// Which patches of each sample are visible and which are masked; the same number of each in every sample.
public struct PatchMask: Sendable {
  /// Places of the visible patches, [B·K]; of a random mask in the order of their noise.
  public let visible: [Int32]
  /// Places of the masked patches, [B·(L − K)]; of a random mask in the order of their noise.
  public let masked: [Int32]

  /// A mask that is known: the places of every sample, one sample after the other.
  public init(visible: [Int32], masked: [Int32]) {
    self.visible = visible
    self.masked = masked
  }

  /// Keeps the `keep` patches of lowest noise in every sample; noise [B·L]. Equal noise keeps the lower place.
  public init(noise: [Float], patchCount: Int, keep: Int) {
    precondition(noise.count % patchCount == 0, "PatchMask: \(noise.count) noises for \(patchCount) patches")
    var visible: [Int32] = []
    var masked: [Int32] = []
    for start in stride(from: 0, to: noise.count, by: patchCount) {
      let order = (0..<patchCount).sorted { (noise[start + $0], $0) < (noise[start + $1], $1) }
      visible += order.prefix(keep).map(Int32.init)
      masked += order.dropFirst(keep).map(Int32.init)
    }
    self.visible = visible
    self.masked = masked
  }

  /// Draws uniform noise from each sample's own stream.
  public init(for identity: SampleIdentity, patchCount: Int, keep: Int) {
    let noise = identity.indices.indices.flatMap { row in
      var random = identity.stream(.mask, row: row)
      return (0..<patchCount).map { _ in Float(random.next32() >> 8) * 0x1p-24 }
    }
    self.init(noise: noise, patchCount: patchCount, keep: keep)
  }

  /// Draws a pattern, true where a patch is masked, from each sample's own stream; equally often true in all.
  init(for identity: SampleIdentity, pattern: (inout RandomStream) -> [Bool]) {
    var (visible, masked): ([Int32], [Int32]) = ([], [])
    for row in identity.indices.indices {
      var random = identity.stream(.mask, row: row)
      for (patch, isMasked) in pattern(&random).enumerated() {
        if isMasked { masked.append(Int32(patch)) } else { visible.append(Int32(patch)) }
      }
    }
    self.init(visible: visible, masked: masked)
  }

  /// All patches of each of `count` samples, the visible ones first: [B·L].
  func patchIndices(of count: Int) -> [Int32] {
    let (kept, hidden) = (visible.count / count, masked.count / count)
    var patchIndices: [Int32] = []
    for sample in 0..<count {
      patchIndices += visible[sample * kept..<(sample + 1) * kept]
      patchIndices += masked[sample * hidden..<(sample + 1) * hidden]
    }
    return patchIndices
  }

  /// ⌊L·(1 − ratio)⌋, exact where 1 − ratio would round down: 100 patches at 0.9 keep 10.
  public static func keep(patchCount: Int, ratio: Double) -> Int {
    Int((Double(patchCount) * (1 - ratio) + 1e-9).rounded(.down))
  }
}
