import Platform
import Testing

@Suite("Names of variants")
struct VariantNameTests {
  private enum Place: String, Codable, CaseIterable { case sinCos2D, none }

  private let names = ["mocoV3", "mae"]

  @Test(arguments: ["mocoV3", "moco", "MoCo", "MoCo v3", "moco-v3", "MOCO_V3"])
  func aliasesCaseAndDashesAreOneName(_ name: String) throws {
    let found = try findVariant(
      name, among: names, named: { $0 }, aliases: { $0 == "mocoV3" ? ["moco"] : [] }, kind: "objective",
      at: "here")
    #expect(found == "mocoV3")
  }

  @Test func anUnknownNameIsRefusedWithTheNearest() throws {
    let failure = try #require(throws: Failure.self) {
      try findVariant("maee", among: names, named: { $0 }, kind: "objective", at: "here")
    }
    #expect(failure.remedy.contains("did you mean 'mae'"))
  }

  @Test func namesOfClosedSetsAreReadAlike() throws {
    func place(_ text: String) throws -> Place {
      try StrictDecoder.decode([Place].self, from: .array([.string(text)]), at: "here")[0]
    }
    #expect(try place("sincos2d") == .sinCos2D && place("None") == .none && place("sin-cos-2D") == .sinCos2D)
    let failure = try #require(throws: Failure.self) { try place("rotary") }
    #expect(failure.problem.contains("one of sinCos2D, none"))
  }
}
