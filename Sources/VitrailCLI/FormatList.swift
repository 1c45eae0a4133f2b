import Imaging

/// The formats of images that this build reads, and those that others read, for `vitrail list formats`.
struct FormatList {
  /// A format in JSON.
  struct Format: Encodable {
    let name, summary, source, limits: String
    /// How names of files end, without the dot.
    let extensions: [String]
    /// What decodes it; absent where this build does not read it.
    let library: String?
    /// What to do then; absent where it does.
    let remedy: String?
    /// Whether a file can hold several pages.
    let holdsPages: Bool
  }

  let formats = ImageCodecs.listing.map { codec in
    let endings = codec.format.extensions.map { "." + $0 }.joined(separator: " ")
    let summary = codec.library.map { "\(endings); \($0); \(codec.limits)" }
    return Format(
      name: codec.format.title, summary: summary ?? "\(endings); not in this build: \(codec.remedy)",
      source: codec.source, limits: codec.limits, extensions: codec.format.extensions, library: codec.library,
      remedy: codec.library == nil ? codec.remedy : nil, holdsPages: codec.holdsPages)
  }
}
