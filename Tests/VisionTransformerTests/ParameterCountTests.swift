import Tensors
import Testing
import VisionTransformer

/// Numbers of trainable scalars, of 224-pixel images in patches of 16 with fixed positions.
@Suite("Parameter counts", .serialized)
struct ParameterCountTests {
  private func count(_ size: NamedSize, _ change: (inout VisionTransformerConfiguration) -> Void = { _ in })
    throws -> Int
  {
    var configuration = VisionTransformerConfiguration()
    configuration.width = size.width
    configuration.depth = size.depth
    configuration.headCount = size.headCount
    configuration.patchNorm = .none
    change(&configuration)
    return try VisionTransformer(configuration, parameters: ParameterStore()).parameters.trainableScalarCount
  }

  @Test(arguments: [(NamedSize.tiny, 5_486_592), (.small, 21_590_016), (.base, 85_647_360)])
  func areThePublishedOnes(size: NamedSize, wanted: Int) throws {
    #expect(try count(size) == wanted)
  }

  /// From two blocks and from three: a block is like the other, and 300 million scalars take long to fill.
  @Test func largeIsThePublishedOne() throws {
    let two = try count(.large) { $0.depth = 2 }
    let three = try count(.large) { $0.depth = 3 }
    #expect(two + 22 * (three - two) == 303_099_904)
  }

  @Test func dualPatchNormAddsItsOwn() throws {
    #expect(
      try count(.base) { ($0.depth, $0.patchNorm) = (1, .dual) } - count(.base) { $0.depth = 1 } == 3_072)
  }

  /// (N + 1)·D more than fixed positions.
  @Test func learnedPositionsAddTheirTable() throws {
    #expect(
      try count(.tiny) { ($0.depth, $0.positions) = (1, .learned) } - count(.tiny) { $0.depth = 1 } == 197
        * 192)
  }

  /// Of an MLP's matrices there are three, [h, D] twice and [D, h], and h more biases.
  @Test func swiGLUAddsAThirdMatrix() throws {
    let plain = try count(.tiny) { $0.depth = 1 }
    for (activation, added) in [(Activation.swiGLU, 768 * 192 + 768), (.silu, 0), (.relu, 0)] {
      #expect(try count(.tiny) { ($0.depth, $0.activation) = (1, activation) } == plain + added)
    }
  }

  @Test func namedSizesHaveSixtyFourChannelsAHead() {
    #expect(NamedSize.allCases.allSatisfy { $0.width == 64 * $0.headCount })
    #expect(NamedSize.allCases.map(\.depth) == [12, 12, 12, 24])
  }
}
