/// The formats that are read. Folders, lists, archives, packing, single files and decoding all go by this list.
public enum ImageCodecs {
  /// Every codec, whether this build has its library or not.
  static let known: [any ImageCodec.Type] = [PNGCodec.self, JPEGCodec.self, HEIFCodec.self, DICOMCodec.self]
  static let all = known.filter { $0.library != nil }

  /// The formats of all codecs.
  public static let formats = all.map { $0.format }
  /// The formats whose files can hold several pages.
  public static let pagedFormats = all.filter { $0.holdsPages }.map { $0.format }

  /// Where the formats are defined.
  package static let sources = all.map { "\($0.format.title) (\($0.source))" }.joined(separator: ", ")

  /// The codec for a file that starts so, whatever it is called.
  static func codec(for start: UnsafeRawBufferPointer) -> (any ImageCodec.Type)? {
    all.first { $0.format.matches(start) }
  }

  /// The formats in words, `PNG or JPEG`.
  package static func titles(joinedBy word: String) -> String {
    let titles = formats.map(\.title)
    guard titles.count > 2 else { return titles.joined(separator: " \(word) ") }
    return titles.dropLast().joined(separator: ", ") + " \(word) " + titles[titles.count - 1]
  }
}
