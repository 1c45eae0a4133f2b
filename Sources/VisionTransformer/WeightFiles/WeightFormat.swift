import Platform

/// The number of the format of Vitrail's weights files and checkpoints, in their metadata beside `format: vitrail`.
///
/// It is raised when older versions would misread what is written. Files from before there was a number have format 1.
package enum WeightFormat {
  /// The newest format that this version reads, and the one that it writes.
  package static let newest = 1

  private static let nameKey = "format"
  private static let name = "vitrail"
  private static let numberKey = "formatVersion"

  /// What a file says of its format.
  static var metadata: [String: String] { [nameKey: name, numberKey: "\(newest)"] }

  /// Whether Vitrail wrote a file.
  package static func isVitrail(_ metadata: [String: String]) -> Bool { metadata[nameKey] == name }

  /// The format that a file's metadata tell; nil where they tell none that this version knows how to count.
  package static func number(in metadata: [String: String]) -> Int? {
    guard isVitrail(metadata) else { return nil }
    guard let text = metadata[numberKey] else { return 1 }
    return Int(text)
  }

  /// Whether a file is of a format that this version does not know.
  package static func isNewer(_ metadata: [String: String]) -> Bool {
    isVitrail(metadata) && number(in: metadata).map { $0 > newest } ?? true
  }

  /// Lets files of known formats pass.
  ///
  /// - Throws: `Failure` that names both formats when the file's is newer.
  package static func check(_ metadata: [String: String], at path: String) throws(Failure) {
    guard isNewer(metadata) else { return }
    throw Failure(
      "the file has format \(metadata[numberKey] ?? ""), this version of Vitrail reads up to format \(newest)",
      at: path, mend: "get a newer Vitrail; this is version \(Provenance.presentVersion) (vitrail --version)")
  }
}
