import Dispatch
import Synchronization

/// What a loader has done so far.
public struct LoaderStatistics: Sendable, Equatable {
  /// Images decoded well.
  public let images: Int
  /// Seconds that threads spent inside codecs, summed over threads.
  public let decodeSeconds: Double
  /// Seconds that threads spent on images in all: decoding, cropping, normalising; summed over threads.
  public let workSeconds: Double
  /// Seconds that the caller of `next()` waited for a batch.
  public let waitSeconds: Double

  /// The share of the work that is done inside codecs, 0…1.
  public var decodeShare: Double { workSeconds > 0 ? decodeSeconds / workSeconds : 0 }
}

/// Adds up what loading threads spend on images.
final class WorkClock: Sendable {
  private let images = Atomic(0)
  private let decodeNanoseconds = Atomic(0)
  private let workNanoseconds = Atomic(0)

  /// Nanoseconds since some moment.
  static var now: Int { Int(DispatchTime.now().uptimeNanoseconds) }

  func add(from start: Int, codec: Int, done: Int) {
    images.wrappingAdd(1, ordering: .relaxed)
    decodeNanoseconds.wrappingAdd(codec, ordering: .relaxed)
    workNanoseconds.wrappingAdd(done - start, ordering: .relaxed)
  }

  func statistics(waitSeconds: Double) -> LoaderStatistics {
    LoaderStatistics(
      images: images.load(ordering: .relaxed),
      decodeSeconds: Double(decodeNanoseconds.load(ordering: .relaxed)) * 1e-9,
      workSeconds: Double(workNanoseconds.load(ordering: .relaxed)) * 1e-9, waitSeconds: waitSeconds)
  }
}
