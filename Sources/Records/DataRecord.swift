/// What a run trains on: which files were read for images, and which were not. `data.json` of a run.
public struct DataRecord: Codable, Sendable, Equatable {
  /// Files of one kind.
  public struct FileCount: Codable, Sendable, Equatable {
    /// An extension with its dot in small letters, such as `.tif`; empty for names without.
    public let kind: String
    /// How many there are.
    public let files: Int
    /// How many images they hold: pages count each.
    public let images: Int

    /// Creates a count.
    public init(kind: String, files: Int, images: Int) {
      self.kind = kind
      self.files = files
      self.images = images
    }
  }

  /// Where the images are.
  public let path: String
  /// How many there are.
  public let images: Int
  /// How many classes.
  public let classes: Int
  /// The files that are read, most first.
  public let files: [FileCount]
  /// What lies beside them and is not read.
  public let passedOver: PassedOver

  /// Creates a record.
  public init(path: String, images: Int, classes: Int, files: [FileCount], passedOver: PassedOver) {
    self.path = path
    self.images = images
    self.classes = classes
    self.files = files
    self.passedOver = passedOver
  }

  /// The files that are read in a line: `1500 .jpg, 200 .tif (2400 images)`.
  public var filesSummary: String {
    files.map { count in
      let kind = count.kind.isEmpty ? "without extension" : count.kind
      let pages = count.images == count.files ? "" : " (\(count.images) images)"
      return "\(count.files) \(kind)\(pages)"
    }.joined(separator: ", ")
  }
}
