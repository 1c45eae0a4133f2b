/// What a member of an archive is by its name.
///
/// The key is the path up to the first dot after its last slash, as in WebDataset. What follows its last dot decides.
struct ShardMember {
  /// What it holds.
  enum Content: Equatable {
    case image
    case classLabel
    case json
    /// An image that is not read, by its extension.
    case unread(String, reason: String)
    /// Something else, by its extension.
    case other(String)
  }

  let key: ArraySlice<UInt8>
  let content: Content
  /// Whether there are further dots between key and extension: it counts where its key has nothing plain.
  let isDotted: Bool

  /// Reads a name; nil for a hidden file or one without a dot.
  init?(_ name: [UInt8]) {
    let start = name.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    let dot = UInt8(ascii: ".")
    guard let first = name[start...].firstIndex(of: dot), first > start,
      let last = name[start...].lastIndex(of: dot)
    else { return nil }
    key = name[..<first]
    isDotted = last > first
    let ending = String(decoding: name[(last + 1)...], as: UTF8.self).lowercased()
    switch ending {
    case "cls": content = .classLabel
    // Other files about a sample end in .json too: the label's has no further dot.
    case "json" where !isDotted: content = .json
    case _ where ImageExtension.start(in: name[start...]) != nil: content = .image
    default:
      content = UnreadExtension.reason(ending).map { .unread(ending, reason: $0) } ?? .other(ending)
    }
  }
}
