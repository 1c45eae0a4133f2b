import Foundation
import Imaging
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// The hMLP stem against convolutions of PyTorch, and what defines it.
@Suite("Stems")
struct StemTests {
  private let golden: GoldenFile

  init() throws { golden = try GoldenFile("starts.safetensors", in: .module) }

  private func configuration(_ change: (inout VisionTransformerConfiguration) -> Void = { _ in })
    -> VisionTransformerConfiguration
  {
    smallConfiguration {
      ($0.width, $0.headCount, $0.patchSize, $0.imageHeight, $0.imageWidth) = (16, 2, 8, 16, 24)
      ($0.stem, $0.patchNorm) = (.hMLP, .post)
      change(&$0)
    }
  }

  private func embedding(
    _ configuration: VisionTransformerConfiguration
  ) throws -> (PatchEmbedding, ParameterStore) {
    let store = ParameterStore(seed: 1)
    let embedding = PatchEmbedding(
      grid: configuration.grid, width: configuration.width, stem: configuration.stem,
      patchNorm: configuration.patchNorm, recipe: try LayerRecipe(configuration),
      scope: store.root["patch_embed"])
    return (embedding, store)
  }

  /// Values and all gradients; weights are those of the convolutions in the order of a patch.
  @Test func matchesConvolutions() throws {
    let (embedding, store) = try embedding(configuration())
    for parameter in store.parameters {
      parameter.assign(try golden("encoder.weight.\(parameter.name)").values)
    }
    let tape = Tape(.training)
    let output = embedding(try golden("encoder.patches"), tape)
    // Three products and norms in Float.
    let tolerance = bound(single: 2e-6, double: 1e-7)
    #expect(relativeError(output, to: try golden("stem.output")) <= tolerance)
    tape.backward(from: output, gradient: try golden("stem.upstream"))
    for parameter in store.parameters {
      let name = parameter.name.dropFirst("patch_embed.".count)
      let gradient = try #require(tape.gradient(of: parameter), "\(parameter.name)")
      let wanted = try golden("stem.gradient.\(name)").values
      #expect(relativeError(gradient.values, to: wanted) <= tolerance, "\(parameter.name)")
    }
    #expect(store.parameters.count == golden.names.filter { $0.hasPrefix("stem.gradient.") }.count)
  }

  /// No patch sees another: the embedding of some is some of the embeddings, to the bit.
  @Test(arguments: PatchNorm.allCases)
  func maskingCommutes(patchNorm: PatchNorm) throws {
    let (embedding, store) = try embedding(configuration { $0.patchNorm = patchNorm })
    store.randomize(seed: 3)
    let patches = Tensor.random([2, 6, 192], seed: 2)
    let visible: [Int32] = [4, 0, 5, 1, 2, 3, 0, 5]
    let tape = Tape(.evaluating)
    let before = embedding(tape.gather(patches, indices: visible), tape)
    let after = tape.gather(embedding(patches, tape), indices: visible)
    // Products of other heights may sum in another order.
    #expect(relativeError(before, to: after) <= bound(single: 5e-7, double: 1e-14))
  }

  /// Norms inside of the stem always; before and after it as `patchNorm` says.
  @Test func declaresWhatItsNameSays() throws {
    for patchNorm in PatchNorm.allCases {
      let (_, store) = try embedding(configuration { $0.patchNorm = patchNorm })
      let layers = Set(
        store.parameters.map { $0.name.dropFirst(12).split(separator: ".").dropLast().joined(separator: ".") }
      )
      var wanted: Set<String> = ["proj.0", "proj.1", "proj.3", "proj.4", "proj.6"]
      if [.pre, .dual].contains(patchNorm) { wanted.insert("pre_norm") }
      if [.post, .dual].contains(patchNorm) { wanted.insert("norm") }
      #expect(layers == wanted)
      #expect(store["patch_embed.proj.0.weight"]?.shape == [4, 2 * 2 * 3])
      #expect(store["patch_embed.proj.3.weight"]?.shape == [4, 16])
      #expect(store["patch_embed.proj.6.weight"]?.shape == [16, 16])
    }
  }

  @Test(.enabled(if: GradientCheck.isMeaningful, "needs --traits DoublePrecision"))
  func everyParametersGradientIsRight() throws {
    for norm in ["layerNorm", "rmsNorm"] {
      for patchNorm in PatchNorm.allCases {
        let model = try makeModel(
          configuration {
            ($0.patchNorm, $0.patchNormFunction, $0.depth, $0.patchSize) = (
              patchNorm, Choice(norm), 1, 4
            )
            ($0.imageHeight, $0.imageWidth) = (8, 12)
          })
        let errors = GradientCheck.errors(
          of: model.parameters.parameters.filter { $0.name.hasPrefix("patch_embed") }, entries: 6
        ) { model.encode(.random([2, 6, 48], seed: 3), $0) }
        for (name, error) in errors {
          #expect(error <= GradientCheck.tolerance, "\(norm), \(patchNorm): \(name)")
        }
      }
    }
  }

  @Test func patchesThatDoNotDivideAreRefused() throws {
    for change: (inout VisionTransformerConfiguration) -> Void in [
      { ($0.patchSize, $0.imageHeight, $0.imageWidth) = (6, 12, 18) },
      { ($0.patchSize, $0.imageHeight, $0.imageWidth) = (2, 4, 6) },
      { ($0.width, $0.positions) = (18, .learned) },
    ] {
      let failure = try #require(throws: Failure.self) { try makeModel(configuration(change)) }
      #expect(failure.problem.contains("hMLP") && failure.remedy.contains("stem: linear"))
    }
  }

  @Test func aWrittenModelComesBack() throws {
    let folder = try TemporaryFolder()
    let model = try makeModel(configuration())
    let url = folder("model.safetensors")
    try model.write(to: url, preprocessing: .init(height: 16, width: 24, resizeShorterSide: 16))
    let copy = try ModelFile(contentsOf: url).makeModel()
    #expect(copy.configuration == model.configuration)
    #expect(copy.parameters.parameters.map(\.name) == model.parameters.parameters.map(\.name))
  }
}
