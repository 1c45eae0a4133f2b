/// The formats that are read. Folders, lists, archives, packing, single files and decoding all go by this list.
public enum ImageCodecs {
  /// Every codec, whether this build has its library or not.
  static let known: [any ImageCodec.Type] = [
    PNGCodec.self, JPEGCodec.self, TIFFCodec.self, WebPCodec.self, GIFCodec.self, BMPCodec.self,
    HEIFCodec.self, DICOMCodec.self,
  ]
  static let all = known.filter { $0.library != nil }

  /// The formats of all codecs.
  public static let formats = all.map { $0.format }
  /// The formats whose files can hold several pages.
  public static let pagedFormats = all.filter { $0.holdsPages }.map { $0.format }

  /// Where the formats are defined.
  package static let sources = all.map { "\($0.format.title) (\($0.source))" }.joined(separator: ", ")

  /// A format that is known to be read by some build: what it is, and whether this build reads it.
  package struct Listing: Sendable {
    /// The format.
    package let format: ImageFormat
    /// Who defined it, and when.
    package let source: String
    /// The library that decodes it, with its version; nil where this build has none.
    package let library: String?
    /// What to do where this build has none.
    package let remedy: String
    /// What it refuses or leaves out.
    package let limits: String
    /// Whether a file can hold several pages.
    package let holdsPages: Bool
  }

  /// Every codec for people, whether this build has its library or not.
  package static var listing: [Listing] {
    known.map {
      Listing(
        format: $0.format, source: $0.source, library: $0.library, remedy: $0.remedy, limits: $0.limits,
        holdsPages: $0.holdsPages)
    }
  }

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
