import Tensors

/// Where features are read: behind which block, and how its tokens become one vector.
public struct FeatureReadout: Hashable, Codable, Sendable {
  /// How many blocks have run, from 1 to the depth; the final norm follows.
  public var block: Int
  /// How tokens become one vector.
  public var pooling: Pooling

  /// Creates a place.
  public init(block: Int, pooling: Pooling) {
    self.block = block
    self.pooling = pooling
  }
}

extension VisionTransformerConfiguration {
  /// Where the features of an encoder are read unless something else is asked for.
  public var readout: FeatureReadout { FeatureReadout(block: depth, pooling: pooling) }

  /// Whether an encoder has what a readout reads.
  public func has(_ readout: FeatureReadout) -> Bool {
    (1...depth).contains(readout.block) && (readout.pooling == .mean || hasClassToken)
  }
}

extension VisionTransformer {
  /// One vector an image for each of `readouts`, all of one pass: patches [B, L, P·P·C] → [B, D] each.
  ///
  /// With `grid`, the images were cut so instead of as the model's; positions are interpolated. Behind a block before the
  /// last the final norm of the whole encoder is applied, as Oquab et al. (2023) do.
  public func features(
    _ patches: Tensor, at readouts: [FeatureReadout], grid: PatchGrid? = nil, _ tape: Tape
  ) -> [Tensor] {
    precondition(
      readouts.allSatisfy { configuration.has($0) }, "VisionTransformer: no such place among \(readouts)")
    var found: [FeatureReadout: Tensor] = [:]
    func read(_ tokens: Tensor, behind block: Int) {
      for readout in Set(readouts) where readout.block == block {
        found[readout] = pooled(tokens, by: readout.pooling, tape)
      }
    }
    let last = encode(patches, PatchSelection(grid: grid), tape) { block, tokens in
      guard block < configuration.depth, readouts.contains(where: { $0.block == block }) else { return }
      read(finished(tokens, tape), behind: block)
    }
    read(last, behind: configuration.depth)
    return readouts.compactMap { found[$0] }
  }
}
