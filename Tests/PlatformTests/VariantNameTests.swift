import Platform
import Testing

@Suite("Names of variants")
struct VariantNameTests {
  private enum MoCo: Variant {
    static let name = "mocoV3"
    static let summary = "contrasts two views", source = "Chen et al., 2021"
    static let aliases = ["moco"]
  }

  private enum MAE: Variant {
    static let name = "mae"
    static let summary = "predicts what is masked", source = "He et al., 2022"
  }

  private static var all: [any Variant.Type] { [MAE.self, MoCo.self] }

  private enum Place: String, Codable, CaseIterable { case sinCos2D, none }

  @Test(arguments: ["mocoV3", "moco", "MoCo", "MoCo v3", "moco-v3", "MOCO_V3"])
  func aliasesCaseAndDashesAreOneName(_ name: String) throws {
    #expect(registeredName(of: name, among: Self.all) == "mocoV3")
    let found = try findVariant(name, among: Self.all, named: { $0.name }, kind: "objective", at: "here")
    #expect(found.name == "mocoV3")
  }

  @Test func anUnknownNameIsRefusedWithTheNearest() throws {
    #expect(registeredName(of: "moko", among: Self.all) == nil)
    let failure = try #require(throws: Failure.self) {
      try findVariant("maee", among: Self.all, named: { $0.name }, kind: "objective", at: "here")
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
