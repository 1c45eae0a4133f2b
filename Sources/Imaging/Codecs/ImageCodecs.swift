/// The formats that are read. Folders, lists, archives, packing, single files and decoding all go by this list.
public enum ImageCodecs {
  static let all: [any ImageCodec.Type] = [PNGCodec.self, JPEGCodec.self]

  /// The formats of all codecs.
  public static let formats = all.map { $0.format }

  /// Where the formats are defined.
  package static let sources = all.map { "\($0.format.title) (\($0.source))" }.joined(separator: ", ")

  /// The codec for a file that starts so, whatever it is called.
  static func codec(for start: UnsafeRawBufferPointer) -> (any ImageCodec.Type)? {
    all.first { $0.format.matches(start) }
  }

  /// The formats in words, `PNG or JPEG`.
  package static func titles(joinedBy word: String) -> String {
    formats.map(\.title).joined(separator: " \(word) ")
  }
}
