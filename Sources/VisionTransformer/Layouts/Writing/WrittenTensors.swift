import Tensors

/// The tensors of a file that is to be written, in the order in which they were first named.
struct WrittenTensors {
  private(set) var all: [(name: String, tensor: Tensor)] = []
  private var places: [String: Int] = [:]
  private let tableRows: Int

  /// `tableRows` is the number of rows of a table of positions that is made of pieces.
  init(tableRows: Int) { self.tableRows = tableRows }

  mutating func set(_ name: String, _ shape: [Int], _ values: ArraySlice<Scalar>) {
    precondition(places[name] == nil, "'\(name)' is written twice")
    places[name] = all.count
    all.append((name, Tensor(shape: shape, values: Array(values))))
  }

  /// Sets some rows of a table [1, N, D].
  mutating func set(_ name: String, rows: Range<Int>, width: Int, _ values: ArraySlice<Scalar>) {
    if places[name] == nil {
      set(name, [1, tableRows, width], [Scalar](repeating: 0, count: tableRows * width)[...])
    }
    guard let place = places[name] else { return }
    all[place].tensor.withMutableSpan { span in
      for (index, value) in zip(rows.lowerBound * width..<rows.upperBound * width, values) {
        span[index] = value
      }
    }
  }
}
