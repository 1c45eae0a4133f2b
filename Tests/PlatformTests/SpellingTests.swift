import Testing

import Platform

@Suite("Spelling")
struct SpellingTests {
  @Test func distancesAreThoseOfLevenshtein() {
    for (a, b, distance) in [
      ("kitten", "sitting", 3), ("saturday", "sunday", 3), ("", "", 0), ("", "abc", 3), ("abc", "", 3),
      ("norm", "norm", 0), ("norm", "nrom", 2), ("größe", "große", 1), ("🇩🇪x", "🇫🇷x", 1),
    ] {
      #expect(Spelling.distance(a, b) == distance, "\(a) \(b)")
    }
  }

  /// The definition, without a table.
  private func distance(_ a: Substring, _ b: Substring) -> Int {
    guard let first = a.first, let other = b.first else { return max(a.count, b.count) }
    if first == other { return distance(a.dropFirst(), b.dropFirst()) }
    return 1
      + min(
        distance(a.dropFirst(), b.dropFirst()), distance(a.dropFirst(), b), distance(a, b.dropFirst()))
  }

  @Test func distancesAreThoseOfTheDefinition() {
    var words = [""]
    for _ in 0..<4 { words += words.flatMap { word in ["a", "b"].map { word + $0 } } }
    words = Set(words).sorted()
    #expect(words.count == 31)
    for a in words {
      for b in words {
        let found = Spelling.distance(a, b)
        #expect(found == distance(a[...], b[...]) && found == Spelling.distance(b, a), "\(a) \(b)")
      }
    }
  }

  @Test func theNearestIsWhatWasMeant() {
    let norms = ["layerNorm", "rmsNorm", "scaleNorm", "none"]
    #expect(Spelling.nearest(to: "layernrom", among: norms) == "layerNorm", "case does not count")
    #expect(Spelling.nearest(to: "RMSNORM", among: norms) == "rmsNorm")
    #expect(Spelling.nearest(to: "rmsNorm", among: norms) == "rmsNorm")
    #expect(Spelling.nearest(to: "transformer", among: norms) == nil)
    #expect(Spelling.nearest(to: "x", among: [String]()) == nil)
  }

  /// Two letters may be wrong in a short word, a third of a long one.
  @Test func nearEnoughDependsOnTheLength() {
    #expect(Spelling.nearest(to: "mxx", among: ["mae"]) == "mae")
    #expect(Spelling.nearest(to: "xxx", among: ["mae"]) == nil)
    #expect(Spelling.nearest(to: "abcdefxxx", among: ["abcdefghi"]) == "abcdefghi")
    #expect(Spelling.nearest(to: "abcdexxxx", among: ["abcdefghi"]) == nil)
  }

  /// A suggestion does not depend on the order in which a dictionary gives its keys.
  @Test func amongEquallyNearTheFirstByNameIsTaken() {
    for candidates in [["bat", "cat", "hat"], ["hat", "cat", "bat"], ["cat", "hat", "bat"]] {
      #expect(Spelling.nearest(to: "rat", among: candidates) == "bat")
    }
  }

  @Test func wordsTooLongForNamesAreNotCompared() {
    let longest = String(repeating: "w", count: 200)
    #expect(Spelling.nearest(to: longest, among: [longest]) == longest)
    #expect(Spelling.nearest(to: longest + "w", among: [longest + "w"]) == nil)
    #expect(Spelling.nearest(to: String(repeating: "ü", count: 101), among: ["ü"]) == nil, "bytes count")
  }

  @Test func theRemedyListsWhatIsAllowed() {
    #expect(Spelling.remedy(for: "maee", among: ["mae", "dino"]) == "did you mean 'mae'? allowed: mae, dino")
    #expect(Spelling.remedy(for: "unlike", among: ["mae", "dino"]) == "allowed: mae, dino")
  }
}
