import Platform

/// What lies at the path of a set and is not among its images: how many files, of which kind, and why.
///
/// Nothing that somebody could take for an image, or for a label of one, is left out in silence: a source counts it
/// here, and every command that opens a set says it.
/// Encoded, it is the list of its entries.
public struct PassedOver: Sendable, Equatable, Codable {
  /// Things of one kind that were passed over for one reason.
  public struct Entry: Sendable, Equatable, Codable {
    /// What they are: an extension with its dot, such as `.tif`, or a phrase such as `folder of a run`.
    public let kind: String
    /// Why they are not images of the set, and what can be done: `not read; convert to PNG or JPEG`.
    public let reason: String
    /// How many there are.
    public var count: Int
    /// The path of the first of them.
    public let example: String
    /// Whether they look like images, by their extension or content, so that losing them loses data.
    public let isImageLike: Bool

    /// Creates an entry.
    public init(kind: String, reason: String, count: Int = 1, example: String, isImageLike: Bool) {
      self.kind = kind
      self.reason = reason
      self.count = count
      self.example = example
      self.isImageLike = isImageLike
    }
  }

  /// What was passed over, most first; those that look like images before the rest.
  public private(set) var entries: [Entry]

  /// Nothing, or what is given.
  public init(_ entries: [Entry] = []) {
    self.entries = []
    for entry in entries { add(entry) }
  }

  /// Whether nothing was passed over.
  public var isEmpty: Bool { entries.isEmpty }
  /// How many things that look like images were passed over.
  public var imageLikeCount: Int { entries.reduce(0) { $0 + ($1.isImageLike ? $1.count : 0) } }

  /// Adds to the entry of the same kind and reason, or as a new one.
  public mutating func add(_ entry: Entry) {
    if let place = entries.firstIndex(where: { $0.kind == entry.kind && $0.reason == entry.reason }) {
      entries[place].count += entry.count
    } else {
      entries.append(entry)
    }
    entries.sort { first, second in
      guard first.isImageLike == second.isImageLike else { return first.isImageLike }
      return first.count != second.count
        ? first.count > second.count : (first.kind, first.reason) < (second.kind, second.reason)
    }
  }

  /// Adds all that another set passed over.
  public mutating func add(_ other: PassedOver) {
    for entry in other.entries { add(entry) }
  }

  /// In a line: `50 .psd, 10 .jxl (not read; convert to PNG or JPEG), 4 .txt (no image)`; empty where nothing was.
  public var summary: String {
    var groups: [(reason: String, kinds: [String])] = []
    for entry in entries {
      let text = "\(entry.count) \(entry.kind)"
      if let place = groups.firstIndex(where: { $0.reason == entry.reason }) {
        groups[place].kinds.append(text)
      } else {
        groups.append((entry.reason, [text]))
      }
    }
    return groups.map { "\($0.kinds.joined(separator: ", ")) (\($0.reason))" }.joined(separator: ", ")
  }

  /// The line that a command says: the summary and the path of the first; nil where nothing was passed over.
  public var line: String? {
    entries.first.map { "passed over: \(summary), such as \($0.example)" }
  }

  /// Checks that what looks like images and is passed over is not more than a share of all.
  ///
  /// - Parameter count: the images that are read.
  /// - Throws: `Failure` that names the kinds and what to do.
  public func requireFew(beside count: Int, maximumShare: Double, at path: String) throws(Failure) {
    let total = count + imageLikeCount
    guard Double(imageLikeCount) > maximumShare * Double(total) else { return }
    let lost = PassedOver(entries.filter(\.isImageLike))
    throw Failure(
      "\(imageLikeCount) of \(total) files that look like images are passed over, more than the allowed share of "
        + "\(maximumShare): \(lost.summary)",
      at: path, mend: "do what stands there, or allow more with --max-bad")
  }

  /// Decodes the list of the entries.
  public init(from decoder: any Decoder) throws { self.init(try [Entry](from: decoder)) }

  /// Encodes the list of the entries.
  public func encode(to encoder: any Encoder) throws { try entries.encode(to: encoder) }
}
