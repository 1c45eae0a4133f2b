import Platform
import Tensors

/// Leaves a given number of patches visible in a regular pattern (He et al., 2021), moved by a random number of rows and
/// columns in each sample.
///
/// Published is one of each 2 × 2 at a ratio of 0.75. For every other number the patches are taken in the order of
/// Bayer's (1973) dither matrix, which starts with one of each 2^k × 2^k, then the one diagonally opposite in each, and so
/// on: 1/2 is a chequerboard, 1/16 one of each 4 × 4, and what lies between a pattern with some of the next one's places.
struct GridMask {
  let rows, columns: Int
  /// Patches that stay visible.
  let keep: Int

  /// Which of the patches are masked.
  func draw(from random: inout RandomStream) -> [Bool] {
    let bits = Int.bitWidth - (max(rows, columns, 2) - 1).leadingZeroBitCount
    let side = 1 << bits
    let (down, right) = (random.index(below: side), random.index(below: side))
    let ranks = (0..<rows * columns).map { patch in
      Self.rank(row: (patch / columns + down) % side, column: (patch % columns + right) % side, bits: bits)
    }
    var isMasked = [Bool](repeating: true, count: rows * columns)
    for patch in ranks.indices.sorted(by: { ranks[$0] < ranks[$1] }).prefix(keep) { isMasked[patch] = false }
    return isMasked
  }

  /// The entry of the dither matrix of side 2^bits: the lowest bits of row and column decide first.
  static func rank(row: Int, column: Int, bits: Int) -> Int {
    (0..<bits).reduce(0) { rank, bit in
      let (y, x) = (row >> bit & 1, column >> bit & 1)
      return rank << 2 | (x ^ y) << 1 | y
    }
  }
}
