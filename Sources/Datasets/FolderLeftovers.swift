import Platform

/// What a folder holds beside images, folders and links: how many files of each kind, and an example of each.
///
/// A kind is an extension with its dot in small letters, empty for none, or one of `SpecialKind`.
struct FolderLeftovers: Equatable {
  /// What no extension tells; a slash is in no file's name.
  enum SpecialKind: String, CaseIterable {
    case run = "/run"
    case output = "/output"
    case picture = "/picture"
    case hidden = "/hidden"
    case special = "/special"
    case idx = "/idx"
    case cifar = "/cifar"
    case offBand = "/band"
    case other = "/other"

    var bytes: [UInt8] { Array(rawValue.utf8) }
  }

  struct Count: Equatable {
    let kind: [UInt8]
    private(set) var count: Int
    /// The first by its bytes, whatever the order in which a file system lists.
    private(set) var example: [UInt8]

    mutating func add(_ more: Int, _ name: some Collection<UInt8>) {
      count += more
      if name.lexicographicallyPrecedes(example) { example = Array(name) }
    }
  }

  /// What the folder itself is, where this program wrote it: `run` or `output`.
  var origin: SpecialKind?
  private(set) var counts: [Count] = []

  /// Kinds that are kept apart; what comes later counts as `other`.
  private static let maximumKinds = 64
  private static let longestExtension = 10

  // The kind that was counted last, where it is an extension: most files of a folder are of one kind.
  private var last: Int?

  /// Counts a file by its name.
  mutating func add(_ name: some RandomAccessCollection<UInt8>) {
    if let last, name.suffix(counts[last].kind.count).elementsEqual(counts[last].kind) {
      counts[last].add(1, name)
      return
    }
    let kind = Self.kind(of: name)
    add(kind, name)
    last = kind.first == UInt8(ascii: ".") ? counts.firstIndex { $0.kind == kind } : nil
  }

  static func == (first: FolderLeftovers, second: FolderLeftovers) -> Bool {
    first.origin == second.origin && first.counts == second.counts
  }

  /// Counts something of a kind.
  mutating func add(_ kind: SpecialKind, _ name: some Collection<UInt8>) { add(kind.bytes, name) }

  /// Adds what another folder holds, examples below `prefix`.
  mutating func add(_ others: FolderLeftovers, below prefix: [UInt8]) {
    for other in others.counts { add(other.kind, prefix + other.example, count: other.count) }
  }

  private mutating func add(_ kind: [UInt8], _ example: some Collection<UInt8>, count: Int = 1) {
    if let place = counts.firstIndex(where: { $0.kind == kind }) {
      counts[place].add(count, example)
    } else if counts.count < Self.maximumKinds || kind == SpecialKind.other.bytes {
      counts.append(Count(kind: kind, count: count, example: Array(example)))
    } else {
      add(SpecialKind.other.bytes, example, count: count)
    }
  }

  private static func kind(of name: some RandomAccessCollection<UInt8>) -> [UInt8] {
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else {
      return ends(name, in: "-ubyte") ? SpecialKind.idx.bytes : []
    }
    let ending = name[dot...].map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    guard (2...longestExtension).contains(ending.count) else { return [] }
    let stem = name[..<dot]
    if ending.elementsEqual(".gz".utf8) && ends(stem, in: "-ubyte") { return SpecialKind.idx.bytes }
    if ending.elementsEqual(".bin".utf8)
      && (starts(stem, with: "data_batch_") || starts(stem, with: "test_batch"))
    {
      return SpecialKind.cifar.bytes
    }
    return ends(stem, in: ".tar") ? Array(".tar".utf8) + ending : ending
  }

  private static func ends(_ name: some BidirectionalCollection<UInt8>, in text: String) -> Bool {
    name.suffix(text.utf8.count).elementsEqual(text.utf8)
  }

  private static func starts(_ name: some Collection<UInt8>, with text: String) -> Bool {
    name.prefix(text.utf8.count).elementsEqual(text.utf8)
  }
}

extension FolderLeftovers {
  /// As it is stored: the origin and a slash or nothing, then for each kind it, its count and its example; a zero behind
  /// each.
  var bytes: [UInt8] {
    var bytes = (origin?.bytes ?? []) + [0]
    for count in counts {
      bytes += count.kind + [0] + Array("\(count.count)".utf8) + [0] + count.example + [0]
    }
    return bytes
  }

  /// What `bytes` gave; nil when it is something else.
  init?(bytes: ArraySlice<UInt8>) {
    guard bytes.last == 0 else { return nil }
    let fields = bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false)
    guard let first = fields.first, fields.count % 3 == 1 else { return nil }
    origin = SpecialKind(rawValue: String(rawBytes: first))
    guard first.isEmpty == (origin == nil) else { return nil }
    for start in stride(from: 1, to: fields.count, by: 3) {
      guard let count = Int(String(rawBytes: fields[start + 1])), count > 0 else { return nil }
      counts.append(Count(kind: Array(fields[start]), count: count, example: Array(fields[start + 2])))
    }
  }
}
