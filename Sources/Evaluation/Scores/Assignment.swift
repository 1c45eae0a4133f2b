/// The assignment problem: which row goes with which column so that the sum of costs is least.
public enum Assignment {
  /// The column of each row of `costs`, row-major [rows, columns] and finite; nil for rows left over where there are more
  /// rows than columns.
  ///
  /// Shortest augmenting paths with potentials (Kuhn, 1955; Munkres, 1957; Jonker & Volgenant, 1987): with s the shorter
  /// and l the longer side, s²·l steps.
  public static func minimizing(_ costs: [Double], rows: Int, columns: Int) -> [Int?] {
    precondition(rows > 0 && columns > 0 && costs.count == rows * columns, "Assignment: sizes")
    guard rows > columns else {
      return wide(rows: rows, columns: columns) { costs[$0 * columns + $1] }
    }
    var result = [Int?](repeating: nil, count: rows)
    let matches = wide(rows: columns, columns: rows) { costs[$1 * columns + $0] }
    for (column, row) in matches.enumerated() { result[row] = column }
    return result
  }

  /// The column of each row where there are at least as many columns.
  ///
  /// Reduced costs c − u − v are never negative, and 0 along matches.
  private static func wide(rows: Int, columns: Int, _ cost: (_ row: Int, _ column: Int) -> Double) -> [Int] {
    var rowPotentials = [Double](repeating: 0, count: rows)
    // The column past the last is where the path of a new row starts.
    let start = columns
    var columnPotentials = [Double](repeating: 0, count: columns + 1)
    var rowOfColumn = [Int](repeating: -1, count: columns + 1)
    var previous = [Int](repeating: start, count: columns)
    for newRow in 0..<rows {
      rowOfColumn[start] = newRow
      var distances = [Double](repeating: .infinity, count: columns)
      var visited = [Bool](repeating: false, count: columns + 1)
      var column = start
      while rowOfColumn[column] >= 0 {
        visited[column] = true
        let row = rowOfColumn[column]
        var (next, step) = (start, Double.infinity)
        for other in 0..<columns where !visited[other] {
          let reduced = cost(row, other) - rowPotentials[row] - columnPotentials[other]
          if reduced < distances[other] {
            distances[other] = reduced
            previous[other] = column
          }
          if distances[other] < step { (next, step) = (other, distances[other]) }
        }
        for other in 0...columns {
          if visited[other] {
            rowPotentials[rowOfColumn[other]] += step
            columnPotentials[other] -= step
          } else if other < columns {
            distances[other] -= step
          }
        }
        column = next
      }
      while column != start {
        rowOfColumn[column] = rowOfColumn[previous[column]]
        column = previous[column]
      }
    }
    var result = [Int](repeating: 0, count: rows)
    for column in 0..<columns where rowOfColumn[column] >= 0 { result[rowOfColumn[column]] = column }
    return result
  }
}
