import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// CRMSNorm and affine maps as a configuration chooses them: outputs and all gradients against PyTorch.
@Suite("Norms of compressed streams against PyTorch")
struct StreamNormGoldenTests {
  private static let norms: [(name: String, choice: Choice)] = [
    ("crmsNorm", "crmsNorm"), ("crmsNorm-bare", Choice("crmsNorm", options: ["affine": .bool(false)])),
    ("affine", "affine"), ("affine-centred", Choice("affine", options: ["centers": .bool(true)])),
  ]

  /// Sums of up to 15 terms, of results that are stored as Float.
  @Test(arguments: norms)
  func isThatOfPyTorch(_ name: String, _ choice: Choice) throws {
    let golden = try GoldenFile("stream_norms.safetensors", in: .module)
    let tolerance = bound(single: 1e-6, double: 1e-7)
    let input = try golden("\(name).input")
    let store = ParameterStore()
    let norm = try Norms.all.select(choice, at: "golden").factory(
      NormSite(.sublayerInput, width: input.width), scope: store.root)
    for parameter in store.parameters { parameter.assign(try golden("\(name).\(parameter.name)").values) }
    let tape = Tape(.training)
    let x = tape.variable(input)
    let output = norm(x, tape)
    #expect(relativeError(output, to: try golden("\(name).output")) <= tolerance)
    tape.backward(from: output, gradient: try golden("\(name).outputGradient"))
    var gradients = [("input", tape.gradient(of: x))]
    for parameter in store.parameters { gradients.append((parameter.name, tape.gradient(of: parameter))) }
    for (what, gradient) in gradients {
      let error = relativeError(try #require(gradient), to: try golden("\(name).\(what)Gradient"))
      #expect(error <= tolerance, "\(what)")
    }
    let stored = golden.names.filter { $0.hasPrefix("\(name).") && $0.hasSuffix("Gradient") }
    #expect(stored.count == gradients.count + 1, "every parameter in the file is one of the norm")
  }
}
