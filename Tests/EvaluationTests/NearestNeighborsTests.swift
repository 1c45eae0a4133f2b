import Evaluation
import Testing

@Suite struct NearestNeighborsTests {
  /// All similarities in Float64, sorted.
  private func naive(_ bank: [Float], _ queries: [Float], width: Int) -> [[(Double, Int)]] {
    func rows(_ values: [Float]) -> [[Double]] {
      stride(from: 0, to: values.count, by: width).map { base in
        let row = values[base..<(base + width)].map(Double.init)
        let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return row.map { length > 0 ? $0 / length : 0 }
      }
    }
    let bankRows = rows(bank)
    return rows(queries).map { query in
      bankRows.enumerated().map { index, row in (zip(query, row).reduce(0) { $0 + $1.0 * $1.1 }, index) }
        .sorted { ($1.0, $0.1) < ($0.0, $1.1) }
    }
  }

  @Test(arguments: [(1, 1, 1, 1), (5, 3, 2, 9), (63, 130, 17, 10), (1025, 129, 5, 200), (2300, 3, 40, 64)])
  func agreesWithTheDefinition(_ count: Int, _ queryCount: Int, _ width: Int, _ limit: Int) {
    var noise = Noise(seed: UInt64(count))
    let bank = (0..<(count * width)).map { _ in noise.next() - 0.5 }
    let queries = (0..<(queryCount * width)).map { _ in noise.next() - 0.5 }
    let found = NearestNeighbors(bank: bank, width: width).search(queries, limit: limit)
    #expect(found.neighborCount == min(limit, count))
    #expect(found.indices.count == queryCount * found.neighborCount)
    for (query, expected) in naive(bank, queries, width: width).enumerated() {
      let places = (query * found.neighborCount)..<((query + 1) * found.neighborCount)
      #expect(Set(found.indices[places]).count == places.count)
      let exact = Dictionary(uniqueKeysWithValues: expected.map { ($1, $0) })
      for (place, wanted) in zip(places, expected) {
        // Rounding may swap rows whose similarities agree to 1e-6; never others.
        #expect(abs(Double(found.similarities[place]) - wanted.0) <= 1e-6)
        #expect(abs((exact[found.indices[place]] ?? 9) - wanted.0) <= 1e-6)
      }
    }
  }

  @Test func agreesWithScikitLearn() throws {
    let golden = try Golden.load()
    let found = NearestNeighbors(bank: golden.train, width: golden.width)
      .search(Array(golden.test[..<(5 * golden.width)]), limit: 20)
    #expect(found.indices == golden.neighbors.indices)
    #expect(
      largestDifference(
        found.similarities.map(Double.init), golden.neighbors.similarities.map(Double.init)) <= 1e-6)
  }

  @Test func equalRowsComeInOrderWhereverTheyStand() {
    // Sixteen quarters: unit length and exact products, since the order of a sum may depend on where a row stands.
    let row = (0..<33).map { Float($0 % 2 == 1 ? 0.25 : 0) }
    let other = (0..<33).map { Float($0 < 16 ? ($0 % 3 == 0 ? -0.25 : 0.25) : 0) }
    let bank = (0..<3001).flatMap { $0 % 10 == 7 ? row : other }
    let queries = [other, row, row].flatMap { $0 }
    let found = NearestNeighbors(bank: bank, width: 33).search(queries, limit: 250)
    let equal = (0..<250).map { 10 * $0 + 7 }
    #expect(Array(found.indices[250..<500]) == equal)
    #expect(Array(found.indices[500...]) == equal)
    #expect(Array(found.indices[..<250]) == Array((0..<3001).filter { $0 % 10 != 7 }.prefix(250)))
  }

  @Test func zeroRowsHaveSimilarityZero() {
    let bank: [Float] = [-1, 0, 0, 0, 2, 0, 0, 0, 1e-30, 1e-30]
    let found = NearestNeighbors(bank: bank, width: 2).search([3, 0, 0, 0], limit: 5)
    #expect(Array(found.indices[..<5]) == [2, 4, 1, 3, 0])
    #expect(found.similarities[0] == 1 && found.similarities[2] == 0 && found.similarities[4] == -1)
    #expect(Array(found.indices[5...]) == [0, 1, 2, 3, 4])
    #expect(found.similarities[5...].allSatisfy { $0 == 0 })
  }

  @Test func threadsDoNotMatter() throws {
    let bank = try clusters(count: 1500, width: 12, classes: 3, seed: 1).values
    let queries = try clusters(count: 700, width: 12, classes: 3, seed: 2).values
    let search = NearestNeighbors(bank: bank, width: 12)
    let one = search.search(queries, limit: 30, threads: 1)
    let four = search.search(queries, limit: 30, threads: 4)
    #expect(one.indices == four.indices)
    #expect(one.similarities == four.similarities)
  }
}
