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
}
