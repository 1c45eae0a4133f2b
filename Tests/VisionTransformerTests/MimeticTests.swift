import Foundation
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

@Suite("Mimetic initialisation")
struct MimeticTests {
  private let golden: GoldenFile

  init() throws { golden = try GoldenFile("starts.safetensors", in: .module) }

  private func doubles(_ name: String) throws -> [Double] {
    try golden("mimetic.\(name)").values.map { Double($0) }
  }

  /// Given Z, exact in Float; singular vectors of values 1 % apart lose 100 roundings.
  @Test func matchesNumPy() throws {
    let (width, heads) = (12, 3)
    let square = width * width
    let noises = try doubles("noises")
    let (queries, keys) = (try golden("mimetic.query").values, try golden("mimetic.key").values)
    for head in 0..<heads {
      let z = Array(noises[head * square..<(head + 1) * square])
      let (query, key) = Mimetic.queryKey(z, width: width, headWidth: 4, .init())
      let range = head * 4 * width..<(head + 1) * 4 * width
      #expect(relativeError(query, to: Array(queries[range])) <= 2e-7)
      #expect(relativeError(key, to: Array(keys[range])) <= 2e-7)
    }
    let (value, projection) = Mimetic.valueProjection(
      Array(noises[heads * square..<(heads + 1) * square]), width: width, .init())
    #expect(relativeError(value, to: try golden("mimetic.value").values) <= 2e-7)
    #expect(relativeError(projection, to: try golden("mimetic.projection").values) <= 2e-7)
  }

  private static let width = 32

  private func attention(seed: UInt64 = 3) throws -> (query: [[Float]], key: [[Float]], map: [Float]) {
    let width = Self.width
    let model = try VisionTransformer(
      smallConfiguration { ($0.width, $0.headCount, $0.initializer) = (width, 4, "mimetic") },
      parameters: ParameterStore(seed: seed))
    let fused = try #require(model.parameters["blocks.1.attn.qkv.weight"]).value.values.map { Float($0) }
    let projection = try #require(model.parameters["blocks.1.attn.proj.weight"]).value.values.map {
      Float($0)
    }
    let (third, head) = (width * width, 8 * width)
    func heads(_ part: Int) -> [[Float]] {
      (0..<4).map { Array(fused[part * third + $0 * head..<part * third + ($0 + 1) * head]) }
    }
    var map = [Float](repeating: 0, count: third)
    matrixProduct(
      rows: width, columns: width, inner: width, Array(fused[2 * third..<3 * third]), .transposed, projection,
      .transposed, into: &map)
    return (heads(0), heads(1), map)
  }

  private func trace(_ matrix: [Float]) -> Double {
    (0..<Self.width).reduce(0) { $0 + Double(matrix[$1 * (Self.width + 1)]) }
  }

  /// x·W_vᵀ·W_projᵀ = x·(.4Z − .4I): both come from the same Z. The mean of D entries of Z is good to 1/D.
  @Test func valuesAndProjectionAreNearTheNegativeIdentity() throws {
    let map = try attention().map
    #expect(abs(trace(map) / Double(Self.width) + 0.4) <= 0.4 * 5 / Double(Self.width))
    let noise = map.enumerated().map { ($0 % (Self.width + 1) == 0 ? Double($1) + 0.4 : Double($1)) / 0.4 }
    let variance = noise.reduce(0) { $0 + $1 * $1 } / Double(noise.count)
    #expect(abs(variance * Double(Self.width) - 1) <= 0.22)  // 1,024 squares: five deviations of the estimate
    #expect(try attention(seed: 4).map != map)
  }

  /// W_qᵀW_k of each head has rank d and a large trace; heads differ.
  @Test func queriesAndKeysAreNearTheIdentity() throws {
    let (width, head) = (Self.width, 8)
    let (queries, keys, _) = try attention()
    #expect(queries[0] != queries[1])
    for (query, key) in zip(queries, keys) {
      var product = [Float](repeating: 0, count: width * width)
      matrixProduct(
        rows: width, columns: width, inner: head, query, .transposed, key, into: &product)
      #expect(trace(product) > 0.4 * Double(head))
      let singular = try #require(
        SingularValues(of: product.map { Double($0) }, rows: width, columns: width))
      #expect(singular.values[head - 1] > 0.5 && singular.values[head] <= 1e-5)
    }
  }

  /// Its projections are [3D, D − 1] and [D − 1, D]: no matrix near the identity has halves of these shapes.
  @Test func aCompressedStreamStartsAsXaviers() throws {
    let change: (inout VisionTransformerConfiguration) -> Void = {
      ($0.initializer, $0.stream, $0.norm) = ("mimetic", .compressed, "crmsNorm")
    }
    let model = try makeModel(smallConfiguration(change), seed: nil)
    #expect(model.parameters["blocks.0.attn.qkv.weight"]?.shape == [36, 11])
    #expect(model.parameters.parameters.allSatisfy { $0.value.isFinite })
  }

  @Test func theRestIsXaviers() throws {
    let change: (inout VisionTransformerConfiguration) -> Void = { $0.initializer = "mimetic" }
    let (mimetic, plain) = (
      try makeModel(smallConfiguration(change), seed: nil), try makeModel(smallConfiguration(), seed: nil)
    )
    for (parameter, other) in zip(mimetic.parameters.parameters, plain.parameters.parameters) {
      let isAttention = parameter.name.contains(".attn.") && parameter.name.hasSuffix(".weight")
      #expect((parameter.value.values != other.value.values) == isAttention, "\(parameter.name)")
    }
  }
}
