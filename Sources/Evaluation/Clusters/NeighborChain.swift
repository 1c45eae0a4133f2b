import Platform

/// The squared distances between rows, each pair once.
struct SquaredDistanceTable {
  private(set) var count: Int
  private var values: [Double]

  init(_ points: PointSet, threads: Int) {
    count = points.count
    let blocks = rowRanges(count: count, multiple: 128)
    let parts = parallelMap(count: blocks.count, threads: threads) { index in
      let block = points.squaredDistances(blocks[index], to: points)
      return blocks[index].flatMap { row in
        let base = (row - blocks[index].lowerBound) * points.count
        return block[(base + row + 1)..<(base + points.count)]
      }
    }
    values = Array(parts.joined())
  }

  subscript(first: Int, second: Int) -> Double {
    get { values[place(first, second)] }
    set { values[place(first, second)] = newValue }
  }

  @inline(__always)
  private func place(_ first: Int, _ second: Int) -> Int {
    let (low, high) = first < second ? (first, second) : (second, first)
    return low * (2 * count - low - 3) / 2 + high - 1
  }
}

/// Finds Ward's merges: from any cluster to its nearest, and on, until two are each other's nearest; those are joined
/// whatever else there is, because no merge brings a third one nearer to either.
struct NeighborChain {
  private var squares: SquaredDistanceTable
  private var sizes: [Int]
  private var chain: [Int] = []

  init(_ squares: SquaredDistanceTable) {
    self.squares = squares
    sizes = [Int](repeating: 1, count: squares.count)
  }

  /// All merges in the order in which they are found; a cluster is known by one of its rows.
  mutating func merges() -> [WardLinkage.Merge] {
    (1..<max(sizes.count, 1)).map { _ in
      let pair = nextPair()
      let height = squares[pair.first, pair.second].squareRoot()
      join(pair.first, pair.second)
      return WardLinkage.Merge(first: pair.first, second: pair.second, height: height)
    }
  }

  private mutating func nextPair() -> (first: Int, second: Int) {
    if chain.isEmpty, let first = sizes.firstIndex(where: { $0 > 0 }) { chain.append(first) }
    while true {
      let last = chain[chain.count - 1]
      let before = chain.count > 1 ? chain[chain.count - 2] : nil
      var (nearest, least) = (before ?? last, before.map { squares[last, $0] } ?? .infinity)
      for other in sizes.indices where sizes[other] > 0 && other != last {
        let square = squares[last, other]
        // Whatever overflowed, a cluster is never its own neighbour.
        if square < least || nearest == last { (nearest, least) = (other, square) }
      }
      if nearest == before {
        chain.removeLast(2)
        return (min(last, nearest), max(last, nearest))
      }
      chain.append(nearest)
    }
  }

  /// Joins two clusters under the row of the second: d²(A∪B, C) = ((a + c)·d²(A, C) + (b + c)·d²(B, C) − c·d²(A, B))
  /// / (a + b + c), with the numbers of rows in small letters.
  private mutating func join(_ first: Int, _ second: Int) {
    let (a, b) = (Double(sizes[first]), Double(sizes[second]))
    let between = squares[first, second]
    sizes[second] += sizes[first]
    sizes[first] = 0
    for other in sizes.indices where sizes[other] > 0 && other != second {
      let c = Double(sizes[other])
      squares[other, second] =
        ((a + c) * squares[first, other] + (b + c) * squares[second, other] - c * between) / (a + b + c)
    }
  }
}
