import Imaging
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Conversions keep what a model computes, on random weights.
@Suite("Exact conversions of encoders")
struct ExactConversionTests {
  /// 6e-8 a step of a model of four sublayers.
  private let tolerance = bound(single: 1e-5, double: 1e-10)

  struct Example: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout VisionTransformerConfiguration) -> Void

    init(_ name: String, _ change: @escaping @Sendable (inout VisionTransformerConfiguration) -> Void) {
      testDescription = name
      self.change = change
    }

    static let all = [
      Example("Dual PatchNorm") { _ in },
      Example("no patch norm, everything else") {
        ($0.patchNorm, $0.positions, $0.registerCount, $0.layerScale) = (.none, .learned, 2, 0.3)
      },
      Example("a norm of the pixels, class token pooled") {
        ($0.patchNorm, $0.pooling) = (.pre, .classToken)
      },
      Example("a norm of the embeddings, no class token") {
        ($0.patchNorm, $0.hasClassToken) = (.post, false)
      },
      Example("a norm before the blocks") {
        ($0.normBeforeBlocks, $0.registerCount, $0.positions) = (true, 1, .learned)
      },
      Example("parallel branches with LayerScale") { ($0.branchCount, $0.layerScale) = (2, 0.5) },
      Example("queries and keys normed") { $0.queryKeyNorm = true },
      Example("LayerNorms without β, no positions") {
        $0.norm = Choice("layerNorm", options: ["bias": .bool(false), "epsilon": .number(1e-3)])
        $0.positions = .none
      },
      Example("norms by layer") {
        $0.layerNorms = [Choice("layerNorm", options: ["epsilon": .number(0.1)]), "layerNorm"]
        $0.finalNorm = Choice("layerNorm", options: ["epsilon": .number(0.2)])
      },
      Example("the stem hMLP") {
        ($0.stem, $0.patchSize, $0.patchNorm, $0.imageWidth) = (.hMLP, 4, .none, 8)
      },
      Example("the stem hMLP, Dual PatchNorm") {
        ($0.stem, $0.patchSize, $0.imageWidth) = (.hMLP, 4, 8)
      },
      Example("rotary positions") { ($0.positions, $0.width, $0.headCount) = (.rotary2D, 16, 2) },
      Example("inputs scaled by depth") { $0.placement = "layerNormScaling" },
      Example("Sub-LN") { ($0.placement, $0.layerScale) = ("subLN", 0.3) },
      Example("SwiGLU") { ($0.activation, $0.layerScale) = (.swiGLU, 0.3) },
      Example("SwiGLU under Sub-LN") { ($0.activation, $0.placement) = (.swiGLU, "subLN") },
      Example("ReLU") { $0.activation = .relu },
      Example("a wide MLP, one head") { ($0.mlpRatio, $0.headCount, $0.width) = (1.5, 1, 16) },
    ]
  }

  private func patches(of model: VisionTransformer) -> Tensor {
    let grid = model.configuration.grid
    return Tensor.random([2, grid.count, grid.width], seed: 3)
  }

  private func model(_ change: (inout VisionTransformerConfiguration) -> Void) throws -> VisionTransformer {
    let model = try makeModel(smallConfiguration(change), seed: 2)
    // A fixed table is random too, and no gain of a LayerScale is 1.
    for parameter in model.parameters.parameters where parameter.name == "pos_embed" {
      parameter.assign(Tensor.random(parameter.shape, seed: 9).values)
    }
    return model
  }

  private func convert(
    _ model: VisionTransformer, _ convert: (inout ExactConversion) throws(Failure) -> Void
  ) throws -> (model: VisionTransformer, changes: [ExactConversion.Change]) {
    var conversion = ExactConversion(of: model, at: "here")
    try convert(&conversion)
    let store = ParameterStore()
    let converted = try VisionTransformer(conversion.configuration, parameters: store)
    try conversion.load(into: store)
    return (converted, conversion.changes)
  }

  private func expectSame(
    _ converted: VisionTransformer, _ model: VisionTransformer,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let tape = Tape(.evaluating)
    let grid = model.configuration.grid
    let (patches, last) = (patches(of: model), Int32(grid.count - 1))
    for visible in [nil, [last, 0, 1, last]] as [[Int32]?] {
      let error = relativeError(
        converted.encode(patches, visible: visible, tape), to: model.encode(patches, visible: visible, tape))
      #expect(error <= tolerance, sourceLocation: sourceLocation)
    }
    let error = relativeError(converted.features(patches, tape), to: model.features(patches, tape))
    #expect(error <= tolerance, sourceLocation: sourceLocation)
  }

  @Test(arguments: Example.all)
  func foldingKeepsTheOutputs(_ example: Example) throws {
    let model = try model(example.change)
    let (folded, changes) = try convert(model) { $0.fold() }
    expectSame(folded, model)
    let names = Set(folded.parameters.parameters.map(\.name))
    for norm in folded.recipe.declaredNorms {
      let folds =
        [.sublayerInput, .mixture, .hidden].contains(norm.site.role)
        || norm.site.role == .patchPixels && model.configuration.stem == .linear
      #expect(norm.hasAffine != folds && names.contains("\(norm.name).weight") != folds, "\(norm.name)")
      #expect(changes.contains { $0.name == norm.name && $0.note.contains("stays") == !folds })
    }
    #expect(!names.contains { $0.hasSuffix("gamma") } && folded.configuration.layerScale == nil)
    // What is folded has nothing left to fold.
    let (again, _) = try convert(folded) { $0.fold() }
    #expect(again.configuration == folded.configuration)
    expectSame(again, folded)
  }

  @Test func tokensWithoutANormAreFoldedAlone() throws {
    let model = try model { $0.normAfterPooling = true }
    expectSame(try convert(model) { $0.fold() }.0, model)
    #expect(throws: Failure.self) {
      try convert(model) { (conversion) throws(Failure) in try conversion.convertStream(to: .rmsNorm) }
    }
  }

  @Test(arguments: Example.all, ExactConversion.StreamNorm.allCases)
  func convertingTheStreamKeepsTheOutputs(_ example: Example, target: ExactConversion.StreamNorm) throws {
    let model = try model(example.change)
    let (converted, _) = try convert(model) { (conversion) throws(Failure) in
      try conversion.convertStream(to: target)
    }
    expectSame(converted, model)
    let isCompressed = target == .crmsNorm
    #expect(converted.configuration.stream == (isCompressed ? .compressed : .centered))
    for norm in converted.recipe.declaredNorms {
      switch norm.site.role {
      case .sublayerInput: #expect(norm.choice.name == target.rawValue && !norm.hasAffine)
      case .final: #expect(norm.choice.name == "rmsNorm" && norm.site.width == model.configuration.width)
      default: #expect(norm.choice.name == "layerNorm")
      }
    }
    // The stream sums to 0 over its channels, or is what is left of one that does.
    var widths: Set<Int> = []
    let observer = PassObserver(onResult: { site, tensor in
      guard case .block = site else { return }
      widths.insert(tensor.width)
      guard !isCompressed else { return }
      let sums = Tape(.evaluating).linear(
        tensor, weight: Tensor(shape: [1, tensor.width], repeating: 1)
      ).values.map { Double($0) }
      #expect(largestMagnitude(sums) <= 1e-5 * largestMagnitude(tensor.values.map { Double($0) }) * 12)
    })
    _ = converted.encode(patches(of: model), Tape(.evaluating, observer: observer))
    #expect(widths == [model.configuration.width - (isCompressed ? 1 : 0)])
  }

  @Test func oneConversionMayFollowAnother() throws {
    let model = try model { $0.layerScale = 0.4 }
    let (folded, _) = try convert(model) { $0.fold() }
    let (centred, _) = try convert(folded) { (conversion) throws(Failure) in
      try conversion.convertStream(to: .rmsNorm)
    }
    let (compressed, _) = try convert(centred) { (conversion) throws(Failure) in
      try conversion.convertStream(to: .crmsNorm)
    }
    expectSame(compressed, model)
    for target in ExactConversion.StreamNorm.allCases {
      #expect(throws: Failure.self) {
        try convert(compressed) { (conversion) throws(Failure) in try conversion.convertStream(to: target) }
      }
    }
  }

  @Test func aConvertedModelSurvivesItsFile() throws {
    let folder = try TemporaryFolder()
    let model = try model { _ in }
    let (converted, _) = try convert(model) { (conversion) throws(Failure) in
      try conversion.convertStream(to: .crmsNorm)
    }
    let preprocessing = Preprocessing(
      height: 4, width: 6, resizeShorterSide: 5, filter: .bilinear, mean: [0.1, 0.2, 0.3],
      standardDeviation: [0.4, 0.5, 0.6])
    try converted.write(to: folder("m.safetensors"), preprocessing: preprocessing)
    let read = try ModelFile(contentsOf: folder("m.safetensors"))
    #expect(read.configuration == converted.configuration)
    let tape = Tape(.evaluating)
    let (patches, copy) = (patches(of: model), try read.makeModel())
    #expect(relativeError(copy.features(patches, tape), to: model.features(patches, tape)) <= 1e-5)
    let resized = try read.makeModel(imageHeight: 8, imageWidth: 8, .recomputed)
    #expect(resized.parameters["pos_embed"]?.shape == [1, 17, 11])
  }

  @Test func whatIsNotExactIsRefused() throws {
    for change: (inout VisionTransformerConfiguration) -> Void in [
      { $0.placement = "post" }, { $0.norm = "rmsNorm" }, { $0.finalNorm = "rmsNorm" },
      { $0.layerNorms = ["layerNorm", "rmsNorm"] }, { $0.norm = "none" },
    ] {
      let model = try model(change)
      let failure = try #require(throws: Failure.self) {
        try convert(model) { (conversion) throws(Failure) in try conversion.convertStream(to: .rmsNorm) }
      }
      #expect(failure.place == "here" && failure.remedy.contains("--fold"))
    }
    let refused = try #require(throws: Failure.self) {
      try makeModel(smallConfiguration { ($0.placement, $0.stream) = ("post", .centered) })
    }
    #expect(refused.place.hasSuffix("stream"))
  }

  @Test func layerScaleBehindANormStays() throws {
    let model = try model { ($0.placement, $0.layerScale) = ("sandwich", 0.3) }
    let (folded, changes) = try convert(model) { $0.fold() }
    expectSame(folded, model)
    #expect(folded.configuration.layerScale == 0.3)
    #expect(changes.count { $0.before == "LayerScale" && $0.note.contains("stays") } == 4)
  }

  @Test(arguments: Norms.all.map { $0.name }, NormPlacements.all.map { $0.name })
  func foldingEveryNormUnderEveryPlacementIsExact(norm: String, placement: String) throws {
    // A mean square of one entry in twelve is near 0 now and then, and what is divided by it has no digits left.
    let choice = Choice(norm, options: norm == "pRMSNorm" ? ["share": .number(0.75)] : [:])
    let model = try model {
      ($0.norm, $0.patchNormFunction, $0.placement) = (choice, choice, Choice(placement))
    }
    let (folded, _) = try convert(model) { $0.fold() }
    expectSame(folded, model)
  }

  /// Every norm frozen: what is left has no statistics.
  @Test(arguments: [false, true])
  func removedNormsLeaveNone(learned: Bool) throws {
    let model = try model {
      $0.norm = "removedLayerNorm"
      if learned { ($0.positions, $0.layerScale, $0.patchNorm) = (.learned, 0.5, .none) }
    }
    let (unready, kept) = try convert(model) { $0.fold() }
    #expect(unready.recipe.declaredNorms.contains { $0.choice.name == "removedLayerNorm" })
    #expect(kept.contains { $0.note.contains("not frozen") })
    for parameter in model.parameters.parameters {
      if parameter.name.hasSuffix(".deviation") { parameter.assign([1.3, 4]) }
      if parameter.name.hasSuffix(".stage") { parameter.assign([2]) }
    }
    let (folded, _) = try convert(model) { $0.fold() }
    expectSame(folded, model)
    #expect(folded.configuration.norm == "none")
    for norm in folded.recipe.declaredNorms {
      switch norm.site.role {
      case .sublayerInput: #expect(norm.choice == "none")
      case .final: #expect(norm.choice.name == "affine")
      default: #expect(norm.choice.name == "layerNorm")
      }
    }
    #expect(!folded.parameters.parameters.contains { $0.name.hasSuffix("deviation") })
  }
}
