import Platform
import Testing

@Suite("Ranges of keys")
struct KeyRangeTests {
  @Test func endsBelongToARangeOrNot() {
    #expect(KeyRange.from(0, to: 1).contains(0) && KeyRange.from(0, to: 1).contains(1))
    #expect(!KeyRange.above(0, to: 1).contains(0) && KeyRange.above(0, to: 1).contains(1))
    #expect(KeyRange.from(0, below: 1).contains(0) && !KeyRange.from(0, below: 1).contains(1))
    #expect(!KeyRange.above(0, below: 1).contains(0) && !KeyRange.above(0, below: 1).contains(1))
    #expect(!KeyRange.from(0, to: 1).contains(.nan) && !KeyRange.count.contains(.infinity))
  }

  @Test func rangesReadAsWords() {
    #expect("\(KeyRange.from(1, to: 1024))" == "1 … 1024" && "\(KeyRange.count)" == "1 or more")
    #expect("\(KeyRange.above(0, to: 0.5))" == "above 0, up to 0.5")
    #expect("\(KeyRange.from(0, below: 1))" == "0 … below 1")
    #expect("\(KeyRange.above(0, below: 1))" == "above 0, below 1")
  }

  private struct Options: DefaultedOptions {
    var rate = 0.5
    var counts = [1, 2]
    var limit: Int?
    static let ranges: [String: KeyRange] = ["rate": .share, "counts": .count, "limit": .count]
  }

  private func failure(_ change: (inout Options) -> Void) throws -> Failure {
    var options = Options()
    change(&options)
    return try #require(throws: Failure.self) {
      try located("here") { () throws(Failure) in try options.check() }
    }
  }

  @Test func aNumberOutsideIsNamedWithRangeAndDefault() throws {
    #expect(throws: Never.self) { try Options().check() }
    let rate = try failure { $0.rate = 1.5 }
    #expect(rate == Failure("rate is 1.5", at: "here.rate", mend: "choose 0 … 1; 0.5 is the default"))
    #expect(try failure { $0.counts = [3, 0] }.problem == "counts is [3,0]")
    #expect(try failure { $0.counts = [] }.remedy.contains("one or more"))
    #expect(try failure { $0.limit = -1 }.remedy == "choose 1 or more")
    for value in [Double.nan, .infinity, -.infinity] {
      #expect(try failure { $0.rate = value }.place == "here.rate")
    }
  }
}
