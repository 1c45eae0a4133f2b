import Platform

/// What a classifier says of one image.
struct Prediction {
  private let path: String
  private let probabilities: [Float]
  private let classNames: [String]
  /// The classes, the most likely first; of equal ones the first.
  private let order: [Int]

  init(_ path: String, _ probabilities: [Float], _ classNames: [String]) {
    self.path = path
    self.probabilities = probabilities
    self.classNames = classNames
    order = probabilities.indices.sorted { (-probabilities[$0], $0) < (-probabilities[$1], $1) }
  }

  /// Path, class and all probabilities, for a table.
  var row: [String] { [path, classNames[order[0]]] + probabilities.map { "\($0)" } }

  /// The most likely classes in per cent, a line each.
  func table(top: Int) -> String {
    order.prefix(top).map { place in
      let text = fixed(Double(probabilities[place]) * 100, 2)
      return String(repeating: " ", count: max(0, 6 - text.count)) + text + " %  " + classNames[place]
    }.joined(separator: "\n")
  }

  /// Path, class and the most likely classes.
  func json(top: Int) -> JSONValue {
    .object([
      "path": .string(path), "class": .string(classNames[order[0]]),
      "top": .array(
        order.prefix(top).map { place in
          .object([
            "class": .string(classNames[place]), "probability": .encoding(probabilities[place]),
          ])
        }),
    ])
  }
}
