import Foundation
import Platform
import Testing

@Suite("Strict decoding")
struct StrictDecoderTests {
  private struct Model: Codable, Equatable {
    var width = 192
    var norm: String?
    var blocks: [Block] = []
  }

  private struct Block: Codable, Equatable {
    var heads: Int
    var scale: Double?
  }

  private enum Pooling: String, Codable, CaseIterable { case mean, classToken }

  private func decode<T: Decodable>(_ type: T.Type, _ json: String) throws -> T {
    let tree = try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))
    return try StrictDecoder.decode(type, from: tree, at: "recipe.yaml")
  }

  private func failure<T: Decodable>(_ type: T.Type, _ json: String) throws -> Failure {
    try #require(throws: Failure.self) { try decode(type, json) }
  }

  @Test func knownKeysAreDecodedAndAbsentOnesAreNil() throws {
    let model = try decode(Model.self, #"{"width": 8, "blocks": [{"heads": 2}, {"heads": 4, "scale": 1}]}"#)
    #expect(model == Model(width: 8, norm: nil, blocks: [Block(heads: 2), Block(heads: 4, scale: 1)]))
    #expect(try decode(Model.self, #"{"width": 8, "norm": null, "blocks": []}"#) == Model(width: 8))
  }

  @Test func anUnknownKeyIsNamedWithItsPathAndTheNearest() throws {
    let outer = try failure(Model.self, #"{"wdith": 8, "width": 8, "blocks": [{"heads": 2, "odd": 1}]}"#)
    #expect(outer.problem == "unknown key 'wdith'" && outer.place == "recipe.yaml: wdith")
    #expect(outer.remedy == "did you mean 'width'? allowed: width, norm, blocks")
    let inner = try failure(Model.self, #"{"width": 8, "blocks": [{"heads": 2}, {"heads": 4, "head": 1}]}"#)
    #expect(inner.place == "recipe.yaml: blocks.1.head" && inner.remedy.hasPrefix("did you mean 'heads'?"))
    let strange = try failure(Model.self, #"{"width": 8, "blocks": [], "temperature": 1}"#)
    #expect(strange.remedy == "allowed: width, norm, blocks", "nothing is near")
  }

  /// The same file has the same first error, whatever the order in which a dictionary holds its keys.
  @Test func theFirstUnknownKeyIsThatOfTheOutermostGroupByName() throws {
    for _ in 0..<20 {
      let found = try failure(
        Model.self, #"{"width": 8, "blocks": [{"heads": 1, "a": 1}], "z": 1, "b": 2, "c": 3}"#)
      #expect(found.place == "recipe.yaml: b")
    }
  }

  @Test func keysOfADictionaryAreFree() throws {
    #expect(try decode([String: Int].self, #"{"a": 1, "ü": 2}"#) == ["a": 1, "ü": 2])
    #expect(
      try failure([String: Block].self, #"{"a": {"heads": 1, "tails": 1}}"#).place == "recipe.yaml: a.tails")
  }

  @Test func aMissingKeyIsNamed() throws {
    let missing = try failure(Model.self, #"{"width": 8, "blocks": [{"heads": 2}, {"scale": 4}]}"#)
    #expect(
      missing == Failure("a required key is missing", at: "recipe.yaml: blocks.1.heads", mend: "add it"))
    let atRoot = try failure(Block.self, "{}")
    #expect(atRoot.place == "recipe.yaml: heads")
  }

  @Test func aWrongTypeSaysWhatWasFoundAndWhatIsWanted() throws {
    for (json, problem) in [
      (#"{"heads": "two"}"#, "found 'two', wanted a whole number"),
      (#"{"heads": true}"#, "found true, wanted a whole number"),
      (#"{"heads": 1.5}"#, "found 1.5, wanted a whole number"),
      (#"{"heads": null}"#, "found null, wanted a whole number"),
      (#"{"heads": [1]}"#, "found a list, wanted a whole number"),
      (#"{"heads": {"a": 1}}"#, "found a group of keys, wanted a whole number"),
    ] {
      let failure = try failure(Block.self, json)
      #expect(failure == Failure(problem, at: "recipe.yaml: heads", mend: "correct the value"))
    }
    #expect(try failure(Block.self, "[]").problem == "found a list, wanted a group of keys")
    #expect(try failure(Block.self, "[]").place == "recipe.yaml")
    #expect(try failure([Int].self, "7").problem == "found 7, wanted a list")
    #expect(try failure([Int].self, #"[1, 2, "x"]"#).place == "recipe.yaml: 2")
    #expect(try failure([Bool].self, #"["true"]"#).problem == "found 'true', wanted true or false")
    #expect(try failure([Bool].self, "[1]").problem == "found 1, wanted true or false")
    #expect(try failure([String].self, "[1]").problem == "found 1, wanted text")
  }

  @Test func wholeNumbersFitTheirTypeExactly() throws {
    func whole<I: FixedWidthInteger & Decodable>(_: I.Type, _ value: JSONValue) -> I? {
      try? StrictDecoder.decode([I].self, from: .array([value]), at: "here")[0]
    }
    #expect(whole(UInt8.self, .integer(255)) == 255 && whole(UInt8.self, .integer(256)) == nil)
    #expect(whole(Int8.self, .integer(-128)) == -128 && whole(Int8.self, .integer(-129)) == nil)
    #expect(whole(UInt64.self, .integer(-1)) == nil && whole(UInt.self, .integer(0)) == 0)
    #expect(whole(Int.self, .number(3)) == 3 && whole(Int.self, .number(3.000001)) == nil)
    #expect(whole(Int64.self, .number(0x1p62)) == 1 << 62 && whole(Int64.self, .number(0x1p63)) == nil)
    #expect(whole(UInt64.self, .number(0x1p63)) == 1 << 63)
    for number in [Double.nan, .infinity, -.infinity] { #expect(whole(Int.self, .number(number)) == nil) }
    let negative = try failure([UInt16].self, "[-1]")
    #expect(negative.problem == "found -1, wanted a whole number, not negative")
  }

  @Test func numbersAreFiniteInTheirPrecision() throws {
    func decode<T: Decodable>(_: T.Type, _ value: JSONValue) throws -> T {
      try StrictDecoder.decode([T].self, from: .array([value]), at: "here")[0]
    }
    #expect(try decode(Double.self, .integer(3)) == 3 && decode(Float.self, .number(0.1)) == 0.1)
    for number in [Double.nan, .infinity, -.infinity] {
      let failure = try #require(throws: Failure.self) { try decode(Double.self, .number(number)) }
      #expect(failure.problem.hasSuffix("wanted a finite number"))
    }
    #expect(try decode(Double.self, .number(1e39)) == 1e39)
    let failure = try #require(throws: Failure.self) { try decode(Float.self, .number(1e39)) }
    #expect(
      failure.problem == "found 1e+39, wanted a number of single precision" && failure.place == "here: 0")
  }

  @Test func namesOfAClosedSetAreRefusedWithAllThatThereAre() throws {
    #expect(try decode([Pooling].self, #"["mean", "class-token"]"#) == [.mean, .classToken])
    let unknown = try failure([Pooling].self, #"["median"]"#)
    #expect(
      unknown.problem == "found 'median', wanted one of mean, classToken" && unknown.place == "recipe.yaml: 0"
    )
    #expect(try failure([Pooling].self, "[3]").problem == "found 3, wanted text")
  }

  /// What a type checks itself while it is decoded keeps its own words.
  private struct Even: Decodable {
    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer().decode(Int.self)
      guard value.isMultiple(of: 2) else {
        throw Failure("\(value) is odd", at: "elsewhere", mend: "double it")
      }
    }
  }

  @Test func failuresOfTheTypesThemselvesPass() throws {
    #expect(try failure([Even].self, "[2, 3]") == Failure("3 is odd", at: "elsewhere", mend: "double it"))
  }

  /// Two values of a list by position, then the group that a class inherits from.
  private struct Pair: Decodable {
    let first: Int
    let second: Int
    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      first = try container.decode(Int.self)
      second = try container.decode(Int.self)
    }
  }

  @Test func aListThatEndsEarlyIsNamed() throws {
    #expect(try decode(Pair.self, "[1, 2]").second == 2)
    #expect(try failure(Pair.self, "[1]").problem == "found a list, wanted a longer list")
  }

  private struct Nested: Decodable {
    let value: Int
    private enum Key: CodingKey { case group, value }
    init(from decoder: any Decoder) throws {
      let group = try decoder.container(keyedBy: Key.self).nestedContainer(keyedBy: Key.self, forKey: .group)
      value = try group.decode(Int.self, forKey: .value)
    }
  }

  @Test func nestedContainersAreAsStrict() throws {
    #expect(try decode(Nested.self, #"{"group": {"value": 5}}"#).value == 5)
    #expect(try failure(Nested.self, #"{"group": {"value": 5, "x": 1}}"#).place == "recipe.yaml: group.x")
    #expect(try failure(Nested.self, #"{"group": {"value": []}}"#).place == "recipe.yaml: group.value")
    #expect(try failure(Nested.self, #"{"group": 1}"#).problem == "found 1, wanted a group of keys")
  }

  @Test func theSeparatorJoinsPlaceAndPath() throws {
    let failure = try #require(throws: Failure.self) {
      try StrictDecoder.decode(
        Block.self, from: .object(["heads": .object([:])]), at: "model.norm", separator: ".")
    }
    #expect(failure.place == "model.norm.heads")
  }
}
