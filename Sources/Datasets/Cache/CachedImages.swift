import Foundation
import Imaging
import Platform

/// A source whose images are resized once and then kept, decoded (after FFCV; Leclerc et al., 2023).
///
/// Images come with their shorter side at `side` or, where they are smaller, as they are; whether one was kept already
/// has no influence on it. An image is kept under its location, the size and time of its file, and the way it is read:
/// a file that changed is decoded anew.
public struct CachedImages: ImageSource {
  /// Where images are kept.
  public enum Place: Sendable, Equatable {
    /// In the memory of this process.
    case memory
    /// In a folder, for later runs too.
    case folder(String)
  }

  private let images: any ImageSource
  private let side: Int
  private let cache: any ImageCache

  /// Wraps a source.
  ///
  /// - Parameters:
  ///   - side: what the shorter side of larger images is resized to, in pixels.
  ///   - bound: the most bytes that are taken; nil means a quarter of the memory, or of a disk 20 GB or half of what is
  ///     free, whichever is less.
  ///   - note: told in a line what is wrong with a cache that is used all the same; by default standard error is.
  /// - Throws: `Failure` when a folder cannot be made or written to.
  public init(
    _ images: any ImageSource, in place: Place, side: Int, bound: Int? = nil,
    note: @escaping @Sendable (String) -> Void = writeToStandardError
  ) throws(Failure) {
    precondition(side > 0, "CachedImages: a side of \(side)")
    self.images = images
    self.side = side
    switch place {
    case .memory: cache = MemoryCache(bound: bound ?? MachineCapacity.memoryBytes / 4)
    case .folder(let folder): cache = try FolderCache(folder: folder, bound: bound, note: note)
    }
  }

  /// As the wrapped source.
  public var facts: ImageSetFacts { images.facts }
  /// The number of its images.
  public var count: Int { images.count }
  /// The class of an image.
  public func label(of index: Int) -> Int? { images.label(of: index) }
  /// All its classes.
  public func labels(of index: Int) -> [Int] { images.labels(of: index) }
  /// Where an image is from.
  public func location(of index: Int) -> String { images.location(of: index) }
  /// The files it is read from.
  public func files(of index: Int) -> [String] { images.files(of: index) }

  /// The resized image, kept or decoded now.
  ///
  /// - Throws: `Failure` when it is not kept and its data cannot be read, are damaged or above the limits.
  public func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    let place = location(of: index)
    // The options are described, not listed: one that is added later has its influence on the key.
    let key = ContentHash(of: "\(images.state(of: index))\n\(side) \(options)")
    if let image = cache.image(for: key) { return ImageReader(image, place: place) }
    let reader = try images.reader(at: index, options: options)
    let image = try resized(reader)
    cache.keep(image, for: key)
    return ImageReader(image, place: place, decodedBy: reader)
  }

  private func resized(_ reader: ImageReader) throws(Failure) -> Image {
    let (width, height) = (reader.width, reader.height)
    let shorter = min(width, height)
    guard shorter > side else { return try reader.image() }
    func scaled(_ length: Int) -> Int { (2 * length * side + shorter) / (2 * shorter) }
    return try reader.resized(
      cropping: CropRectangle(left: 0, top: 0, width: width, height: height), width: scaled(width),
      height: scaled(height), filter: .bicubic)
  }
}

/// Writes a line to standard error.
@Sendable public func writeToStandardError(_ line: String) {
  StandardError.write(line + "\n")
}
