import Datasets
import Foundation
import Platform

/// Fingerprints of the files of stored features, kept in `origin.json`.
struct FeatureDigests: Codable {
  /// By name of the file.
  private let files: [String: String]

  /// Those of files that are to be written.
  init(_ files: [(name: String, data: Data)]) {
    self.files = Dictionary(uniqueKeysWithValues: files.map { ($0.name, Self.digest(of: $0.data)) })
  }

  /// Those that a folder keeps; nil where it keeps none.
  init?(of folder: URL) {
    guard let data = try? Data(contentsOf: FeatureOrigin.file(in: folder)),
      let found = try? JSONDecoder().decode(FeatureDigests.self, from: data)
    else { return nil }
    self = found
  }

  /// What `origin.json` holds of them.
  var json: JSONValue { .encoding(self) }

  /// Checks that the files are those that were written together.
  ///
  /// - Throws: `Failure` naming the first that is another, or is not there.
  func check(_ folder: URL) throws(Failure) {
    for (name, digest) in files.sorted(by: { $0.key < $1.key }) {
      let file = folder.appendingPathComponent(name)
      let data = try? Data(contentsOf: file, options: .mappedIfSafe)
      guard data.map(Self.digest(of:)) == digest else {
        throw Failure(
          data == nil
            ? "the file is missing that was written with origin.json"
            : "not the file that was written with origin.json: damaged, changed, or left by a write that was cut short",
          at: file.path,
          mend: "write the folder again with vitrail embed; or remove origin.json, if the change was meant")
      }
    }
  }

  private static func digest(of data: Data) -> String {
    let hash = data.withUnsafeBytes { ContentHash(of: $0) }
    return String(format: "%016lx%016lx", hash.high, hash.low)
  }
}
