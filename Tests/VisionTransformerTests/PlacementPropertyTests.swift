import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// What defines the placements, and where one becomes another.
@Suite("Properties of placements")
struct PlacementPropertyTests {
  private let patches = Tensor.random([2, 6, 12], seed: 3)

  private func model(
    _ placement: Choice, seed: UInt64? = 1,
    _ change: (inout VisionTransformerConfiguration) -> Void = { _ in }
  ) throws -> VisionTransformer {
    try makeModel(
      smallConfiguration {
        $0.placement = placement
        change(&$0)
      }, seed: seed)
  }

  private func zero(_ parts: String..., in model: VisionTransformer) {
    for parameter in model.parameters.parameters where parts.contains(where: { parameter.name.contains($0) })
    {
      parameter.assign([Scalar](repeating: 0, count: parameter.value.count))
    }
  }

  /// A model of one placement with the parameters of another; those that only one has do not count.
  private func model(_ placement: Choice, like other: VisionTransformer) throws -> VisionTransformer {
    let copy = try model(placement) { $0.depth = other.configuration.depth }
    for parameter in copy.parameters.parameters {
      if let same = other.parameters[parameter.name] { parameter.assign(same.value.values) }
    }
    return copy
  }

  private func trainingTape(step: Int) -> Tape {
    Tape(PassContext(.training, progress: TrainingProgress(step: step)))
  }

  /// With proj and fc2 zero, and norms as they start, what comes out of the blocks is what went in.
  @Test(
    arguments: [
      "pre", "sandwich", "normFormer", "subLN", "layerNormScaling",
      Choice("mixLN", options: ["ratio": .number(0)]),
      Choice("normFormer", options: ["residualScale": .bool(true)]),
    ])
  func emptyBranchesArePassedBy(placement: Choice) throws {
    let model = try model(placement, seed: nil)
    zero("attn.proj", "mlp.fc2", in: model)
    var seen: [ObservationSite: Tensor] = [:]
    let tape = Tape(.evaluating, observer: PassObserver(onResult: { seen[$0] = $1 }))
    _ = model.encode(patches, tape)
    let stream = tape.sequence(
      classToken: model.parameters["cls_token"].map { tape($0) }, registers: nil,
      patches: try #require(seen[.patchEmbedding(of: .encoder)]),
      positions: model.parameters["pos_embed"].map { tape($0) },
      indices: nil)
    #expect(try #require(seen[.block(1, stack: "encoder", of: .encoder)]).values == stream.values)
  }

  @Test func mixedNormIsPreNormWithoutPostBlocks() throws {
    let pre = try model("pre")
    let mixed = try model(Choice("mixLN", options: ["ratio": .number(0)]), like: pre)
    let tape = Tape(.evaluating)
    #expect(mixed.encode(patches, tape).values == pre.encode(patches, tape).values)
  }

  @Test func mixedNormIsPostNormAndAFinalNormWithoutPreBlocks() throws {
    let mixed = try model(Choice("mixLN", options: ["ratio": .number(1)]))
    let post = try model("post", like: mixed)
    let tape = Tape(.evaluating)
    let normed = tape.layerNorm(
      post.encode(patches, tape), weight: mixed.parameters["norm.weight"].map { tape($0) },
      bias: mixed.parameters["norm.bias"].map { tape($0) }, epsilon: 1e-6)
    #expect(mixed.encode(patches, tape).values == normed.values)
  }

