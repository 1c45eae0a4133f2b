import Platform
import Testing

/// A seam of its own: what a registry does with names and options is the same for all.
private protocol Meal: Variant, Sendable {
  init(options: Options)
  var portions: Int { get }
}

private struct Soup: Meal {
  struct Options: DefaultedOptions {
    var portions = 2
    static let ranges: [String: KeyRange] = ["portions": .from(1, to: 9)]
  }
  static let name = "soup"
  static let summary = "is drunk", source = "a cook, 1900"
  let portions: Int
  init(options: Options) { portions = options.portions }
}

private struct Salad: Meal {
  static let name = "greenSalad"
  static let summary = "is green", source = "a cook, 1901"
  static let aliases = ["lettuce"]
  let portions = 1
  init(options: NoOptions) {}
}

private struct Stew: Meal {
  static let name = "stew"
  static let summary = "is added", source = "a cook, 1902"
  let portions = 7
  init(options: NoOptions) {}
}

extension Selection<any Meal.Type> {
  fileprivate func make() -> any Meal {
    func make<M: Meal>(_: M.Type) -> any Meal { M(options: options(of: M.self)) }
    let type: any Meal.Type = type
    return make(type)
  }
}

@Suite("Registry")
struct RegistryTests {
  private let meals = Registry<any Meal.Type>("meal", [Soup.self, Salad.self]) { $0 }

  private func failure(_ choice: Choice) throws -> Failure {
    try #require(throws: Failure.self) { try meals.select(choice, at: "menu.first") }
  }

  @Test func optionsAreDecodedOverTheDefaults() throws {
    #expect(try meals.select("soup", at: "menu").make().portions == 2)
    let chosen = try meals.select(Choice("soup", options: ["portions": .integer(5)]), at: "menu")
    #expect(chosen.make().portions == 5 && chosen.options(of: Soup.self).portions == 5)
    #expect(chosen.type == Soup.self && chosen.place == "menu")
  }

  @Test(arguments: ["greenSalad", "lettuce", "Green-Salad", "LETTUCE"])
  func aliasesCaseAndDashesAreOneName(_ name: String) throws {
    #expect(try meals.select(Choice(name), at: "menu").type == Salad.self)
    #expect(try meals.named(name, at: "menu") == Salad.self)
    #expect(meals.registeredName(of: name) == "greenSalad")
  }

  @Test func anUnknownNameIsRefusedWithTheNearest() throws {
    #expect(meals.registeredName(of: "sop") == nil)
    let failure = try failure("sop")
    #expect(failure.problem == "unknown meal 'sop'" && failure.place == "menu.first")
    #expect(failure.remedy.hasPrefix("did you mean 'soup'?") && failure.remedy.contains("greenSalad"))
  }

  @Test func unknownAndImpossibleOptionsAreRefused() throws {
    let unknown = try failure(Choice("soup", options: ["portion": .integer(1)]))
    #expect(unknown.problem == "unknown key 'portion'" && unknown.place == "menu.first.portion")
    #expect(unknown.remedy.hasPrefix("did you mean 'portions'?"))
    let many = try failure(Choice("soup", options: ["portions": .integer(10)]))
    #expect(many.problem == "portions is 10" && many.place == "menu.first.portions")
    let bare = try failure(Choice("lettuce", options: ["portions": .integer(1)]))
    #expect(bare.problem == "unknown key 'portions'" && bare.place == "menu.first.portions")
    #expect(bare.remedy == "leave it out: there is nothing to set")
  }

  @Test func otherOptionsAreNamedByTheChoice() throws {
    let chosen = try meals.select("soup", at: "menu")
    var options = chosen.options(of: Soup.self)
    #expect(chosen.replacing(options, of: Soup.self).choice == "soup")
    options.portions = 8
    let other = chosen.replacing(options, of: Soup.self)
    #expect(other.choice == Choice("soup", options: ["portions": .integer(8)]))
    #expect(other.make().portions == 8 && other.place == "menu")
  }

  @Test func aProgramMayAddItsOwn() throws {
    var own = meals
    own.append(Stew.self)
    #expect(try own.select("stew", at: "menu").make().portions == 7)
    #expect(own.variants.map { $0.name } == ["soup", "greenSalad", "stew"])
    #expect(own.count == 3 && own[0] == Soup.self && meals.count == 2)
    #expect(throws: Failure.self) { try meals.select("stew", at: "menu") }
  }
}
