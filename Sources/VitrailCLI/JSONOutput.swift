import ArgumentParser
import Foundation
import Platform

/// `--json` and `--json-file`, which mean the same in every command.
struct JSONOutput: ParsableArguments {
  @Flag(help: "Print JSON to standard output, and nothing else there.")
  var json = false
  @Option(help: "Also write the JSON to this file; default: none is written.")
  var jsonFile: String?

  /// Whether standard output is for text.
  var isText: Bool { !json }
  /// Whether JSON is wanted anywhere.
  var isWanted: Bool { json || jsonFile != nil }

  /// Says how a command ended: prints `text`, or with `--json` the document instead, and writes `--json-file`.
  func tell(
    _ text: @autoclosure () throws -> String, json document: @autoclosure () throws -> String
  ) throws {
    let text = try json ? "" : text()
    if !text.isEmpty { print(text.printableLines) }
    guard isWanted else { return }
    let document = try document().trimmingCharacters(in: .newlines) + "\n"
    if json { print(document, terminator: "") }
    if let jsonFile { try AtomicFile.write(Data(document.utf8), to: URL(fileURLWithPath: jsonFile)) }
  }

  /// The same with the JSON of a value, on one line.
  func tell(_ text: @autoclosure () throws -> String, _ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try tell(try text(), json: String(decoding: encoder.encode(value), as: UTF8.self))
  }

  /// `--json FILE` and `--json -`, as some commands once took them, in today's spelling.
  static func rewritingOldSpelling(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument != "--" else { return result + [argument] + rest }
      var file: Substring?
      if argument == "--json", let next = rest.first, isFile(next) {
        file = Substring(next)
        rest = rest.dropFirst()
      } else if argument.hasPrefix("--json=") {
        file = argument.dropFirst("--json=".count)
      }
      switch file {
      case nil: result.append(argument)
      case "-"?: result.append("--json")
      case let path?: result += ["--json-file", String(path)]
      }
    }
    return result
  }

  private static func isFile(_ word: String) -> Bool { word == "-" || word.hasSuffix(".json") }
}
