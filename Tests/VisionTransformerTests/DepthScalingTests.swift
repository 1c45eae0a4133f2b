import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// How the stream changes with depth in models that were never trained: what the placements were invented for.
@Suite("Depth scaling at initialisation")
struct DepthScalingTests {
  /// Every block's output of a model as it starts, after the embedding.
  private func streams(_ placement: Choice, depth: Int) throws -> [[Double]] {
    let model = try makeModel(
      smallConfiguration {
        ($0.width, $0.headCount, $0.depth) = (96, 3, depth)
        ($0.imageHeight, $0.imageWidth, $0.placement, $0.initializer) = (8, 8, placement, "xavierUniform")
      }, seed: nil)
    var streams: [[Double]] = []
    let observer = PassObserver(onResult: { site, tokens in
      if case .block = site { streams.append(tokens.values.map { Double($0) }) }
    })
    let tape = Tape(.evaluating, observer: observer)
    _ = model.encode(.random([4, 16, 12], seed: 3), tape)
    return streams
  }

  private func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
  }

  /// What the last third of the blocks adds to the variance, over what the first third adds.
  private func growth(_ placement: Choice) throws -> Double {
    let variances = try streams(placement, depth: 48).map(variance)
    return (variances[47] - variances[31]) / (variances[16] - variances[0])
  }

  /// Every block of pre-norm adds as much (Xiong et al., 2020); divided by √l it adds 1/l of that (Sun et al., 2025):
  /// ln(48/32) over ln(17) is 0.14.
  @Test func preNormGrowsLinearlyAndLayerNormScalingLikeALogarithm() throws {
    let (pre, scaled) = (try growth("pre"), try growth("layerNormScaling"))
    #expect(pre > 0.6 && pre < 1.6)
    #expect(scaled > 0.05 && scaled < 0.3)
  }

  /// Two normed branches a block, each of variance 1 (Kim et al., 2025), whatever the weights.
  @Test func sandwichAddsOneASublayer() throws {
    let variances = try streams("sandwich", depth: 48).map(variance)
    let slope = (variances[47] - variances[0]) / 47
    #expect(slope > 1.6 && slope < 2.6)
  }

  /// Post-norm keeps the variance at 1; DeepNorm's blocks do so by moving the stream less, the more there are.
  @Test func deepNormMovesTheStreamLessInDeeperModels() throws {
    /// 1 − the cosine between what enters the last block and what leaves it.
    func turn(_ placement: Choice, _ depth: Int) throws -> Double {
      let streams = try streams(placement, depth: depth)
      #expect(abs(variance(streams[depth - 1]) - 1) <= 1e-3)
      let (a, b) = (streams[depth - 2], streams[depth - 1])
      func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
      return 1 - product(a, b) / (product(a, a) * product(b, b)).squareRoot()
    }
    let shallow = try turn("deepNorm", 4)
    let deep = try turn("deepNorm", 64)
    // (2L)^¼ doubles from 4 to 64 blocks: the angle halves, and what is left of 1 quarters.
    #expect(deep < 0.5 * shallow)
    #expect(try deep < 0.25 * turn("post", 64))
  }
}
