import CRecipes

/// What the keys of recipes and options mean: the doc comments of their declarations, which a test holds against
/// Sources/CRecipes/keys.tsv.
enum KeyMeanings {
  /// Keys and meanings of a type, in the order of their declaration.
  static func keys(of type: Any.Type) -> [(key: String, meaning: String)] {
    // Module.Outer<Argument>.Options → Outer.Options
    let name = String(reflecting: type).replacing(/<.*>/, with: "").replacing(/^\w+\./, with: "")
    return all[name] ?? []
  }

  private static let all: [String: [(key: String, meaning: String)]] = {
    var meanings: [String: [(key: String, meaning: String)]] = [:]
    for line in String(cString: embedded_key_meanings()).split(separator: "\n") {
      let fields = line.split(separator: "\t", maxSplits: 2).map(String.init)
      if fields.count == 3 { meanings[fields[0], default: []].append((fields[1], fields[2])) }
    }
    return meanings
  }()
}
