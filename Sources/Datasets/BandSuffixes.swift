/// The ends of file names that tell bands apart, each before a file's extension or with it.
struct BandSuffixes: Sendable {
  /// As they were given.
  let names: [String]
  private let suffixes: [[UInt8]]

  init(_ names: [String]) {
    self.names = names
    suffixes = names.map { Array($0.utf8) }
  }

  /// The band of a file and how many bytes of its name stand before the suffix; the longest suffix counts, and nil
  /// means that there is none.
  func match(_ name: ArraySlice<UInt8>) -> (band: Int, prefixCount: Int)? {
    let stem = name.prefix(ImageExtension.start(in: name) ?? name.count)
    var found: (band: Int, prefixCount: Int, length: Int)?
    for (band, suffix) in suffixes.enumerated() where suffix.count > found?.length ?? 0 {
      for whole in [name, stem] where whole.count >= suffix.count && whole.suffix(suffix.count) == suffix[...]
      {
        found = (band, whole.count - suffix.count, suffix.count)
      }
    }
    return found.map { ($0.band, $0.prefixCount) }
  }
}
