import Platform

/// Feature matrices of the same rows, side by side: what one head sees.
package struct JoinedFeatures: Sendable {
  private let parts: [Features]
  /// Features a row, of all matrices together.
  package let width: Int
  /// Number of rows.
  package var count: Int { parts[0].count }

  /// Joins matrices of equal counts.
  package init(_ parts: [Features]) {
    precondition(
      !parts.isEmpty && parts.allSatisfy { $0.count == parts[0].count }, "JoinedFeatures: counts differ")
    self.parts = parts
    width = parts.reduce(0) { $0 + $1.width }
  }

  /// Replaces `batch` by the rows numbered `rows`, `[rows.count, width]`.
  func gather(_ rows: some Sequence<Int32>, into batch: inout [Float]) {
    batch.removeAll(keepingCapacity: true)
    for row in rows {
      for part in parts {
        let start = Int(row) * part.width
        batch += part.values[start..<(start + part.width)]
      }
    }
  }

  /// The logits that a head gives the rows numbered `rows`, `[rows.count, classes]`.
  func logits(_ head: LinearHead, _ rows: [Int32], threads: Int) -> [Float] {
    let blocks = rowRanges(count: rows.count, multiple: 256)
    let pieces = parallelMap(count: blocks.count, threads: threads) { index in
      var batch: [Float] = []
      gather(rows[blocks[index]], into: &batch)
      return head.logits(of: batch)
    }
    return Array(pieces.joined())
  }
}
