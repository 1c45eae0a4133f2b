import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// A variant that this target adds: a file, and the line in `variants`.
@Suite("Variants of one's own")
struct OwnVariantTests {
  private static var variants: ModelVariants {
    var variants = ModelVariants()
    variants.norms.append(MedianNorm.self)
    return variants
  }

  private func model(_ norm: Choice) throws -> VisionTransformer {
    try VisionTransformer(
      smallConfiguration { ($0.norm, $0.placement) = (norm, "sandwich") },
      parameters: ParameterStore(seed: 7),
      variants: Self.variants)
  }

  @Test func itIsChosenByNameAndTrains() throws {
    let model = try model("medianNorm")
    let tape = Tape(.training)
    let tokens = model.encode(.random([2, 6, 12], seed: 3), tape)
    tape.backward(from: tokens, gradient: .random(tokens.shape, seed: 5))
    for name in ["blocks.0.norm1.gain", "blocks.1.ffn_ln.gain", "norm.gain"] {
      let gain = try #require(model.parameters[name])
      let gradient = try #require(tape.gradient(of: gain))
      #expect(largestMagnitude(gradient.values.map { Double($0) }) > 0, "\(name)")
    }
    for row in stride(from: 0, to: tokens.count, by: tokens.width) {
      #expect(tokens.values[row..<row + tokens.width].sorted()[tokens.width / 2] == 0)
    }
  }

  @Test func itsOptionsAreDecodedStrictly() throws {
    let double = try model(Choice("medianNorm", options: ["factor": .number(2)]))
    let patches = Tensor.random([1, 6, 12], seed: 3)
    let tape = Tape(.evaluating)
    #expect(try double.encode(patches, tape).values != model("medianNorm").encode(patches, tape).values)
    let failure = try #require(throws: Failure.self) {
      try model(Choice("medianNorm", options: ["fcator": .number(2)]))
    }
    #expect("\(failure)".contains("factor"))
  }

  @Test func withoutTheLineItIsUnknown() throws {
    let failure = try #require(throws: Failure.self) {
      try VisionTransformer(
        smallConfiguration { $0.norm = "medianNorm" }, parameters: ParameterStore())
    }
    #expect(failure.problem == "unknown norm 'medianNorm'")
  }
}