  /// ⌊a·L⌋ of exact numbers: 0.29 · 100 is 28.999… in binary.
  @Test(arguments: [(0.25, 12, 3), (0.25, 3, 0), (0.29, 100, 29), (0.7, 10, 7), (0.999, 10, 9), (1, 5, 5)])
  func mixedNormRoundsDown(ratio: Double, depth: Int, wanted: Int) throws {
    let model = try model(Choice("mixLN", options: ["ratio": .number(ratio)]), seed: nil) {
      ($0.depth, $0.width, $0.headCount, $0.mlpRatio) = (depth, 4, 1, 1)
    }
    zero("attn.proj", "mlp.fc2", in: model)
    // Where branches are empty, post-norm changes the stream and pre-norm does not.
    var streams: [[Scalar]] = []
    let observer = PassObserver(onResult: { site, tokens in
      if case .block = site { streams.append(tokens.values) }
    })
    let tape = Tape(.evaluating, observer: observer)
    for parameter in model.parameters.parameters where parameter.name.contains("norm1.weight") {
      parameter.assign([2, 2, 2, 2])
    }
    for parameter in model.parameters.parameters where parameter.name.contains("norm2.weight") {
      parameter.assign([1, 2, 3, 4])
    }
    _ = model.encode(patches, tape)
    #expect(streams.count == depth)
    let last = try #require(streams.last)
    #expect(streams[max(0, wanted - 1)...].allSatisfy { $0 == last })
    if wanted > 1 { #expect(streams[wanted - 2] != last) }
  }

  @Test func layerNormScalingLeavesTheFirstBlockAlone() throws {
    for (depth, isSame) in [(1, true), (2, false)] {
      let pre = try model("pre") { $0.depth = depth }
      let scaled = try model("layerNormScaling", like: pre)
      let tape = Tape(.evaluating)
      #expect((scaled.encode(patches, tape).values == pre.encode(patches, tape).values) == isSame)
    }
  }

  @Test func deepNormWithAFactorOfOneIsPostNorm() throws {
    let post = try model("post")
    let deep = try model(Choice("deepNorm", options: ["alpha": .number(1)]), like: post)
    let tape = Tape(.evaluating)
    #expect(deep.encode(patches, tape).values == post.encode(patches, tape).values)
    let scaled = try model("deepNorm", like: post)
    let given = try model(
      Choice("deepNorm", options: ["alpha": .number(2.0.squareRoot())]), like: post)  // (2 · 2)^¼
    #expect(scaled.encode(patches, tape).values != post.encode(patches, tape).values)
    #expect(relativeError(scaled.encode(patches, tape), to: given.encode(patches, tape)) <= 1e-6)
  }

  @Test func branchNormBecomesPostNorm() throws {
    let post = try model("post")
    let branch = try model(Choice("branchNorm", options: ["steps": .integer(10)]), like: post)
    let tape = Tape(.evaluating)
    let wanted = post.encode(patches, tape).values
    #expect(branch.encode(patches, tape).values != wanted)
    for (step, isThere) in [(8, false), (9, true), (10, true), (1_000, true)] {
      #expect((branch.encode(patches, trainingTape(step: step)).values == wanted) == isThere)
      #expect((branch.encode(patches, tape).values == wanted) == isThere)
    }
    #expect(try #require(branch.parameters["blocks.1.branch2.step"]).value.values == [10])
  }

  /// Evaluation, here and from a file, is at the step that training reached; the next training goes by its own.
  @Test func branchNormEvaluatesAtTheStepOfTraining() throws {
    let model = try model(Choice("branchNorm", options: ["steps": .integer(10)]))
    let trained = model.encode(patches, trainingTape(step: 3)).values
    #expect(model.encode(patches, Tape(.evaluating)).values == trained)
    #expect(model.encode(patches, trainingTape(step: 4)).values != trained)
    #expect(model.encode(patches, trainingTape(step: 3)).values == trained)
    // Only a pass that records gradients is a step of training.
    let tape = Tape(
      PassContext(.training, progress: TrainingProgress(step: 7)), recordsGradients: false)
    #expect(model.encode(patches, tape).values != trained)
    #expect(model.encode(patches, Tape(.evaluating)).values == trained)
  }

  /// What a sublayer adds does not depend on the scale of its input, where that is normed inside of the branch; under
  /// `hybrid` the norms of queries, keys and values do the same for attention.
  @Test(
    arguments: [
      "pre", "sandwich", "normFormer", "subLN", "layerNormScaling", "mixLN",
      Choice("hybrid", options: ["firstBlockPreNorm": .bool(true)]), "hybrid",
    ], ["attn", "mlp"])
  func theScaleOfTheInputDoesNotMatter(placement: Choice, sublayer: String) throws {
    if placement == "hybrid" && sublayer == "mlp" { return }
    let model = try model(placement)
    let store = ParameterStore(seed: 2)
    let block = TransformerBlock(
      .init(width: 12, headCount: 3, hiddenWidth: 30, depth: 2), layer: 0, recipe: model.recipe,
      scope: store.root)
    store.randomize(seed: 4)
    let silenced = sublayer == "attn" ? ["mlp.fc2", "ffn_ln"] : ["attn.proj", "attn_ln"]
    let noBias = placement == "hybrid" ? ["qkv.bias"] : []
    for parameter in store.parameters
    where (silenced + noBias).contains(where: { parameter.name.contains($0) }) {
      parameter.assign([Scalar](repeating: 0, count: parameter.value.count))
    }
    // Hybrid's second norm is in the stream: it is its input that is compared.
    let tape = Tape(.evaluating)
    func added(_ x: Tensor) -> [Scalar] {
      zip(block(TokenSequence(x), tape).values.values, x.values).map { $0 - $1 }
    }
    guard placement != "hybrid" else { return try hybridAttentionIgnoresScale(model) }
    let x = Tensor.random([2, 5, 12], seed: 6, scale: 2)
    let larger = tape.scaled(x, by: 8)
    #expect(largestMagnitude(added(x).map { Double($0) }) > 0.1)
    #expect(relativeError(added(larger), to: added(x)) <= bound(single: 1e-5, double: 1e-5))
  }

  private func hybridAttentionIgnoresScale(_ model: VisionTransformer) throws {
    let store = ParameterStore(seed: 2)
    let attention = Attention(
      SublayerSite(.attention, layer: 0, depth: 2, width: 12), headCount: 3, recipe: model.recipe,
      scope: store.root)
    store.randomize(seed: 4)
    try #require(store["qkv.bias"]).assign([Scalar](repeating: 0, count: 36))
    let tape = Tape(.evaluating)
    let x = Tensor.random([2, 5, 12], seed: 6, scale: 2)
    let output = attention(TokenSequence(x), tape, addingTo: nil)
    #expect(largestMagnitude(output.values.map { Double($0) }) > 0.1)
    let larger = attention(TokenSequence(tape.scaled(x, by: 8)), tape, addingTo: nil)
    #expect(relativeError(larger, to: output) <= 1e-5)
  }

  /// With norms of queries and keys the scale of their projections does not matter (Dehghani et al., 2023).
  @Test func queryKeyNormBoundsTheScores() throws {
    for (isNormed, isSame) in [(true, true), (false, false)] {
      let model = try model("pre") { $0.queryKeyNorm = isNormed }
      let tape = Tape(.evaluating)
      let plain = model.encode(patches, tape)
      for name in ["weight", "bias"] {
        let parameter = try #require(model.parameters["blocks.0.attn.qkv.\(name)"])
        let queriesAndKeys = parameter.value.count / 3 * 2
        parameter.assign(parameter.value.values.enumerated().map { $0 < queriesAndKeys ? 8 * $1 : $1 })
      }
      #expect((relativeError(model.encode(patches, tape), to: plain) <= 1e-5) == isSame)
    }
  }

  @Test(
    arguments: [
      ("deepNorm", "alpha", .number(0), "above 0"), ("deepNorm", "alpha", .number(-1), "above 0"),
      ("mixLN", "ratio", .number(1.5), "0 … 1"), ("mixLN", "ratio", .number(-0.1), "0 … 1"),
      ("branchNorm", "steps", .integer(0), "4000"), ("normFormer", "headScale", .string("mix"), "mixture"),
      ("hybrid", "firstBlock", .bool(true), "firstBlockPreNorm"),
    ] as [(String, String, JSONValue, String)])
  func impossibleOptionsAreRefused(placement: String, option: String, value: JSONValue, mend: String) throws {
    let failure = try #require(throws: Failure.self) {
      try model(Choice(placement, options: [option: value]))
    }
    #expect("\(failure)".contains(option) && "\(failure)".contains(mend), "\(failure)")
  }

  /// Branches side by side join a stream that no norm changes.
  @Test func parallelBranchesNeedNormsInsideOfThem() throws {
    let alone = NormPlacements.all.map { $0.name }.filter { name in
      (try? model(Choice(name)) { $0.branchCount = 2 }) == nil
    }
    #expect(alone == ["post", "deepNorm", "branchNorm", "hybrid", "mixLN"])
    let scaled = Choice("normFormer", options: ["residualScale": .bool(true)])
    #expect(throws: Failure.self) { try model(scaled) { $0.branchCount = 2 } }
  }

  /// Sub-LN and DeepNorm come with the start that their papers derive; any other may be chosen.
  @Test(arguments: [("subLN", "magneto"), ("deepNorm", "deepNet"), ("pre", "xavierUniform")])
  func placementsBringTheirInitializer(placement: String, initializer: Choice) throws {
    func weights(_ initializer: Choice?) throws -> [Scalar] {
      let model = try model(Choice(placement), seed: nil) { $0.initializer = initializer }
      return try #require(model.parameters["blocks.1.mlp.fc1.weight"]).value.values
    }
    #expect(try weights(nil) == weights(initializer))
    #expect(try weights(nil) != weights("truncatedNormal"))
  }
}
