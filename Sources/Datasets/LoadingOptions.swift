import Imaging
import Platform
import Tensors

/// How a loader works. Threads and batches ahead change nothing of what a batch holds.
public struct LoadingOptions: Sendable, Equatable {
  /// Threads that decode.
  public var threads: Int
  /// Batches that may be finished or in work before they are asked for; bounds memory. Of training batches of more than
  /// 512 images there are fewer.
  public var batchesAhead: Int
  /// How image files are read.
  public var decoding: DecodeOptions

  /// Creates options.
  public init(
    threads: Int = defaultThreadCount, batchesAhead: Int = 3, decoding: DecodeOptions = DecodeOptions()
  ) {
    precondition(threads > 0 && batchesAhead > 0, "LoadingOptions: \(threads) threads, \(batchesAhead) ahead")
    self.threads = threads
    self.batchesAhead = batchesAhead
    self.decoding = decoding
  }

  /// How files are read for a model of that many channels: of four, the fourth is not taken for alpha.
  package func decoding(for channels: Int) -> DecodeOptions {
    var options = decoding
    options.keepsAlpha = channels == 4
    return options
  }

  /// How files are read for a model's input.
  package func decoding(for preprocessing: Preprocessing) -> DecodeOptions {
    var options = decoding(for: preprocessing.channels)
    options.range = preprocessing.range
    options.usesWindow = preprocessing.usesWindow
    return options
  }

  /// One thread a core.
  ///
  /// Threads sleep while enough batches are ready, so that they take from the lanes only what decoding
  /// costs, and take it from all alike; where decoding is slower than the model, every core decodes.
  /// Measured with 2 cores: beside busy lanes 3 to 8 % faster than one thread, alone twice as fast.
  public static var defaultThreadCount: Int { MachineCapacity.coreCount }
}
