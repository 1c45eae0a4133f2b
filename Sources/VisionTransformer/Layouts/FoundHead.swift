import Platform

/// The classification head beside an encoder of another library: one linear layer of its features.
struct FoundHead {
  /// Names of the classes, in the order of the outputs.
  let classNames: [String]
  /// What gives each of Vitrail's parameters its values.
  let rules: [TensorRule]

  /// Looks beside an encoder; nil where there is none that makes two classes or more of one vector of its width.
  init?(beside encoder: FoundEncoder, in shapes: [String: [Int]], named given: [String]?) {
    guard let name = encoder.layout.head else { return nil }
    // Below the encoder's prefix in timm, beside it in transformers.
    let parent = encoder.prefix.split(separator: ".").dropLast().map { "\($0)." }.joined()
    guard
      let prefix = [encoder.prefix, parent].first(where: { prefix in
        guard let shape = shapes["\(prefix)\(name).weight"] else { return false }
        return shape.count == 2 && shape[0] > 1 && shape[1] == encoder.width
          && [nil, [shape[0]]].contains(shapes["\(prefix)\(name).bias"])
      }), let classCount = shapes["\(prefix)\(name).weight"]?[0]
    else { return nil }
    var builder = RuleBuilder(prefix: prefix) { shapes[$0] != nil }
    builder.addLinear("head", name, outputs: classCount, inputs: encoder.width)
    rules = builder.rules
    let names = given ?? []
    let fits = names.count == classCount && Set(names).count == classCount
    classNames = fits ? names : (0..<classCount).map { "class \($0)" }
  }

  /// What a run would have written of such a classifier.
  var objective: [String: JSONValue] {
    [
      "kind": .string("classification"), "classes": .array(classNames.map(JSONValue.string)),
      "norm": .string("tokens"),
    ]
  }
}
