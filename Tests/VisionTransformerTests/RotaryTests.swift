import Foundation
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Rotary positions against complex numbers in PyTorch, and what defines them.
@Suite("Rotary positions")
struct RotaryTests {
  private let golden: GoldenFile

  init() throws { golden = try GoldenFile("starts.safetensors", in: .module) }

  private func indices(_ name: String) throws -> [Int32] { try golden(name).values.map { Int32($0) } }

  @Test func matchComplexNumbers() throws {
    let table = RotaryTable(rows: 3, columns: 4, headWidth: 8, base: 100)
    let rotation = Rotation(table, prefixCount: 2, patchIndices: try indices("rotary.places"))
    let tape = Tape(.training)
    let input = tape.variable(try golden("rotary.input"))
    let output = tape.rotated(input, by: rotation)
    tape.backward(from: output, gradient: try golden("rotary.upstream"))
    #expect(relativeError(output, to: try golden("rotary.output")) <= 2e-7)
    let gradient = try #require(tape.gradient(of: input))
    #expect(relativeError(gradient, to: try golden("rotary.gradient")) <= 2e-7)
  }

  /// A masked encoder of two rotary blocks behind the hMLP stem, with class token and register: tokens and all gradients.
  @Test func aMaskedEncoderMatchesPyTorch() throws {
    let model = try VisionTransformer(
      smallConfiguration {
        ($0.width, $0.headCount, $0.patchSize, $0.imageHeight, $0.imageWidth) = (16, 2, 8, 16, 24)
        ($0.positions, $0.rotaryBase, $0.stem, $0.patchNorm, $0.registerCount) = (
          .rotary2D, 10, .hMLP, .post, 1
        )
      }, parameters: ParameterStore())
    for parameter in model.parameters.parameters {
      parameter.assign(try golden("encoder.weight.\(parameter.name)").values)
    }
    let tape = Tape(.training)
    let output = model.encode(try golden("encoder.patches"), visible: try indices("encoder.places"), tape)
    // Two blocks and a stem in Float, each good to about 2e-7 of its largest output.
    let tolerance = bound(single: 2e-6, double: 1e-7)
    #expect(relativeError(output, to: try golden("encoder.output")) <= tolerance)
    tape.backward(from: output, gradient: try golden("encoder.upstream"))
    for parameter in model.parameters.parameters {
      let gradient = try #require(tape.gradient(of: parameter), "\(parameter.name)")
      let wanted = try golden("encoder.gradient.\(parameter.name)").values
      #expect(relativeError(gradient.values, to: wanted) <= tolerance, "\(parameter.name)")
    }
    let names = golden.names.filter { $0.hasPrefix("encoder.weight.") }.map { $0.dropFirst(15) }
    #expect(model.parameters.parameters.map(\.name).sorted() == names.map(String.init).sorted())
  }

