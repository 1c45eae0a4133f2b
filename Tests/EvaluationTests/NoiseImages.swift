import Datasets
import Imaging
import Platform
import Synchronization

/// Noise images in memory, of two classes in turn, that counts how often they are read; those of `missing` cannot be.
final class NoiseImages: ImageSource {
  let count: Int
  let facts = ImageSetFacts(path: "noise", classNames: ["even", "odd"])
  private let missing: Set<Int>
  private let reads = Atomic(0)

  init(count: Int, missing: Set<Int> = []) {
    self.count = count
    self.missing = missing
  }

  /// Reads since this was asked last.
  func takeReads() -> Int { reads.exchange(0, ordering: .relaxed) }
  func label(of index: Int) -> Int? { index % 2 }
  func location(of index: Int) -> String { "noise#\(index)" }
  func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
    reads.wrappingAdd(1, ordering: .relaxed)
    guard !missing.contains(index) else { throw Failure("gone", at: location(of: index), mend: "") }
    var noise = Noise(seed: UInt64(index) + 1)
    return ImageReader(
      Image(width: 6, height: 9, channels: 1, pixels: (0..<54).map { _ in UInt8(255 * noise.next()) }))
  }
}
