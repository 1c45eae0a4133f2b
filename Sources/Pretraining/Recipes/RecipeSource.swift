import CRecipes
import Foundation
import Platform

/// The text of a recipe or a study, and where it is from.
public struct RecipeSource: Sendable {
  /// What is looked for: each kind has its folder and its files in the executable.
  public enum Kind: String, Sendable {
    case recipe, study
  }

  /// The name: that of the file without its ending.
  public let name: String
  /// The YAML.
  public let text: String
  /// Where it is, for messages.
  public let place: String
  /// The folder that it lies in; nil of those that are built in.
  public let folder: URL?

  /// The text that a name means: of a file, of one in the folders, or of one that is built in.
  ///
  /// - Throws: `Failure` when there is none, or the file cannot be read; `option` is where the name was given.
  static func find(
    _ name: String, _ kind: Kind, in folders: [URL], option: String
  ) throws(Failure) -> RecipeSource {
    let candidates = [URL(fileURLWithPath: name)] + folders.map { $0.appendingPathComponent(name + ".yaml") }
    var isFolder: ObjCBool = false
    for url in candidates
    where FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && !isFolder.boolValue {
      return try RecipeSource(contentsOf: url, kind)
    }
    if let found = builtIn(kind).first(where: { $0.name == name }) { return found }
    throw Failure(
      "no \(kind.rawValue) '\(name.shortened(to: 100))'", at: option,
      mend: "give a file, or: " + Spelling.remedy(for: name, among: available(kind, in: folders).map(\.name)))
  }

  /// Those in the folders, and those that are built in where none of the folders has one of that name.
  static func available(_ kind: Kind, in folders: [URL]) -> [RecipeSource] {
    var names: Set<String> = []
    let inFolders = folders.flatMap { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".yaml") }.sorted()
        .compactMap { try? RecipeSource(contentsOf: folder.appendingPathComponent($0), kind) }
    }
    return (inFolders + builtIn(kind)).filter { names.insert($0.name).inserted }
  }

  /// The first line of the comment at its start.
  public var header: String {
    let line = text.split(separator: "\n").first { $0.hasPrefix("#") }?.dropFirst() ?? ""
    return line.trimmingCharacters(in: .whitespaces)
  }

  private init(name: String, text: String, place: String, folder: URL?) {
    self.name = name
    self.text = text
    self.place = place
    self.folder = folder
  }

  private init(contentsOf url: URL, _ kind: Kind) throws(Failure) {
    let size = (try? FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int) ?? 0
    guard size <= YAMLTree.largestText else {
      throw Failure(
        "a \(kind.rawValue) of \(size) bytes", at: url.path,
        mend: "give a YAML file of at most \(YAMLTree.largestText)")
    }
    guard let text = try? String(contentsOf: url, encoding: .utf8) else {
      throw Failure("cannot read the \(kind.rawValue)", at: url.path, mend: "give a readable UTF-8 file")
    }
    self.init(
      name: url.deletingPathExtension().lastPathComponent, text: text, place: url.path,
      folder: url.deletingLastPathComponent())
  }

  private static func builtIn(_ kind: Kind) -> [RecipeSource] {
    var entry = kind == .recipe ? embedded_recipes() : embedded_studies()
    var sources: [RecipeSource] = []
    while let current = entry?.pointee, let name = current.name, let text = current.text {
      let name = String(cString: name)
      sources.append(
        RecipeSource(
          name: name, text: String(cString: text), place: "the built-in \(kind.rawValue) \(name)", folder: nil
        ))
      entry = entry?.advanced(by: 1)
    }
    return sources
  }
}
