/// A format of image files: what it is called, and by what its files are known.
public struct ImageFormat: Sendable, Hashable {
  /// As people write it: `PNG`.
  public let title: String
  /// How its files' names end, in small letters and without the dot; first the ending of files that are written.
  public let extensions: [String]
  /// How its files start, in one of these ways; empty where their content does not tell.
  let signatures: [FileSignature]

  init(_ title: String, extensions: [String], signatures: [FileSignature] = []) {
    self.title = title
    self.extensions = extensions
    self.signatures = signatures
  }

  /// The name in statistics: `png`.
  public var name: String { title.lowercased() }

  /// Whether a file that starts so is of this format.
  func matches(_ start: UnsafeRawBufferPointer) -> Bool { signatures.contains { $0.matches(start) } }
}
