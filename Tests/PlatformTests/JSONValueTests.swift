import Foundation
import Platform
import Testing

@Suite("JSON trees")
struct JSONValueTests {
  private func parsed(_ text: String) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
  }

  @Test func everyKindIsToldApart() throws {
    let tree = try parsed(#"{"a": [null, true, 1, 0, 1.5, "1", "", [], {}], "b": {"c": false}}"#)
    #expect(
      tree
        == .object([
          "a": .array([
            .null, .bool(true), .integer(1), .integer(0), .number(1.5), .string("1"), .string(""), .array([]),
            .object([:]),
          ]), "b": .object(["c": .bool(false)]),
        ]))
  }

  @Test func wholeNumbersAreExactAsFarAsTheyFit() throws {
    #expect(try parsed("9223372036854775807") == .integer(.max))
    #expect(try parsed("-9223372036854775808") == .integer(.min))
    #expect(try parsed("9007199254740993") == .integer(9_007_199_254_740_993), "beyond what a Double holds")
    #expect(try parsed("9223372036854775808") == .number(0x1p63))
    for value in [Int.max, .min, 0, -1, 1 << 53 + 1] {
      #expect(try parsed(JSONValue.integer(value).text) == .integer(value))
    }
  }

  @Test(arguments: [
    0.1, 1.0 / 3, -1.5e-300, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude,
    1.5.nextUp, 1e-7, 0x1p-1074, 123_456.789, 1e300,
  ])
  func numbersKeepAllTheirBits(_ value: Double) throws {
    #expect(try parsed(JSONValue.number(value).text) == .number(value))
    #expect(try parsed(JSONValue.number(-value).text) == .number(-value))
  }

  @Test func aNumberThatIsWholeIsANumberStill() throws {
    for value in [3.0, -7, 1e15, 0, -0.0] {
      #expect(try parsed(JSONValue.number(value).text).number == value)
    }
  }

  @Test(arguments: [
    "", " ", "\"", "\\", "\\\"", "/", "a/b\\c", "\n\r\t", "\u{0}\u{1}\u{1F}\u{7F}", "\u{2028}\u{2029}",
    "\u{FEFF}",
    "größe", "e\u{301}", "日本語", "👩‍👩‍👧‍👦🇩🇪", "\u{10FFFF}", "${HOME} 'x' `y`", "\r\n",
  ])
  func oddTextAndKeysComeBackAsTheyWere(_ text: String) throws {
    let tree = JSONValue.object([text: .string(text), "other": .array([.string(text)])])
    let line = tree.text
    #expect(!line.contains { $0.isNewline && !"\u{2028}\u{2029}".contains($0) }, "one line")
    let back = try parsed(line)
    #expect(back == tree)
    #expect(
      back[text]?.string.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars), "scalar by scalar")
  }

  @Test func textThatIsNoJSONIsRefused() {
    for text in ["", "{", #"{"a":}"#, "[1,,2]", "nul", "01", "NaN", "1 2", #""\ud800""#, #"{"a" 1}"#] {
      #expect(throws: (any Error).self, "\(text)") { try parsed(text) }
    }
  }

  @Test func keysAreSortedAndSlashesPlain() {
    let tree = JSONValue.object(["b": .string("x/y"), "a": .object(["z": .null, "A": .bool(true)])])
    #expect(tree.text == #"{"a":{"A":true,"z":null},"b":"x/y"}"#)
  }

  /// SplitMix64 (Steele et al., 2014): the same trees in every run.
  private struct Draws: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private func tree(_ draws: inout Draws, depth: Int = 0) -> JSONValue {
    let names = ["kind", "a", "b", "ü", "\"", ""]
    switch Int.random(in: 0..<(depth < 4 ? 8 : 5), using: &draws) {
    case 0: return .null
    case 1: return .bool(.random(using: &draws))
    case 2: return .integer(Int.random(in: .min ... .max, using: &draws))
    case 3: return .number(Double.random(in: 0.1..<0.9, using: &draws) - 2)
    case 4: return .string(names[Int.random(in: 0..<6, using: &draws)])
    case 5:
      return .array((0..<Int.random(in: 0..<4, using: &draws)).map { _ in tree(&draws, depth: depth + 1) })
    default:
      var entries: [String: JSONValue] = [:]
      for name in names where Bool.random(using: &draws) { entries[name] = tree(&draws, depth: depth + 1) }
      return .object(entries)
    }
  }

  @Test func treesComeBackAsTheyWere() throws {
    var draws = Draws(state: 5)
    for _ in 0..<1000 {
      let tree = tree(&draws)
      #expect(try parsed(tree.text) == tree)
    }
  }

  @Test func layingATreeOverItselfChangesNothing() {
    var draws = Draws(state: 6)
    for _ in 0..<1000 {
      let (tree, other) = (tree(&draws), tree(&draws))
      #expect(tree.overlaid(with: tree) == tree)
      let laid = tree.overlaid(with: other)
      #expect(laid.overlaid(with: other) == laid)
    }
  }

  @Test func objectsMergeKeyByKeyAndAllElseIsReplaced() throws {
    for (below, above, merged) in [
      (
        #"{"a": 1, "b": {"c": 2, "d": 3}}"#, #"{"b": {"d": 4, "e": 5}}"#,
        #"{"a": 1, "b": {"c": 2, "d": 4, "e": 5}}"#
      ),
      (#"{"a": [1, 2, 3]}"#, #"{"a": [4]}"#, #"{"a": [4]}"#),
      (#"{"a": {"b": 1}}"#, #"{"a": null}"#, #"{"a": null}"#),
      (#"{"a": 1}"#, "{}", #"{"a": 1}"#),
      (#"{"a": 1}"#, "7", "7"),
      ("7", #"{"a": 1}"#, #"{"a": 1}"#),
      ("null", #"{"a": 1}"#, #"{"a": 1}"#),
    ] {
      #expect(try parsed(below).overlaid(with: parsed(above)) == parsed(merged), "\(below) \(above)")
    }
  }

  /// Options belong to their kind.
  @Test func anotherKindTakesNoOptionsOver() throws {
    for (below, above, merged) in [
      (#"{"kind": "a", "x": 1}"#, #"{"kind": "b", "y": 2}"#, #"{"kind": "b", "y": 2}"#),
      (#"{"kind": "a", "x": 1}"#, #"{"kind": "a", "y": 2}"#, #"{"kind": "a", "x": 1, "y": 2}"#),
      (#"{"kind": "a", "x": 1}"#, #"{"y": 2}"#, #"{"kind": "a", "x": 1, "y": 2}"#),
      (#"{"kind": "a", "x": 1}"#, #""b""#, #""b""#),
      (#""a""#, #"{"y": 2}"#, #"{"kind": "a", "y": 2}"#),
      (#""a""#, #"{"kind": "b", "y": 2}"#, #"{"kind": "b", "y": 2}"#),
      (#"{"x": 1}"#, #"{"kind": "b"}"#, #"{"kind": "b", "x": 1}"#),
      (
        #"{"norm": {"kind": "a", "x": 1}, "z": 0}"#, #"{"norm": {"kind": "b"}}"#,
        #"{"norm": {"kind": "b"}, "z": 0}"#
      ),
    ] {
      #expect(try parsed(below).overlaid(with: parsed(above)) == parsed(merged), "\(below) \(above)")
    }
  }

  private struct Options: Codable, Equatable {
    var rate = 0.5
    var count = 3
    var name: String?
    var nested: [String: [Bool]] = ["a": [true]]
  }

  @Test func valuesBecomeTreesWithoutTheKeysThatAreNil() {
    #expect(
      JSONValue.encoding(Options())
        == .object([
          "rate": .number(0.5), "count": .integer(3), "nested": .object(["a": .array([.bool(true)])]),
        ]))
    #expect(JSONValue.encoding("x") == .string("x") && JSONValue.encoding([Int]()) == .array([]))
  }

  @Test func partsAreReadByKind() {
    let tree = JSONValue.object(["a": .integer(2), "b": .number(0.5), "c": .string("x"), "d": .null])
    #expect(tree["a"]?.number == 2 && tree["b"]?.number == 0.5 && tree["c"]?.number == nil)
    #expect(tree["c"]?.string == "x" && tree["a"]?.string == nil && tree["d"] == .null && tree["e"] == nil)
    #expect(JSONValue.array([])["a"] == nil && JSONValue.string("a")["a"] == nil)
  }

  @Test func aSummaryIsShort() {
    let values: [JSONValue] = [
      .null, .bool(true), .integer(-3), .number(1.5), .string("x"), .array([]), .object([:]),
    ]
    #expect(values.map(\.summary) == ["null", "true", "-3", "1.5", "'x'", "a list", "a group of keys"])
  }
}
