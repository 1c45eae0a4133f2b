import ArgumentParser
import Platform

/// A word where the name of a sub-command belongs, and that is none.
struct UnknownCommand: CustomStringConvertible {
  let word: String
  /// The commands before it.
  let path: [String]
  let allowed: [String]

  /// Follows the sub-commands that the arguments name, from the root.
  static func find(_ arguments: [String], below root: any ParsableCommand.Type) -> UnknownCommand? {
    var command = root
    var path = [name(root)]
    for word in arguments {
      let children = command.configuration.subcommands
      guard !children.isEmpty, !word.hasPrefix("-"), word != "help" else { return nil }
      let names = children.map(name)
      guard let index = names.firstIndex(of: word) else {
        return UnknownCommand(word: word, path: path, allowed: names)
      }
      command = children[index]
      path.append(word)
    }
    return nil
  }

  private static func name(_ command: any ParsableCommand.Type) -> String { command._commandName }

  var description: String {
    let place = path.joined(separator: " ")
    return
      "unknown command '\(word)' · \(place) · \(Spelling.remedy(for: word, among: allowed)); see \(place) --help"
  }
}
