import Foundation
import Platform
import Synchronization
import Tensors
import VisionTransformer

/// Times an encoder's forward pass on patches in memory: what feature extraction does beside reading images.
public struct FeatureBenchmark: Sendable {
  /// What was measured.
  public struct Result: Encodable, Sendable, CustomStringConvertible {
    /// Images a pass and lanes.
    public let batch, lanes: Int
    /// The median pass's seconds.
    public let secondsPerBatch: Double
    /// Images a second of the median pass.
    public let imagesPerSecond: Double

    /// All of it in a line.
    public var description: String {
      String(
        format: "%.1f images/s, %.1f ms for %d images on %d lanes", imagesPerSecond, secondsPerBatch * 1000,
        batch, lanes)
    }
  }

  private let configuration: VisionTransformerConfiguration
  private let batch, passes, lanes: Int

  /// Prepares a benchmark; `passes` are timed, after one that is not.
  public init(_ configuration: VisionTransformerConfiguration, batch: Int, passes: Int, lanes: Int) {
    self.configuration = configuration
    self.batch = batch
    self.passes = passes
    self.lanes = lanes
  }

  /// Runs.
  ///
  /// - Throws: `Failure` when the configuration does not fit together.
  public func run() throws(Failure) -> Result {
    let model = try VisionTransformer(configuration, parameters: ParameterStore(seed: 0))
    let grid = configuration.grid
    var random = RandomStream(seed: 0, purpose: .synthetic)
    let patches = Tensor(
      shape: [batch, grid.count, grid.width],
      values: (0..<batch * grid.count * grid.width).map { _ in Scalar(random.uniform() - 0.5) })
    let team = LaneTeam(count: lanes)
    let memories = (0..<lanes).map { _ in Lane() }
    func pass() -> Double {
      let start = Clock.seconds
      team.run { lane in
        let range = LaneTeam.range(of: lane, lanes: team.count, total: patches.shape[0])
        guard !range.isEmpty else { return }
        _ = model.features(patches.slice(range), memories[lane].tape(.evaluating))
      }
      return Clock.seconds - start
    }
    _ = pass()
    let seconds = (0..<passes).map { _ in pass() }.sorted()[passes / 2]
    return Result(
      batch: batch, lanes: lanes, secondsPerBatch: seconds, imagesPerSecond: Double(batch) / seconds)
  }
}
