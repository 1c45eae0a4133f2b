import Foundation
import Platform

extension JSONValue {
  /// A number in as many digits as make it again.
  static func exact(_ value: Float) -> JSONValue { .number(Double("\(value)") ?? Double(value)) }

  /// The tree as JSON on lines, keys sorted.
  var indentedText: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    guard let data = try? encoder.encode(self) else { preconditionFailure("a tree is always JSON") }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
