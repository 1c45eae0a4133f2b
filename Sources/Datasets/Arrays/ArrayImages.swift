import Foundation
import Imaging
import Platform

/// Images in a file of NumPy's format, read one by one from their places.
///
/// Elements are of uint8, uint16 or float32; the axes are those of `ArrayLayout`. A fourth channel is one like others, never
/// alpha. Labels are in `labels.npy` beside it, or in `set-labels.npy` for `set.npy`; see `ArrayLabels`.
public struct ArrayImages: ImageSourceKind {
  /// The name in listings.
  public static let name = "array"
  /// What is accepted, in a line.
  public static let summary =
    "a .npy file of uint8, uint16 or float32 [n, h, w], [n, h, w, c] or [n, c, h, w], or a folder holding one, with labels.npy"
  /// Where the layout comes from.
  public static let source = "NumPy, NEP 1, 2007, A simple file format for NumPy arrays"

  /// The file that holds the images; its classes are the numbers that occur among the labels.
  public private(set) var facts: ImageSetFacts
  private let file: ArrayFile
  private let layout: ArrayLayout
  private let labels: ArrayLabels?

  /// Opens a file that is an array by its first bytes or its name, or a folder that holds one array beside labels.
  public static func open(path: String, options: SourceOptions) throws(Failure) -> ArrayImages? {
    guard DatasetSplit.isFolder(path) else { return try isArray(path) ? ArrayImages(path) : nil }
    let arrays = try FileNames.list(path, endings: [".npy"]).filter { !ArrayLabels.isLabels($0) }.sorted()
    guard let first = arrays.first else { return nil }
    guard arrays.count == 1 else {
      let names = arrays.prefix(3).joined(separator: ", ") + (arrays.count > 3 ? ", …" : "")
      throw Failure(
        "\(arrays.count) arrays, \(names), where one holds the images", at: path,
        mend: "name one of the files, or put them into one with np.stack or np.concatenate")
    }
    var images = try ArrayImages(path + "/" + first)
    images.facts.passedOver = options.beside
    return images
  }

  /// Whether the file at `path` is an array.
  ///
  /// - Throws: `Failure` when it cannot be read, and for an archive of arrays.
  private static func isArray(_ path: String) throws(Failure) -> Bool {
    let name = path.lowercased()
    guard !name.hasSuffix(".npz") else {
      let stem = URL(filePath: path).deletingPathExtension().lastPathComponent
      throw Failure(
        "an archive of arrays, in which images cannot be read from their places", at: path,
        mend: "save its images and labels one by one: a = np.load(\"\(stem).npz\"); "
          + "np.save(\"\(stem).npy\", a[\"images\"]); np.save(\"\(stem)-labels.npy\", a[\"labels\"])")
    }
    if name.hasSuffix(".npy") { return true }
    let file = try OpenFile(path, "file")
    guard file.size >= NumPyHeader.magic.count else { return false }
    return try file.read(NumPyHeader.magic.count, at: 0) == NumPyHeader.magic
  }

  /// Opens the array at `path`, and the labels beside it.
  ///
  /// - Throws: `Failure` when one of them is damaged, of a type or of axes that are not read, or when images and labels differ
  ///   in number.
  public init(_ path: String) throws(Failure) {
    file = try ArrayFile(path)
    layout = try ArrayLayout(file.shape, path: path)
    try Self.check(file.type, path)
    let count = layout.count
    labels = try ArrayLabels.path(beside: path).map { (path) throws(Failure) in
      try ArrayLabels(path, count: count)
    }
    facts = ImageSetFacts(path: path, classNames: labels?.classNames ?? [])
  }

  private static func check(_ type: NumPyType, _ path: String) throws(Failure) {
    let expression: String
    switch (type.kind, type.byteCount) {
    case (.unsigned, 1), (.unsigned, 2), (.float, 4): return
    case (.truth, _): expression = "a.astype(np.uint8) * 255"
    case (.float, _): expression = "a.astype(np.float32)"
    case (.unsigned, _), (.signed, _): expression = "a.astype(np.float32)"
    }
    throw Failure(
      "images of the type \(type.name), where uint8, uint16 and float32 are read", at: path,
      mend: "convert them: \(ArrayFile.saving(expression, at: path))")
  }

  /// Number of images.
  public var count: Int { layout.count }

  /// The class of an image; nil for one without.
  public func label(of index: Int) -> Int? {
    guard let place = labels?.places[index], place >= 0 else { return nil }
    return Int(place)
  }

  /// The file and the image's place in it, `file#index`.
  public func location(of index: Int) -> String { "\(path)#\(index)" }

  /// Reads an image.
  ///
  /// - Throws: `Failure` when it has more pixels than the limits allow, cannot be read, or has another number of channels than
  ///   the range in `options`.
  public func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    precondition((0..<count).contains(index), "image \(index) of \(count)")
    let place = location(of: index)
    try options.check(width: layout.width, height: layout.height, place: place)
    let bytes = try file.read(layout.sampleCount, from: index * layout.sampleCount)
    return ImageReader(try image(bytes, options, place), place: place)
  }

  private func image(_ bytes: [UInt8], _ options: DecodeOptions, _ place: String) throws(Failure) -> Image {
    let (width, height, channels) = (layout.width, layout.height, layout.channels)
    let isBigEndian = file.type.isBigEndian
    switch file.type.byteCount {
    case 1:
      return Image(width: width, height: height, channels: channels, pixels: interleaved(bytes))
    case 2:
      let samples = interleaved(bytes.integers(as: UInt16.self, bigEndian: isBigEndian))
      return Image(width: width, height: height, channels: channels, samples: .sixteenBit(samples))
    default:
      let samples = interleaved(bytes.integers(as: UInt32.self, bigEndian: isBigEndian))
      return try Image(
        width: width, height: height, channels: channels,
        storedValues: samples.map { Float(bitPattern: $0) }, options: options, place: place)
    }
  }

  /// Samples `[height, width, channels]`.
  private func interleaved<Sample>(_ samples: [Sample]) -> [Sample] {
    guard layout.isPlanar, layout.channels > 1 else { return samples }
    let (channels, plane) = (layout.channels, layout.height * layout.width)
    return [Sample](unsafeUninitializedCapacity: samples.count) { output, initialized in
      for channel in 0..<channels {
        for pixel in 0..<plane {
          output.initializeElement(at: pixel * channels + channel, to: samples[channel * plane + pixel])
        }
      }
      initialized = samples.count
    }
  }
}
