import Tensors
import TestSupport
import Testing
import VisionTransformer

@Suite struct FeatureReadoutTests {
  private func configuration(depth: Int) -> VisionTransformerConfiguration {
    var configuration = VisionTransformerConfiguration()
    (configuration.width, configuration.depth, configuration.headCount) = (12, depth, 2)
    (configuration.imageHeight, configuration.imageWidth) = (8, 8)
    (configuration.patchSize, configuration.channels) = (4, 1)
    return configuration
  }

  private func difference(_ a: Tensor, _ b: Tensor) -> Scalar {
    zip(a.values, b.values).map { abs($0 - $1) }.max() ?? .nan
  }

  @Test func theLastBlockGivesTheEncodersFeatures() throws {
    let model = try VisionTransformer(configuration(depth: 3), parameters: ParameterStore(seed: 1))
    let patches = Tensor.random([2, 4, 16], seed: 2)
    let lane = Lane()
    let own = model.features(patches, lane.tape(.evaluating))
    let read = model.features(patches, at: [model.configuration.readout], lane.tape(.evaluating))
    #expect(read.count == 1 && difference(own, read[0]) == 0)
  }

  /// An encoder that ends after block n, with the same final norm, has the same features there.
  @Test(arguments: [1, 2, 3]) func anEarlierBlockIsTheEndOfAShallowerEncoder(_ block: Int) throws {
    let deep = try VisionTransformer(configuration(depth: 3), parameters: ParameterStore(seed: 1))
    let shallow = try VisionTransformer(configuration(depth: block), parameters: ParameterStore(seed: 2))
    let byName = Dictionary(uniqueKeysWithValues: deep.parameters.parameters.map { ($0.name, $0) })
    for parameter in shallow.parameters.parameters {
      parameter.assign(try #require(byName[parameter.name]).value.values)
    }
    let patches = Tensor.random([2, 4, 16], seed: 3)
    let lane = Lane()
    for pooling in Pooling.allCases {
      // In an order that is not that of the blocks, and one of them twice.
      let wanted = [
        FeatureReadout(block: 3, pooling: .mean), FeatureReadout(block: block, pooling: pooling),
        FeatureReadout(block: block, pooling: pooling),
      ]
      let read = deep.features(patches, at: wanted, lane.tape(.evaluating))
      let end = shallow.features(patches, at: [wanted[1]], lane.tape(.evaluating))
      #expect(read.count == 3)
      #expect(difference(read[1], end[0]) == 0 && difference(read[2], end[0]) == 0)
    }
  }

  @Test func anotherGridInterpolatesPositions() throws {
    let model = try VisionTransformer(configuration(depth: 2), parameters: ParameterStore(seed: 1))
    let grid = PatchGrid(height: 12, width: 16, channels: 1, patchSize: 4)
    let patches = Tensor.random([3, 12, 16], seed: 4)
    let lane = Lane()
    let read = model.features(patches, at: [model.configuration.readout], grid: grid, lane.tape(.evaluating))
    let direct = model.pooled(
      model.encode(patches, PatchSelection(grid: grid), lane.tape(.evaluating)), lane.tape(.evaluating))
    #expect(read[0].shape == [3, 12] && difference(read[0], direct) == 0)
  }

  @Test func whatAnEncoderLacksIsKnown() {
    var configuration = configuration(depth: 2)
    #expect(configuration.has(.init(block: 2, pooling: .classToken)))
    #expect(!configuration.has(.init(block: 3, pooling: .mean)))
    #expect(!configuration.has(.init(block: 0, pooling: .mean)))
    configuration.hasClassToken = false
    #expect(!configuration.has(.init(block: 1, pooling: .classToken)))
  }
}
