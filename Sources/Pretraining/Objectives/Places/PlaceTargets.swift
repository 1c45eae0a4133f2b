import Foundation
import Tensors

/// What a prediction of places is compared with: a Gaussian around the true one.
///
/// Of a patch at (r, c) the place (y, x) of the grid gets exp(−((y − r)² + (x − c)²)/(2σ²)), divided by the sum over the
/// whole grid: what would lie beyond the border is shared out within. σ in patches; 0, and what is below 1e-3, is the
/// true place alone.
package struct PlaceTargets {
  private let columns: Int
  private let down, across: [[Double]]

  /// Prepares the targets of a grid at a deviation.
  package init(_ grid: PatchGrid, deviation: Double) {
    func kernels(_ count: Int) -> [[Double]] {
      (0..<count).map { centre in
        let values = (0..<count).map { place -> Double in
          let distance = Double(place - centre)
          guard deviation >= 1e-3 else { return place == centre ? 1 : 0 }
          return exp(-distance * distance / (2 * deviation * deviation))
        }
        let total = values.reduce(0, +)
        return values.map { $0 / total }
      }
    }
    columns = grid.columns
    (down, across) = (kernels(grid.rows), kernels(grid.columns))
  }

  /// A distribution over all L places for each of `places` [n]: [n·L]. The Gaussian is a product over rows and columns.
  package func callAsFunction(of places: [Int32]) -> [Scalar] {
    places.flatMap { place -> [Scalar] in
      let (row, column) = Int(place).quotientAndRemainder(dividingBy: columns)
      return down[row].flatMap { share in across[column].map { Scalar(share * $0) } }
    }
  }
}
