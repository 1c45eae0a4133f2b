import Datasets
import Foundation
import Platform
import Tensors
import VisionTransformer

/// Features kept for the next time, a file for each matrix, named by a hash of all that it depends on.
///
/// What cannot be read or is damaged is taken for none; what cannot be written is done without. When the files are more than
/// `maximumBytes`, those that were not used for longest go.
public struct FeatureCache: Sendable {
  /// Where the files are; made when it is needed.
  public let folder: URL
  /// Bytes that the files may have together.
  public let maximumBytes: Int

  /// Creates a cache.
  public init(folder: URL, maximumBytes: Int = 4 << 30) {
    self.folder = folder
    self.maximumBytes = maximumBytes
  }

  /// The cache of the user, `~/.cache/vitrail/features`; nil where there is no home, or when `VITRAIL_FEATURE_CACHE` is
  /// `off`.
  public static func standard(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> FeatureCache? {
    guard environment["VITRAIL_FEATURE_CACHE"] != "off" else { return nil }
    return UserCache.folder("features", environment).map {
      FeatureCache(folder: URL(filePath: $0, directoryHint: .isDirectory))
    }
  }

  /// Features of the images of a set that could be read.
  package struct Matrix: Sendable {
    /// Features a row.
    package let width: Int
    /// Row-major [rows, width].
    package let values: [Float]
    /// The images that could not be read, ascending, and why.
    package let skipped: [Skipped]

    package init(width: Int, values: [Float], skipped: [Skipped]) {
      self.width = width
      self.values = values
      self.skipped = skipped
    }
  }

  /// An image that could not be read.
  package struct Skipped: Codable, Sendable, Equatable {
    package let index: Int
    package let reason: String

    package init(index: Int, reason: String) {
      self.index = index
      self.reason = reason
    }
  }

  private static let tensorName = "features"
  private static let skippedKey = "skipped"

  /// The matrix of a key, for a set of `count` images; nil when there is none that can be used.
  package func load(_ key: ContentHash, count: Int) -> Matrix? {
    let url = file(for: key)
    guard let file = try? SafetensorsFile(contentsOf: url), file.isVerified,
      let entry = file.entries[Self.tensorName],
      entry.shape.count == 2, let text = file.metadata[Self.skippedKey],
      let skipped = try? JSONDecoder().decode([Skipped].self, from: Data(text.utf8)),
      entry.shape[0] == count - skipped.count, let values = try? file.values(Self.tensorName)
    else { return nil }
    // The time of the last use decides which files go first.
    try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: url.path)
    return Matrix(width: entry.shape[1], values: values.map { Float($0) }, skipped: skipped)
  }

  /// Keeps a matrix.
  package func save(_ matrix: Matrix, as key: ContentHash) {
    let tensor = Tensor(
      shape: [matrix.values.count / matrix.width, matrix.width], values: matrix.values.map { Scalar($0) })
    guard let skipped = try? JSONEncoder().encode(matrix.skipped),
      (try? AtomicFile.createFolder(folder)) != nil,
      (try? SafetensorsFile.write(
        [(Self.tensorName, tensor)], metadata: [Self.skippedKey: String(decoding: skipped, as: UTF8.self)],
        to: file(for: key))) != nil
    else { return }
    removeOldest()
  }

  private func file(for key: ContentHash) -> URL {
    folder.appendingPathComponent(String(format: "%016lx%016lx.safetensors", key.high, key.low))
  }

  private func removeOldest() {
    let keys: Set<URLResourceKey> = [.fileSizeKey, .contentModificationDateKey]
    let urls =
      (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: Array(keys)))
      ?? []
    var files = urls.compactMap { url -> (url: URL, bytes: Int, used: Date)? in
      guard let values = try? url.resourceValues(forKeys: keys), let bytes = values.fileSize,
        let used = values.contentModificationDate
      else { return nil }
      return (url, bytes, used)
    }
    files.sort { $0.used < $1.used }
    var total = files.reduce(0) { $0 + $1.bytes }
    for file in files where total > maximumBytes {
      try? FileManager.default.removeItem(at: file.url)
      total -= file.bytes
    }
  }
}
