import Foundation
import Imaging
import ONNX
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// What a file says of itself, and what is refused.
@Suite("ONNX files")
struct ONNXFileTests {
  @Test("input, outputs, versions and metadata")
  func description() throws {
    let model = try ExportedModel(tinyConfiguration { $0.registerCount = 2 })
    let provenance = Provenance(commit: "abc")
    let read = try ReadModel(model.file([.tokens, .features], provenance: [provenance]))
    #expect((read.formatVersion, read.operatorSet) == (11, 23))
    #expect((read.producer, read.producerVersion) == ("vitrail", Provenance.presentVersion))
    let batch = ReadModel.Dimension.name("batch")
    #expect(read.inputs == ["images": [batch, .length(3), .length(8), .length(12)]])
    #expect(read.outputs.map(\.name) == ["tokens", "features"])
    #expect(read.outputs.map(\.dimensions) == [[batch, .length(9), .length(12)], [batch, .length(12)]])
    #expect(Set(read.metadata.keys) == ["configuration", "preprocessing", "provenance"])
    func decoded<T: Decodable>(_ type: T.Type, _ key: String) throws -> T {
      try JSONDecoder().decode(type, from: Data(try #require(read.metadata[key]).utf8))
    }
    let preprocessing = try decoded(Preprocessing.self, "preprocessing")
    #expect(preprocessing == model.preprocessing)
    let makers = try decoded([Provenance].self, "provenance")
    #expect(makers == [provenance])
    let coding = try decoded(VisionTransformerConfiguration.WeightsCoding.self, "configuration")
    #expect(coding.configuration == model.encoder.configuration)
  }

  @Test("names are given once, and everything is used")
  func names() throws {
    let model = try ExportedModel(
      tinyConfiguration { ($0.queryKeyNorm, $0.positions, $0.stem) = (true, .rotary2D, .hMLP) })
    for outputs in [[ONNXOutput.features], [.features, .tokens]] {
      let read = try ReadModel(model.file(outputs))
      let made = read.nodes.flatMap(\.outputs)
      #expect(Set(made).count == made.count)
      #expect(Set(read.nodes.map(\.name)).count == read.nodes.count)
      #expect(Set(made).isDisjoint(with: read.initializers.keys))
      let used = Set(read.nodes.flatMap(\.inputs)).union(read.outputs.map(\.name))
      #expect(used == Set(made).union(read.initializers.keys).union(["images"]))
      for initializer in read.initializers.values {
        #expect(initializer.values.count == initializer.shape.reduce(1, *))
      }
    }
  }

  @Test("a classifier gives probabilities, and shares its encoder with the features")
  func classifier() throws {
    let model = try ExportedModel(tinyConfiguration())
    let scope = model.encoder.parameters.root["head"]
    let linear = Linear(inputs: 12, outputs: 4, initial: .normal(standardDeviation: 1), scope: scope)
    func logits(_ patches: Tensor, _ tape: Tape) -> Tensor {
      linear(model.encoder.features(patches, tape), tape)
    }
    let head = ONNXHead(classNames: ["é", "b \"c\"", "", "d"], logits: logits)
    let alone = try model.file([.features])
    let file = try model.file([.features, .probabilities], head: head)
    let read = try ReadModel(file)
    #expect(read.nodes.count <= (try ReadModel(alone)).nodes.count + 4)
    let labels = try #require(read.metadata["labels"])
    #expect(try JSONDecoder().decode([String].self, from: Data(labels.utf8)) == head.classNames)
    let tape = Tape(.evaluating)
    let wanted = softmaxRows(logits(model.patches, tape), temperature: 1, pool: BufferPool())
    let found = try model.run(file)
    let error = relativeError(found["probabilities"], to: wanted)
    #expect(error <= 1e-5)
    let ofFeatures = relativeError(found["features"], to: model.encoder.features(model.patches, tape))
    #expect(ofFeatures <= 1e-5)
  }

  /// Ties, halves below the least normal one, and the largest.
  @Test("half precision rounds to the nearest, ties to even")
  func halves() throws {
    let model = try ExportedModel(tinyConfiguration { $0.positions = .learned })
    let special: [Float] = [
      0, -0.0, 1, -1, 65504, -65519, 1 + 0x1p-11, 1 + 0x3p-11, 1 + 0x1p-11 + 0x1p-20, 0x1p-14, 0x1.ffcp-15,
      0x1.ffep-15, 0x1p-24, 0x1p-25, 0x1.000002p-25, 0x3p-25, -0x1.8p-23, 1e-30, 2049, 2051, 0.1,
    ]
    let parameter = try #require(model.encoder.parameters["blocks.0.mlp.fc1.weight"])
    let drawn = parameter.value.values.map { Float($0) }
    parameter.assign((special + drawn.dropFirst(special.count)).map { Scalar($0) })
    let read = try ReadModel(model.file(precision: .half))
    let stored = try #require(read.initializers["blocks.0.mlp.fc1.weight.transposed"])
    #expect(stored.shape == [12, 24])
    for (index, value) in parameter.value.values.enumerated() {
      let wanted = ReadTensor.roundedToHalf(Double(Float(value)))
      #expect(stored.values[index % 12 * 24 + index / 12] == wanted, "\(value)")
    }
  }

  @Test("weights that half precision cannot hold are refused")
  func overflow() throws {
    let model = try ExportedModel(tinyConfiguration())
    let parameter = try #require(model.encoder.parameters["blocks.1.attn.proj.weight"])
    parameter.assign([65520] + parameter.value.values.dropFirst())
    expectFailure("blocks.1.attn.proj.weight", "65520", "--type F32") {
      _ = try model.file(precision: .half)
    }
    #expect(try model.file().isEmpty == false)
  }

  /// ViT-H/14 and a model of three times its weights, of which none is made.
  @Test("more than a protobuf message can hold is refused from the configuration alone")
  func tooLarge() throws {
    let huge = tinyConfiguration { ($0.width, $0.depth, $0.headCount, $0.mlpRatio) = (1280, 32, 16, 4) }
    let larger = tinyConfiguration { ($0.width, $0.depth, $0.headCount, $0.mlpRatio) = (2048, 40, 16, 4) }
    try ONNXModel.checkSize(of: huge, .half, at: "weights")
    expectFailure("2.5 GB", "weights", "--type F16") {
      try ONNXModel.checkSize(of: huge, .single, at: "weights")
    }
    expectFailure("4.0 GB", "weights", "smaller model") {
      try ONNXModel.checkSize(of: larger, .half, at: "weights")
    }
  }

  @Test("images of another size than the encoder's are refused")
  func otherImages() throws {
    let model = try ExportedModel(tinyConfiguration())
    for (width, channels) in [(8, 3), (12, 1)] {
      let preprocessing = Preprocessing(
        height: 8, width: width, channels: channels, resizeShorterSide: 8,
        mean: [Float](repeating: 0.5, count: channels),
        standardDeviation: [Float](repeating: 0.5, count: channels))
      expectFailure("8×12×3", "8×\(width)×\(channels)", "model") {
        _ = try ONNXModel(
          model.encoder, preprocessing: preprocessing, outputs: [.features], place: "model")
      }
    }
  }

  @Test("a configuration that does not fit together is refused before its size is computed")
  func impossibleConfiguration() throws {
    for change in [{ $0.width = .max }, { $0.patchSize = 0 }, { $0.mlpRatio = .infinity }]
      as [(inout VisionTransformerConfiguration) -> Void]
    {
      let configuration = tinyConfiguration(change)
      expectFailure("weights") { try ONNXModel.checkSize(of: configuration, .single, at: "weights") }
    }
  }

  @Test("what nobody has told of is refused, and never taken for a constant")
  func unknownOperation() throws {
    var variants = ModelVariants()
    variants.norms.append(HandMadeNorm.self)
    let model = try ExportedModel(tinyConfiguration { $0.norm = "handMade" }, variants: variants)
    expectFailure("does not know", "model", "of your own") { _ = try model.file() }
  }

  @Test("a folder that is not there leaves no file")
  func unwritable() throws {
    let model = try ExportedModel(tinyConfiguration())
    let folder = try TemporaryFolder()
    let exported = try ONNXModel(
      model.encoder, preprocessing: model.preprocessing, outputs: [.features], place: "model")
    try exported.write(to: folder("model.onnx"))
    let written = try Data(contentsOf: folder("model.onnx"))
    var encoded = Data()
    try exported.encode { encoded += $0 }
    #expect(written == encoded && written.count == exported.byteCount)
    expectFailure("cannot create the file", "nowhere") {
      try exported.write(to: folder("nowhere/model.onnx"))
    }
  }

  private func expectFailure(
    _ words: String..., sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    let failure = #expect(throws: Failure.self, sourceLocation: sourceLocation) { try body() }
    for word in words {
      let text = failure?.description ?? ""
      #expect(text.contains(word), "wanted '\(word)' in: \(text)", sourceLocation: sourceLocation)
    }
  }
}

/// A norm that computes past the tape.
private struct HandMadeNorm: Norm {
  static let name = "handMade"
  static let summary = "half of what comes in"
  static let source = "2026"

  init(_ site: NormSite, options: NoOptions, scope: ParameterScope) {}

  func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor {
    Tensor(shape: x.shape, values: x.values.map { $0 / 2 })
  }
}
