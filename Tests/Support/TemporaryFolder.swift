import Foundation

/// A fresh folder, removed when this value goes away.
public final class TemporaryFolder {
  /// Where it is.
  public let url: URL

  /// Creates the folder.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "vitrail-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The URL of a file in it.
  public func callAsFunction(_ name: String) -> URL { url.appending(path: name) }

  /// Writes a file, with its folders, and gives its URL.
  @discardableResult
  public func write(_ name: String, _ data: Data) throws -> URL {
    let file = self(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
    return file
  }

  /// Writes a text.
  @discardableResult
  public func write(_ name: String, _ text: String) throws -> URL { try write(name, Data(text.utf8)) }
}
