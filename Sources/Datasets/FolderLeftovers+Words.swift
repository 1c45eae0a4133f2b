import Platform
import Records

extension FolderLeftovers {
  /// Kinds that are named one by one.
  private static let namedKinds = 12

  private static let packed: Set<String> = [
    ".zip", ".7z", ".rar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst", ".gz", ".xz", ".bz2", ".zst",
  ]
  private static let videos: Set<String> = [".mp4", ".avi", ".mov", ".mkv", ".webm", ".mpg", ".m4v"]

  /// What is to be said of them, the examples below `root`.
  func passedOver(below root: String) -> PassedOver {
    let entries = counts.map { entry($0, root) }
    let first = PassedOver(entries)
    guard first.entries.count > Self.namedKinds else { return first }
    var result = PassedOver(Array(first.entries.prefix(Self.namedKinds)))
    for entry in first.entries.dropFirst(Self.namedKinds) {
      result.add(
        PassedOver.Entry(
          kind: "files of other kinds", reason: entry.isImageLike ? entry.reason : Self.noImage,
          count: entry.count, example: entry.example, isImageLike: entry.isImageLike))
    }
    return result
  }

  private static let noImage = "no image"
  private static let written = "written by vitrail, so never data; one that is named itself is read"

  private func entry(_ count: Count, _ root: String) -> PassedOver.Entry {
    let name = String(rawBytes: count.kind)
    let (kind, reason): (String, String) =
      switch SpecialKind(rawValue: name) {
      case .run: (count.count == 1 ? "folder of a run" : "folders of runs", Self.written)
      case .output: (count.count == 1 ? "folder of results" : "folders of results", Self.written)
      case .picture: (count.count == 1 ? "picture of results" : "pictures of results", Self.written)
      case .hidden: ("hidden", "names that start with a dot")
      case .special: ("no regular files", Self.noImage)
      case .idx: ("IDX", "beside folders of images; name the file itself to read it")
      case .cifar: ("CIFAR", "beside folders of images; name the file itself to read it")
      case .offBand: ("of other bands", "name their bands to read them")
      case .other: ("files of other kinds", Self.noImage)
      case nil: (name.isEmpty ? "without extension" : name, Self.reason(name))
      }
    return PassedOver.Entry(
      kind: kind, reason: reason, count: count.count, example: root + "/" + String(rawBytes: count.example),
      isImageLike: Self.unreadReason(name) != nil)
  }

  /// Why files of an extension are not read though they are images.
  private static func unreadReason(_ kind: String) -> String? {
    kind.first == "." ? UnreadExtension.reason(kind.dropFirst()) : nil
  }

  private static func reason(_ name: String) -> String {
    if let reason = unreadReason(name) { return reason }
    if name == ".tar" { return "archives beside folders of images; name one itself to read it" }
    if packed.contains(name) { return "packed; unpack it" }
    return videos.contains(name) ? "videos; extract their frames" : noImage
  }
}
