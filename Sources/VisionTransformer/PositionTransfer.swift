import Tensors

/// How a table of positions follows its model to images of another size.
public enum PositionTransfer: String, Codable, Sendable, CaseIterable {
  /// A fixed table is computed for the new grid: coordinates go on beyond the old ones. A learned one cannot be.
  case recomputed
  /// Bicubic with a = −0.75, borders repeated: coordinates are stretched, as MAE's fine-tuning does.
  case bicubic
  /// Bicubic with a = −0.5, widened where the new grid is coarser, borders left out: as timm does.
  case antialiased
  /// As `bicubic`, stretched by (new + 0.1) / old: as DINO and DINOv2 do.
  case offsetBicubic
}

extension Positions {
  /// Moves a table [c + rows·columns, width] from one grid to another; the `prefixCount` rows at its start are kept.
  ///
  /// Pixel centres are aligned, not corners (PyTorch's `align_corners=False`). The same grid gives the same table.
  /// `transfer` is not `recomputed`.
  public static func interpolated(
    _ table: [Scalar], from old: (rows: Int, columns: Int), to new: (rows: Int, columns: Int), width: Int,
    prefixCount: Int, _ transfer: PositionTransfer
  ) -> [Scalar] {
    precondition(
      table.count == (prefixCount + old.rows * old.columns) * width && width > 0,
      "Positions.interpolated: \(table.count) values for \(old.rows)×\(old.columns) places of \(width)")
    let down = weights(from: old.rows, to: new.rows, transfer)
    let across = weights(from: old.columns, to: new.columns, transfer)
    let prefix = prefixCount * width
    var output = Array(table.prefix(prefix))
    output.reserveCapacity(prefix + new.rows * new.columns * width)
    for row in down {
      for column in across {
        var sum = [Double](repeating: 0, count: width)
        for (y, rowWeight) in row {
          for (x, columnWeight) in column {
            let start = prefix + (y * old.columns + x) * width
            for index in 0..<width { sum[index] += rowWeight * columnWeight * Double(table[start + index]) }
          }
        }
        output += sum.map { Scalar($0) }
      }
    }
    return output
  }

  /// The places that each new one is made from, and their weights, along one axis.
  private static func weights(
    from old: Int, to new: Int, _ transfer: PositionTransfer
  ) -> [[(index: Int, weight: Double)]] {
    let scale = Double(old) / Double(new)
    return (0..<new).map { index in
      let centre = scale * (Double(index) + 0.5)
      switch transfer {
      case .recomputed: preconditionFailure("Positions.interpolated: a table that is recomputed is not read")
      case .bicubic, .offsetBicubic:
        let stretched =
          transfer == .bicubic || old == new
          ? centre : (Double(index) + 0.5) * Double(old) / (Double(new) + 0.1)
        let first = Int((stretched - 0.5).rounded(.down))
        return (first - 1...first + 2).map { index in
          (min(max(index, 0), old - 1), cubic(stretched - 0.5 - Double(index), -0.75))
        }
      case .antialiased:
        let stretch = max(1, scale)
        let first = max(0, Int(centre - 2 * stretch + 0.5))
        let indices = first..<min(old, Int(centre + 2 * stretch + 0.5))
        let weights = indices.map { cubic((Double($0) + 0.5 - centre) / stretch, -0.5) }
        let sum = weights.reduce(0, +)
        return zip(indices, weights).map { ($0, $1 / sum) }
      }
    }
  }

  /// Keys' cubic convolution kernel (1981).
  private static func cubic(_ position: Double, _ a: Double) -> Double {
    let x = abs(position)
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }
}
