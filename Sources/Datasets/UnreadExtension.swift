import Imaging

/// Extensions of images that are not read.
enum UnreadExtension {
  private static let reasons = Dictionary(
    UnreadFormats.all.flatMap(\.extensions).map { ($0, UnreadFormats.reason(forExtension: $0)) },
    uniquingKeysWith: { first, _ in first }
  ).compactMapValues { $0 }

  /// Why files with a small-letter extension, without its dot, are passed over though they are images; nil for another
  /// extension.
  static func reason(_ ending: some StringProtocol) -> String? { reasons[String(ending)] }
}
