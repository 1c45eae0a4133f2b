import Platform
import Tensors

/// The order in which rows are seen: of each epoch a permutation of its own, one after another.
struct BatchOrder: Sendable {
  /// The rows.
  let rows: [Int32]
  /// Other seeds give other orders.
  let seed: UInt64

  /// All rows of an epoch.
  func epoch(_ number: Int) -> [Int32] {
    var random = RandomStream(seed: seed, purpose: .order, epoch: number)
    return random.permutation(rows.count).map { rows[Int($0)] }
  }

  /// The rows at `positions` of the epochs one after another.
  func callAsFunction(_ positions: Range<Int>) -> [Int32] {
    let count = rows.count
    var result: [Int32] = []
    result.reserveCapacity(positions.count)
    while result.count < positions.count {
      let position = positions.lowerBound + result.count
      result += epoch(position / count)[(position % count)...].prefix(positions.count - result.count)
    }
    return result
  }
}