  /// Queries and keys of one head at every place of a grid, all from the same vector of channels.
  private func everywhere(_ table: RotaryTable, seed: UInt64) -> [[Double]] {
    let head = table.headWidth
    let row = Tensor.random([3 * head], seed: seed).values
    let qkv = Tensor(
      shape: [1, table.count, 3 * head], values: (0..<table.count).flatMap { _ in row })
    let turned = Tape(.evaluating).rotated(qkv, by: Rotation(table, prefixCount: 0, patchIndices: nil)).values
    #expect(
      (0..<table.count).allSatisfy { turned[(3 * $0 + 2) * head..<(3 * $0 + 3) * head] == row[(2 * head)...] }
    )
    return (0..<table.count).map { place in
      turned[3 * place * head..<(3 * place + 2) * head].map { Double($0) }
    }
  }

  private func dot(_ a: some Sequence<Double>, _ b: some Sequence<Double>) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// q·k depends on the offset alone, and differs between offsets.
  @Test func productsSeeOffsetsAlone() {
    let (rows, columns, head) = (5, 6, 16)
    let turned = everywhere(RotaryTable(rows: rows, columns: columns, headWidth: head, base: 100), seed: 2)
    func product(_ r: Int, _ c: Int, _ s: Int, _ d: Int) -> Double {
      dot(turned[r * columns + c].prefix(head), turned[s * columns + d].suffix(head))
    }
    let tolerance = bound(single: 5e-6, double: 1e-13)
    var ofOffset: Set<Int> = []
    for (down, right) in [(0, 0), (1, 0), (0, 1), (2, 1)] {
      let first = product(0, 0, down, right)
      ofOffset.insert(Int(first * 1e4))
      for r in 0..<rows - down {
        for c in 0..<columns - right {
          #expect(abs(product(r, c, r + down, c + right) - first) <= tolerance)
        }
      }
    }
    #expect(ofOffset.count == 4)
  }

  @Test func turnsKeepNorms() {
    let turned = everywhere(RotaryTable(rows: 4, columns: 3, headWidth: 8, base: 100), seed: 3)
    for vector in turned {
      #expect(
        relativeError([dot(vector, vector)], [dot(turned[0], turned[0])])
          <= bound(single: 1e-6, double: 1e-14))
    }
  }

  private func rotary(_ change: (inout VisionTransformerConfiguration) -> Void = { _ in })
    -> VisionTransformerConfiguration
  {
    smallConfiguration {
      $0.positions = .rotary2D
      change(&$0)
    }
  }

  /// Places reach the blocks: an encoder of all patches in another order gives the tokens in that order, and an encoder
  /// that is told other places gives others.
  @Test func placesReachEveryBlock() throws {
    let model = try makeModel(rotary { $0.registerCount = 1 })
    let patches = Tensor.random([1, 6, 12], seed: 4)
    let order: [Int32] = [3, 5, 0, 1, 4, 2]
    let tape = Tape(.evaluating)
    let (plain, shuffled) = (model.encode(patches, tape), model.encode(patches, visible: order, tape))
    let back = tape.gather(plain, indices: [0, 1] + order.map { $0 + 2 })
    #expect(relativeError(shuffled, to: back) <= bound(single: 1e-6, double: 1e-14))
    let moved = tape.gather(patches, indices: order)
    #expect(relativeError(model.encode(moved, tape), to: back) > 1e-3)
    #expect(model.parameters["pos_embed"] == nil)
  }

  @Test(.enabled(if: GradientCheck.isMeaningful, "needs --traits DoublePrecision"), arguments: [false, true])
  func everyParametersGradientIsRight(queryKeyNorm: Bool) throws {
    let model = try makeModel(rotary { $0.queryKeyNorm = queryKeyNorm })
    let errors = GradientCheck.errors(of: model.parameters.parameters, entries: 6) {
      model.encode(.random([2, 6, 12], seed: 3), visible: [0, 4, 3, 5, 1, 2], $0)
    }
    for (name, error) in errors { #expect(error <= GradientCheck.tolerance, "\(name)") }
  }

  @Test(arguments: Recompute.allCases)
  func recomputingKeepsTheBits(recompute: Recompute) throws {
    func gradients(_ recompute: Recompute) throws -> [[Scalar]] {
      let model = try makeModel(rotary())
      let tape = Tape(PassContext(.training, recompute: recompute))
      let tokens = model.encode(.random([2, 6, 12], seed: 3), tape)
      tape.backward(from: tokens, gradient: .random(tokens.shape, seed: 5))
      return try model.parameters.parameters.map { try #require(tape.gradient(of: $0)).values }
    }
    #expect(try gradients(recompute) == gradients(.none))
  }

  @Test func impossibleRotationsAreRefused() throws {
    for change: (inout VisionTransformerConfiguration) -> Void in [
      { $0.headCount = 2 }, { $0.rotaryBase = 1 }, { $0.rotaryBase = .nan }, { $0.rotaryBase = .infinity },
    ] {
      let failure = try #require(throws: Failure.self) { try makeModel(rotary(change)) }
      #expect(!failure.remedy.isEmpty)
    }
  }
}
