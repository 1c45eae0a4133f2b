import Foundation
import Platform
import Tensors

/// Masks rectangles until a given number of patches is masked (Bao et al., 2021).
///
/// As published a rectangle has an area uniform from 16 of 196 patches (that share, here) to what is still missing, an
/// aspect whose logarithm is uniform in ±log 0.3, and any patch; it is taken if it masks at least one patch more and not
/// more than are missing. After ten rectangles that are not taken, and where less than the smallest area is missing, the
/// masked area grows instead, by one of the patches that touch it at a time: the published code masks too few then. So
/// the number is exact, and no connected part is smaller than the smallest rectangle.
struct BlockMask {
  let rows, columns: Int
  /// Patches to mask.
  let count: Int

  private static let tries = 10
  private static let largestLogAspect = -log(0.3)

  /// Area of the smallest rectangle.
  var leastArea: Int { min(count, max(1, Int((Double(rows * columns) * 16 / 196).rounded()))) }

  /// Which of the patches are masked.
  func draw(from random: inout RandomStream) -> [Bool] {
    var isMasked = [Bool](repeating: false, count: rows * columns)
    var missing = count
    while missing >= max(1, leastArea), let block = block(of: missing, beside: isMasked, &random) {
      for patch in block where !isMasked[patch] {
        isMasked[patch] = true
        missing -= 1
      }
    }
    while missing > 0 {
      let edge = isMasked.indices.filter { !isMasked[$0] && touches($0, isMasked) }
      let candidates = edge.isEmpty ? isMasked.indices.filter { !isMasked[$0] } : edge
      isMasked[candidates[random.index(below: candidates.count)]] = true
      missing -= 1
    }
    return isMasked
  }

  /// The patches of a rectangle that masks from one to `missing` patches more; nil after too many tries.
  private func block(of missing: Int, beside isMasked: [Bool], _ random: inout RandomStream) -> [Int]? {
    for _ in 0..<Self.tries {
      let area = Double(leastArea) + random.uniform() * Double(missing - leastArea)
      let aspect = exp((2 * random.uniform() - 1) * Self.largestLogAspect)
      let height = Int((area * aspect).squareRoot().rounded())
      let width = Int((area / aspect).squareRoot().rounded())
      guard height <= rows, width <= columns, height * width >= leastArea else { continue }
      let (top, left) = (random.index(below: rows - height + 1), random.index(below: columns - width + 1))
      let patches = (top..<top + height).flatMap { row in
        (left..<left + width).map { row * columns + $0 }
      }
      if (1...missing).contains(patches.count { !isMasked[$0] }) { return patches }
    }
    return nil
  }

  /// Whether a patch has a masked one above, below, left or right of it.
  private func touches(_ patch: Int, _ isMasked: [Bool]) -> Bool {
    let (row, column) = patch.quotientAndRemainder(dividingBy: columns)
    return (row > 0 && isMasked[patch - columns]) || (row < rows - 1 && isMasked[patch + columns])
      || (column > 0 && isMasked[patch - 1]) || (column < columns - 1 && isMasked[patch + 1])
  }
}
