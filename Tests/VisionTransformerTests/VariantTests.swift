import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Every registered norm, placement and initialiser says what it is, and works.
@Suite("Registered variants")
struct VariantTests {
  @Test func everyVariantIsDescribed() {
    let kinds: [(kind: String, variants: [any Variant.Type])] = [
      ("norms", Norms.all.variants), ("placements", NormPlacements.all.variants),
      ("initializers", Initializers.all.variants),
    ]
    for (kind, variants) in kinds {
      #expect(!variants.isEmpty)
      #expect(Set(variants.map { $0.name }).count == variants.count, "names of \(kind)")
      for variant in variants {
        #expect(variant.name.wholeMatch(of: /[a-z][A-Za-z0-9]*/) != nil)
        #expect(variant.summary.count > 10 && !variant.summary.contains("\n"), "summary of \(variant.name)")
        #expect(variant.source.contains(/\d{4}/), "a year in the source of \(variant.name)")
      }
    }
  }

  /// Before any of them looks at data; the seed decides, whatever a matrix is made from.
  @Test func initialWeightsAreFiniteAndRandom() throws {
    for initializer in Initializers.all {
      func parameters(seed: UInt64) throws -> [Parameter] {
        let configuration = smallConfiguration { $0.initializer = Choice(initializer.name) }
        return try VisionTransformer(configuration, parameters: ParameterStore(seed: seed)).parameters
          .parameters
      }
      let (again, others) = (try parameters(seed: 7), try parameters(seed: 8))
      for (index, parameter) in try parameters(seed: 7).enumerated() {
        let values = parameter.value.values
        #expect(values.allSatisfy { $0.isFinite }, "\(initializer.name), \(parameter.name)")
        let isDrawn = parameter.shape.count == 2
        #expect((Set(values).count > 10) == (isDrawn || parameter.shape.count == 3), "\(parameter.name)")
        if parameter.name.hasSuffix(".bias") { #expect(values.allSatisfy { $0 == 0 }, "\(parameter.name)") }
        #expect(again[index].value.values == values, "\(initializer.name), \(parameter.name)")
        if isDrawn {
          let shared = zip(values, others[index].value.values).count { $0 == $1 }
          #expect(shared * 100 <= values.count, "\(initializer.name), \(parameter.name)")
        }
      }
    }
  }

  /// The bound counts the fused qkv as one matrix, and the patch projection as a matrix too (He et al., 2021).
  @Test func xavierUniformKeepsItsBounds() throws {
    let model = try makeModel(smallConfiguration { ($0.width, $0.depth) = (48, 1) }, seed: nil)
    for (name, inputs, outputs) in [
      ("blocks.0.attn.qkv.weight", 48, 144), ("blocks.0.mlp.fc1.weight", 48, 192),
      ("patch_embed.proj.weight", 12, 48),
    ] {
      let bound = (6 / Double(inputs + outputs)).squareRoot()
      let largest = largestMagnitude(try #require(model.parameters[name]).value.values.map { Double($0) })
      #expect(largest <= bound * (1 + 1e-6) && largest > 0.95 * bound, "\(name)")
    }
  }

  /// All norms under all placements, all patch norms with all norms, and what may be added to any; every other part
  /// present.
  static let models: [VisionTransformerConfiguration] = {
    func full(_ change: (inout VisionTransformerConfiguration) -> Void) -> VisionTransformerConfiguration {
      smallConfiguration {
        $0.positions = .learned
        $0.registerCount = 2
        $0.layerScale = 0.3
        change(&$0)
      }
    }
    // By default pRMSNorm would divide these few entries by one of them, and bend sharply where that is near 0.
    let norms = Norms.all.map {
      Choice($0.name, options: $0.name == "pRMSNorm" ? ["share": .number(0.75)] : [:])
    }
    let placements = NormPlacements.all.map { Choice($0.name) }
    return norms.flatMap { norm in
      placements.map { placement in full { ($0.norm, $0.placement) = (norm, placement) } }
        + PatchNorm.allCases.map { patchNorm in
          full { ($0.norm, $0.patchNormFunction, $0.patchNorm) = (norm, norm, patchNorm) }
        }
        + [full { ($0.norm, $0.queryKeyNorm) = (norm, true) }]
    } + [
      full { $0.layerNorms = ["rmsNorm", "layerNorm"] },
      full { $0.finalNorm = "rmsNorm" },
      full { $0.branchCount = 2 },
      full { $0.normBeforeBlocks = true },
      full { ($0.normBeforeBlocks, $0.stream, $0.norm) = (true, .compressed, "crmsNorm") },
      full { $0.activation = .geluTanh },
      full { $0.activation = .quickGELU },
      full { $0.activation = .silu },
      full { $0.activation = .swiGLU },
      full { ($0.activation, $0.placement) = (.swiGLU, "subLN") },
      full { ($0.activation, $0.placement) = (.silu, "normFormer") },
      full { ($0.branchCount, $0.placement) = (2, "sandwich") },
      full { $0.placement = Choice("mixLN", options: ["ratio": .number(0.5)]) },
      full {
        let options: [String: JSONValue] = ["headScale": .string("output"), "residualScale": .bool(true)]
        $0.placement = Choice("normFormer", options: options)
      },
      full { $0.placement = Choice("hybrid", options: ["firstBlockPreNorm": .bool(true)]) },
      full { $0.placement = Choice("branchNorm", options: ["steps": .integer(3)]) },
    ]
  }()

  /// Where all parts of layers that change with time have a share.
  private static let midway = TrainingProgress(step: 40, totalSteps: 100)

  private static func name(_ configuration: VisionTransformerConfiguration) -> String {
    "\(configuration.norm.name) \(configuration.placement.name) \(configuration.patchNorm) of "
      + "\(configuration.patchNormFunction.name), \(configuration.branchCount) branches"
  }

  @Test func everyParameterGetsAGradient() throws {
    let patches = Tensor.random([2, 6, 12], seed: 3)
    for configuration in Self.models {
      for seed in [nil, 1] as [UInt64?] {
        let model = try makeModel(configuration, seed: seed)
        let tape = Tape(PassContext(.training, progress: Self.midway))
        let tokens = model.encode(patches, tape)
        tape.backward(from: tokens, gradient: .random(tokens.shape, seed: 5))
        for parameter in model.parameters.parameters where parameter.isTrainable {
          let largest = largestMagnitude(tape.gradient(of: parameter)?.values.map { Double($0) } ?? [])
          let name = "\(Self.name(configuration)): \(parameter.name)"
          #expect(largest > 0 && largest < .infinity, "\(name)")
        }
      }
    }
  }

  @Test(.enabled(if: GradientCheck.isMeaningful, "needs --traits DoublePrecision"))
  func everyParametersGradientIsRight() throws {
    let patches = Tensor.random([2, 6, 12], seed: 3)
    for configuration in Self.models {
      let model = try makeModel(configuration)
      let isApproximate = Norms.all.contains {
        $0.name == configuration.norm.name && $0.hasApproximateGradient
      }
      let errors = GradientCheck.errors(
        of: model.parameters.parameters.filter(\.isTrainable), entries: 6,
        context: PassContext(isApproximate ? .evaluating : .training, progress: Self.midway)
      ) { tape in model.encode(patches, tape) }
      for (name, error) in errors {
        #expect(error <= GradientCheck.tolerance, "\(Self.name(configuration)): \(name)")
      }
    }
  }

  /// Drop path draws the same branches for the same samples, so that it too has a gradient.
  @Test(.enabled(if: GradientCheck.isMeaningful, "needs --traits DoublePrecision"))
  func stochasticDepthsGradientIsRight() throws {
    let model = try makeModel(smallConfiguration { ($0.dropPath, $0.pooling) = (0.4, .classToken) })
    let patches = Tensor.random([4, 6, 12], seed: 3)
    let samples = SampleIdentity(seed: 1, epoch: 0, indices: [0, 1, 2, 3])
    let errors = GradientCheck.errors(
      of: model.parameters.parameters.filter(\.isTrainable), entries: 6,
      context: PassContext(.training, samples: samples)
    ) { model.features(patches, $0) }
    for (name, error) in errors { #expect(error <= GradientCheck.tolerance, "\(name)") }
  }
}
