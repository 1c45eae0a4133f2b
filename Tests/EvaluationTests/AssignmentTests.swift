import Evaluation
import Testing

@Suite struct AssignmentTests {
  @Test func agreesWithScipy() throws {
    for golden in try ScoresGolden.load().assignments {
      let found = Assignment.minimizing(golden.costs, rows: golden.rows, columns: golden.columns)
      #expect(found == golden.found)
      let total = found.enumerated().reduce(0.0) { sum, match in
        sum + (match.element.map { golden.costs[match.offset * golden.columns + $0] } ?? 0)
      }
      #expect(abs(total - golden.total) <= 1e-12)
    }
  }

  @Test func noOrderOfFiveIsBetter() {
    var noise = Noise(seed: 4)
    let costs = (0..<25).map { _ in Double(noise.next()) }
    func least(_ row: Int, _ used: Set<Int>) -> Double {
      guard row < 5 else { return 0 }
      return (0..<5).filter { !used.contains($0) }
        .map { costs[row * 5 + $0] + least(row + 1, used.union([$0])) }.min() ?? 0
    }
    let found = Assignment.minimizing(costs, rows: 5, columns: 5).compactMap { $0 }
    #expect(Set(found).count == 5)
    #expect(
      abs(found.enumerated().reduce(0) { $0 + costs[$1.offset * 5 + $1.element] } - least(0, [])) <= 1e-12)
  }

  @Test func equalCostsStillMatchOneToOne() {
    #expect(Set(Assignment.minimizing([Double](repeating: 2, count: 12), rows: 3, columns: 4)).count == 3)
    let tall = Assignment.minimizing([Double](repeating: -1, count: 12), rows: 4, columns: 3)
    #expect(tall.count { $0 == nil } == 1 && Set(tall).count == 4)
  }
}
