import Foundation
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Spreads of the initialisers against PyTorch's, and what defines each.
@Suite("Initialisers")
struct InitializerTests {
  private let golden: GoldenFile
  private static let matrices = ["qkv", "qkv", "qkv", "proj", "fc1", "fc2"]

  init() throws { golden = try GoldenFile("starts.safetensors", in: .module) }

  private func model(
    _ initializer: Choice, width: Int = 48, heads: Int = 3, depth: Int = 2, seed: UInt64 = 7
  ) throws -> VisionTransformer {
    try VisionTransformer(
      smallConfiguration {
        ($0.width, $0.headCount, $0.depth, $0.initializer) = (width, heads, depth, initializer)
      }, parameters: ParameterStore(seed: seed))
  }

  private func values(_ model: VisionTransformer, _ name: String) throws -> [Double] {
    try #require(model.parameters[name]).value.values.map { Double($0) }
  }

  /// Queries, keys, values, projection and both matrices of the MLP of one block.
  private func matrices(_ model: VisionTransformer, block: Int) throws -> [[Double]] {
    let fused = try values(model, "blocks.\(block).attn.qkv.weight")
    let third = fused.count / 3
    return (0..<3).map { Array(fused[$0 * third..<($0 + 1) * third]) }
      + [
        try values(model, "blocks.\(block).attn.proj.weight"),
        try values(model, "blocks.\(block).mlp.fc1.weight"),
        try values(model, "blocks.\(block).mlp.fc2.weight"),
      ]
  }

