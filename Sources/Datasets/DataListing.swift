import Platform
import Foundation

/// Which images a set holds, in which order and of which classes: enough to notice a change, and to say what it is.
///
/// Images are known by their places below the set's own, so that a set that is moved as a whole stays the same. What is
/// in the files is not looked at.
public struct DataListing: Codable, Sendable, Equatable {
  /// What decides whether two sets are the same.
  public struct Summary: Codable, Sendable, Equatable {
    /// Images of the set.
    public let count: Int
    /// Images of a part.
    let partSize: Int
    /// The fingerprint of all parts.
    let digest: String
  }

  /// Images that follow each other.
  private struct Part: Codable, Sendable, Equatable {
    /// The place of the first.
    let first: String
    /// The fingerprint of all places and classes.
    let digest: String
  }

  /// Parts at most; sets of no more images are told apart image by image.
  private static let maximumParts = 4096

  /// What decides whether two sets are the same.
  public let summary: Summary
  private let parts: [Part]

  /// Lists a set.
  ///
  /// - Parameters:
  ///   - roots: where its images lie; nil: at its own path.
  ///   - older: a listing that this one is to be compared with.
  public init(of source: any ImageSource, roots: [String]? = nil, comparableWith older: Summary? = nil) {
    let count = source.count
    let partSize = max(1, older?.partSize ?? (count + Self.maximumParts - 1) / Self.maximumParts)
    let names = PlaceNames(roots ?? [source.path])
    let classNames = source.classNames
    parts = stride(from: 0, to: count, by: partSize).map { start in
      var bytes: [UInt8] = []
      var first = ""
      for index in start..<min(start + partSize, count) {
        let place = bytes.count
        names.append(source.location(of: index), to: &bytes)
        if index == start { first = String(decoding: bytes[place...], as: UTF8.self) }
        for label in source.labels(of: index) {
          bytes.append(0)
          bytes += classNames[label].utf8
        }
        bytes.append(UInt8(ascii: "\n"))
      }
      return Part(first: first, digest: bytes.withUnsafeBytes { ContentHash(of: $0) }.text)
    }
    let digest = ContentHash(of: parts.map(\.digest).joined()).text
    summary = Summary(count: count, partSize: partSize, digest: digest)
  }

  /// What differs in `other`, a listing that was made to be compared with this one; nil where nothing does.
  ///
  /// `36 images when it was stopped, 27 now; first difference: vert/000.png is missing`.
  public func change(to other: DataListing) -> String? {
    guard let counts = summary.change(to: other.summary) else { return nil }
    guard let place = firstDifference(other) else { return counts }
    return "\(counts); first difference: \(place)"
  }

  private func firstDifference(_ other: DataListing) -> String? {
    guard summary.partSize == other.summary.partSize else { return nil }
    let shared = min(parts.count, other.parts.count)
    let place = (0..<shared).first { parts[$0] != other.parts[$0] } ?? shared
    let old = place < parts.count ? parts[place].first : nil
    let new = place < other.parts.count ? other.parts[place].first : nil
    guard summary.partSize == 1 else {
      return "among the \(summary.partSize) images from \(old ?? new ?? "the end") on"
    }
    if let old, old == new { return "\(old) is of another class" }
    if let old, !other.parts.contains(where: { $0.first == old }) { return "\(old) is missing" }
    if let new, !parts.contains(where: { $0.first == new }) { return "\(new) is new" }
    return old.map { "\($0) has another place in the order" }
  }
}

extension DataListing.Summary {
  /// What differs in `other`, without a word on where; nil where nothing does.
  public func change(to other: Self) -> String? {
    guard self != other else { return nil }
    return count == other.count
      ? "\(count) images, not those that there were when it was stopped"
      : "\(count) images when it was stopped, \(other.count) now"
  }
}

/// The places of images below some roots.
private struct PlaceNames {
  private let roots: [[UInt8]]

  init(_ roots: [String]) {
    // A list or an archive lies beside its images, or is what holds them.
    self.roots = roots.flatMap { [$0, URL(fileURLWithPath: $0).deletingLastPathComponent().path] }
      .map { Array($0.utf8) }
  }

  func append(_ location: String, to bytes: inout [UInt8]) {
    var location = location
    location.withUTF8 { text in
      let root = roots.first { root in
        root.count < text.count && text.prefix(root.count).elementsEqual(root)
          && (text[root.count] == UInt8(ascii: "/") || text[root.count] == UInt8(ascii: "#"))
      }
      bytes += text[(root.map { $0.count + 1 } ?? 0)...]
    }
  }
}
