import Imaging
import Tensors

/// A batch whose samples are mixed with their partners: sample i of n with sample n − 1 − i of the whole batch, so that
/// the result is the same however lanes and passes cut it.
///
/// Normalised patches are mixed, which are the pixels in another order.
package struct MixedSamples: StepSamples {
  private let base: any StepSamples
  private let mixing: BatchMixing
  private let grid: PatchGrid
  private let targets: ClassTargets

  /// Mixes a batch of one view, cut as `grid` says, of labelled samples.
  package init(_ base: any StepSamples, _ mixing: BatchMixing, grid: PatchGrid, targets: ClassTargets) {
    self.base = base
    self.mixing = mixing
    self.grid = grid
    self.targets = targets
  }

  /// Whose samples they are: those that the mixtures' own shares are of.
  package var identity: SampleIdentity { base.identity }

  /// The mixtures `range`, their classes in `targets`.
  package func microBatch(_ range: Range<Int>, pool: BufferPool) -> MicroBatch {
    let own = base.microBatch(range, pool: pool)
    let partners = base.microBatch(count - range.upperBound..<count - range.lowerBound, pool: pool)
    let mixed = Tensor(unwritten: own.patches.shape, pool: pool)
    for row in 0..<range.count {
      let opposite = range.count - 1 - row
      write(
        own.patches.slice(row..<row + 1), partners.patches.slice(opposite..<opposite + 1),
        to: mixed.slice(row..<row + 1))
    }
    return MicroBatch(
      patches: mixed, labels: own.labels,
      targets: targets.rows(
        own.labels, mixedWith: partners.labels.reversed(), share: mixing.share, pool: pool),
      identity: own.identity)
  }

  /// Mixes one image: [1, L, P·P·C] each.
  private func write(_ own: Tensor, _ partner: Tensor, to mixed: Tensor) {
    own.withSpan { own in
      partner.withSpan { partner in
        mixed.withMutableSpan { mixed in
          guard let box = mixing.box else {
            let (share, rest) = (Scalar(mixing.share), Scalar(1 - mixing.share))
            for index in own.indices { mixed[index] = share * own[index] + rest * partner[index] }
            return
          }
          for index in own.indices { mixed[index] = own[index] }
          for row in box.top..<box.top + box.height {
            for column in box.left..<box.left + box.width {
              let start = grid.offset(ofRow: row, column: column)
              for index in start..<start + grid.channels { mixed[index] = partner[index] }
            }
          }
        }
      }
    }
  }
}
