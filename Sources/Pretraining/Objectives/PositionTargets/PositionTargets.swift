import Foundation
import Tensors

/// What a prediction of positions is compared with: a Gaussian around the true one.
///
/// Of a patch at (r, c) the position (y, x) of the grid gets exp(−((y − r)² + (x − c)²)/(2σ²)), divided by the sum over the
/// whole grid: what would lie beyond the border is shared out within. σ in patches; 0, and what is below 1e-3, is the
/// true position alone.
package struct PositionTargets {
  private let columns: Int
  private let down, across: [[Double]]

  /// Prepares the targets of a grid at a deviation.
  package init(_ grid: PatchGrid, deviation: Double) {
    func kernels(_ count: Int) -> [[Double]] {
      (0..<count).map { centre in
        let values = (0..<count).map { position -> Double in
          let distance = Double(position - centre)
          guard deviation >= 1e-3 else { return position == centre ? 1 : 0 }
          return exp(-distance * distance / (2 * deviation * deviation))
        }
        let total = values.reduce(0, +)
        return values.map { $0 / total }
      }
    }
    columns = grid.columns
    (down, across) = (kernels(grid.rows), kernels(grid.columns))
  }

  /// A distribution over all L positions for each of `positions` [n]: [n·L]. The Gaussian is a product over rows and columns.
  package func callAsFunction(of positions: [Int32]) -> [Scalar] {
    positions.flatMap { position -> [Scalar] in
      let (row, column) = Int(position).quotientAndRemainder(dividingBy: columns)
      return down[row].flatMap { share in across[column].map { Scalar(share * $0) } }
    }
  }
}
