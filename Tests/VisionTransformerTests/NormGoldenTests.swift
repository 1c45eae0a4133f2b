import Foundation
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Norms with their options against formulas written out in PyTorch: outputs and all gradients.
@Suite("Norms against PyTorch")
struct NormGoldenTests {
  /// Files whose tensors are named `<norm>.…` or `<norm>-<variant>.…`.
  static let files = ["norms.safetensors", "batch_norms.safetensors", "stream_norms.safetensors"]

  /// A norm with options, in the words of `Scripts/golden/norms.py`.
  struct Variant: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let norm: Choice
    var testDescription: String { name }
  }

  static let variants =
    (try? GoldenFile.url("norms.json", in: .module))
    .flatMap { try? JSONDecoder().decode([Variant].self, from: Data(contentsOf: $0)) } ?? []

  @Test func everyNormHasAGolden() throws {
    var covered: Set<String> = []
    for file in Self.files {
      for name in try GoldenFile(file, in: .module).names {
        covered.insert(String(name.prefix { $0.isLetter || $0.isNumber }))
      }
    }
    #expect(Norms.all.map { $0.name }.filter { !covered.contains($0) } == [])
  }

  @Test func everyVariantIsInTheFile() throws {
    let names = try GoldenFile("norms.safetensors", in: .module).names
    let variants = Set(names.filter { $0.hasSuffix(".output") }.compactMap { $0.split(separator: ".").first })
    #expect(variants.count >= 20 && Set(Self.variants.map { Substring($0.name) }) == variants)
  }

  /// Inputs are exact in Float; what is computed from them in Float sums up to 33 terms.
  @Test(arguments: variants)
  func isThatOfPyTorch(_ variant: Variant) throws {
    let golden = try GoldenFile("norms.safetensors", in: .module)
    let suffix = ".output"
    let cases = golden.names.filter { $0.hasPrefix("\(variant.name).") && $0.hasSuffix(suffix) }
      .map { $0.dropFirst(variant.name.count + 1).dropLast(suffix.count) }
    #expect(cases.count == 7)
    for name in cases {
      let input = try golden("\(name).input")
      let store = ParameterStore()
      let norm = try Norms.all.select(variant.norm, at: "golden").factory(
        NormSite(.stream, width: input.width), scope: store.root)
      for parameter in store.parameters {
        parameter.assign(try golden("\(name).\(parameter.name)").values)
      }
      let tape = Tape(.training)
      let x = tape.variable(input)
      let output = norm(x, tape)
      tape.backward(from: output, gradient: try golden("\(name).outputGradient"))
      func compare(_ value: Tensor?, _ what: String) throws {
        let wanted = try golden("\(variant.name).\(name).\(what)")
        let error = relativeError(try #require(value, "\(name).\(what)"), to: wanted)
        // A gradient that is 0, as LayerNorm's of one entry, is the rounding of a difference over √ε = 1e-3. Where tanh is
        // nearly 1 its derivative is the difference of numbers that are nearly 1.
        let isZero = wanted.values.allSatisfy { $0 == 0 }
        let single = isZero ? 2e-4 : variant.norm.name == DynamicTanh.name ? 6e-6 : 2e-6
        #expect(error <= bound(single: single, double: 1e-7), "\(name).\(what)")
      }
      try compare(output, "output")
      try compare(tape.gradient(of: x), "inputGradient")
      for parameter in store.parameters {
        try compare(tape.gradient(of: parameter), "\(parameter.name)Gradient")
      }
      let stored = golden.names.filter { $0.hasPrefix("\(variant.name).\(name).") }
      #expect(stored.count == 2 + store.parameters.count, "\(name)")
    }
  }
}