  private func deviation(_ values: [Double]) -> Double {
    (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
  }

  /// More than 2,304 draws fill the range to 1 − 1/2,304·5.
  @Test(arguments: [1, 2, 12], ["deepNet", "magneto", "torchscale"])
  func gainsAreOnValuesProjectionAndMLP(depth: Int, name: String) throws {
    let isTorchscale = name == "torchscale"
    let choice =
      isTorchscale ? Choice("magneto", options: ["torchscale": .bool(true)]) : Choice(name)
    let model = try model(choice, depth: depth)
    let bounds = try golden("gains.\(name).\(depth)").values.map { Double($0) }
    for block in [0, depth - 1] {
      for (matrix, bound) in zip(try matrices(model, block: block), bounds) {
        let largest = largestMagnitude(matrix)
        #expect(largest <= bound * (1 + 1e-6) && largest >= 0.995 * bound)
      }
    }
  }

  @Test func gainsAreThoseOfThePapers() throws {
    for (depth, beta, gamma) in [(12, 0.3195, 1.7827), (24, 0.2687, 1.9675)] {
      let plain = (6 / 96.0).squareRoot()
      for (name, gain) in [("deepNet", beta), ("magneto", gamma)] {
        let values = try matrices(model(Choice(name), depth: depth), block: 3)
        #expect(abs(largestMagnitude(values[2]) / plain / gain - 1) <= 0.005)
        #expect(abs(largestMagnitude(values[0]) / plain - 1) <= 0.005)
      }
    }
  }

  /// A gate and what it gates are a matrix each, but for Xavier's, whose bound is that of the fused one.
  @Test(arguments: [("xavierUniform", 480.0, 1.0), ("deepNet", 288, 0.5), ("magneto", 288, 1.1774)])
  func swiGLUsMatricesAreCountedAsTheOthers(name: String, fans: Double, gain: Double) throws {
    let model = try VisionTransformer(
      smallConfiguration {
        ($0.width, $0.headCount, $0.initializer, $0.activation) = (96, 3, Choice(name), .swiGLU)
        $0.mlpRatio = 2
      }, parameters: ParameterStore(seed: 7))
    let largest = largestMagnitude(try values(model, "blocks.1.mlp.fc1.weight"))
    #expect(abs(largest / (6 / fans).squareRoot() / gain - 1) <= 1e-3)
  }

  @Test func lsuvsGateIsOrthonormalByItself() throws {
    let model = try VisionTransformer(
      smallConfiguration { ($0.initializer, $0.activation, $0.mlpRatio) = ("lsuv", .swiGLU, 0.5) },
      parameters: ParameterStore(seed: 7))
    let rows = try values(model, "blocks.0.mlp.fc1.weight")
    for half in [0, 6] {
      for first in half..<half + 6 {
        for second in half..<half + 6 {
          let product = (0..<12).reduce(0) { $0 + rows[first * 12 + $1] * rows[second * 12 + $1] }
          #expect(abs(product - (first == second ? 1 : 0)) <= 1e-6)
        }
      }
    }
  }

  /// 2,304 draws: five deviations of the estimate are 7.4 %; 9,216 draws of the MLP: 3.7 %.
  @Test(arguments: [1, 2, 12], ["smallInit", "truncatedNormal"])
  func deviationsAreThoseOfTheFormulas(depth: Int, name: String) throws {
    let options: [String: JSONValue] = name == "smallInit" ? [:] : ["depthRescale": .bool(true)]
    let model = try model(Choice(name, options: options), depth: depth)
    let wanted = try golden("gains.\(name).\(depth)").values.map { Double($0) }
    for (matrix, wanted) in zip(try matrices(model, block: depth - 1), wanted) {
      #expect(abs(deviation(matrix) / wanted - 1) <= 0.075)
    }
  }

  /// The same draws, divided: of layer l by √(2l), and of writers of the stream alone.
  @Test func depthRescaleDividesTheWriters() throws {
    let plain = try model("truncatedNormal", depth: 3)
    let rescaled = try model(Choice("truncatedNormal", options: ["depthRescale": .bool(true)]), depth: 3)
    for (parameter, other) in zip(plain.parameters.parameters, rescaled.parameters.parameters) {
      let isWriter =
        parameter.name.hasSuffix("attn.proj.weight") || parameter.name.hasSuffix("mlp.fc2.weight")
      let layer = parameter.name.split(separator: ".").dropFirst().first.flatMap { Double($0) } ?? 0
      let factor = isWriter ? Scalar((2 * (layer + 1)).squareRoot()) : 1
      let scaled = other.value.values.map { $0 * factor }
      #expect(relativeError(scaled, to: parameter.value.values) <= bound(single: 3e-7, double: 1e-15))
    }
  }

  /// Standardised pixels enter the first block with deviation 1, with a norm of patches or without; behind hMLP's GELU
  /// without one they have 0.65, the root of the mean square of GELU of a standard normal.
  @Test(arguments: [
    (Stem.linear, PatchNorm.none, 1), (.linear, .post, 1), (.linear, .dual, 1), (.hMLP, .none, 0.65),
    (.hMLP, .post, 1), (.hMLP, .dual, 1),
  ])
  func smallInitStartsAStreamOfDeviationOne(stem: Stem, patchNorm: PatchNorm, wanted: Double) throws {
    let model = try VisionTransformer(
      smallConfiguration {
        ($0.width, $0.initializer, $0.patchNorm, $0.positions) = (96, "smallInit", patchNorm, .none)
        ($0.patchSize, $0.imageHeight, $0.imageWidth, $0.registerCount, $0.stem) = (8, 16, 24, 3, stem)
      }, parameters: ParameterStore(seed: 3))
    var embedded: Tensor?
    let observer = PassObserver(onResult: { if $0 == .patchEmbedding(of: .encoder) { embedded = $1 } })
    let tape = Tape(.evaluating, observer: observer)
    _ = model.encode(.random([4, 6, 192], seed: 1), tape)
    let stream = try #require(embedded).values.map { Double($0) }
    #expect(abs(deviation(stream) / wanted - 1) <= 0.15)
    for name in ["cls_token", "reg_token"] {
      #expect(abs(deviation(try values(model, name)) - 1) <= 0.35)
    }
  }

  @Test func sensibleOptionsAlone() throws {
    for choice in [
      Choice("mimetic", options: ["valueAlpha": .number(-1)]),
      Choice("mimetic", options: ["queryKeyBeta": .number(.infinity)]),
      Choice("lsuv", options: ["tries": .integer(0)]), Choice("lsuv", options: ["tolerance": .number(1)]),
      Choice("truncatedNormal", options: ["standardDeviation": .number(0)]),
    ] {
      let failure = try #require(throws: Failure.self) {
        try Initializers.all.select(choice, at: "here").make()
      }
      #expect(failure.place.hasPrefix("here.") && !failure.remedy.isEmpty)
    }
  }
}
