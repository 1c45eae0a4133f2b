/// Archives that images are not read from, and what unpacks them.
enum PackedArchive {
  private static let tools = [
    (".tar.gz", "gunzip"), (".tgz", "gunzip"), (".tar.bz2", "bunzip2"), (".tbz2", "bunzip2"),
    (".tar.xz", "unxz"),
    (".txz", "unxz"), (".tar.zst", "unzstd"), (".zip", "unzip"), (".7z", "7z x"), (".rar", "unrar x"),
  ]

  /// The tool that unpacks a file, by the end of its name; nil where it is no such archive.
  static func tool(for name: String) -> String? {
    let name = name.lowercased()
    return tools.first { name.hasSuffix($0.0) }?.1
  }
}
