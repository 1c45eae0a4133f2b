import Foundation
import ONNX
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// One file for images of any size gives what the encoder gives that `ModelFile` makes for that size.
@Suite("ONNX for images of any size")
struct DynamicSizeTests {
  /// Class token, registers and pooling.
  private static let prefixes: [(Bool, Int, Pooling)] = [
    (true, 0, .mean), (true, 2, .classToken), (false, 0, .mean), (false, 1, .mean),
  ]

  /// The own size, 3 × 4 patches; smaller; larger; lower and wider.
  @Test("every kind of positions follows by every rule", arguments: PositionTransfer.allCases)
  func positions(transfer: PositionTransfer) throws {
    var index = 0
    for positions in Positions.allCases where positions != .learned || transfer != .recomputed {
      for stem in Stem.allCases {
        for (hasClassToken, registerCount, pooling) in Self.prefixes {
          let configuration = tinyConfiguration {
            ($0.imageHeight, $0.imageWidth, $0.positions, $0.stem) = (12, 16, positions, stem)
            ($0.hasClassToken, $0.registerCount, $0.pooling) = (hasClassToken, registerCount, pooling)
          }
          let model = try ExportedModel(configuration)
          let name = "dynamic-\(transfer)-\(index)"
          try check(model, transfer, [(12, 16), (8, 8), (24, 28), (4, 40)], name, inHalf: index % 4 == 0)
          index += 1
          // Unless it is computed anew, a table of the own size is the file's to the bit.
          guard positions != .rotary2D && transfer != .recomputed else { continue }
          let (fixed, dynamic) = (try model.file(), try model.file(transfer: transfer))
          let (wanted, found) = (try model.run(fixed), try model.run(dynamic))
          #expect(found["tokens"]?.values == wanted["tokens"]?.values)
        }
      }
    }
  }

  @Test("grids as users have them", arguments: PositionTransfer.allCases)
  func largeGrids(transfer: PositionTransfer) throws {
    let positions: Positions = transfer == .recomputed ? .sinCos2D : .learned
    for (index, positions) in [positions, .rotary2D].enumerated() {
      let model = try ExportedModel(
        tinyConfiguration {
          ($0.imageHeight, $0.imageWidth, $0.patchSize, $0.depth) = (28, 28, 2, 1)
          $0.positions = positions
        })
      try check(model, transfer, [(32, 42), (14, 56)], "dynamic-large-\(transfer)-\(index)")
    }
  }

  @Test("every norm and stem", arguments: EncoderExportTests.families)
  func norms(norm: Choice) throws {
    for (index, placement) in NormPlacements.all.enumerated() {
      let model = try ExportedModel(
        tinyConfiguration {
          ($0.norm, $0.placement, $0.patchNormFunction) = (norm, Choice(placement.name), norm)
          ($0.registerCount, $0.queryKeyNorm) = (index % 2, index % 3 == 0)
          $0.stem = index % 2 == 0 ? .hMLP : .linear
        })
      try check(model, .antialiased, [(12, 8)], "dynamic-\(norm.name)-\(index)")
    }
  }

  @Test("whatever else a configuration may have", arguments: [PositionTransfer.bicubic, .recomputed])
  func otherParts(transfer: PositionTransfer) throws {
    for (index, configuration) in EncoderExportTests.others.enumerated()
    where configuration.positions != .learned || transfer != .recomputed {
      let model = try ExportedModel(configuration)
      try check(model, transfer, [(8, 20)], "dynamic-other-\(transfer)-\(index)")
    }
  }

  @Test("a classifier gives probabilities of images of any size")
  func classifier() throws {
    func head(_ encoder: VisionTransformer) -> (Tensor, Tape) -> Tensor {
      let weight = Tensor.random([4, 12], seed: 3, scale: 1)
      let scope = encoder.parameters.root["head"]
      let linear = Linear(inputs: 12, outputs: 4, initial: .values(weight.values), scope: scope)
      return { patches, tape in linear(encoder.features(patches, tape), tape) }
    }
    let model = try ExportedModel(tinyConfiguration())
    let other = try Self.other(model, 16, 8, .antialiased)
    let file = try model.file(
      [.probabilities], transfer: .antialiased,
      head: ONNXHead(classNames: ["a", "b", "c", "d"], logits: head(model.encoder)))
    let logits = head(other.encoder)(other.patches, Tape(.evaluating))
    let found = try other.run(file)
    let error = relativeError(
      found["probabilities"], to: softmaxRows(logits, temperature: 1, pool: BufferPool()))
    #expect(error <= 1e-5)
  }

  @Test("the file says which lengths are open, and uses all that it holds")
  func description() throws {
    for positions in Positions.allCases {
      let model = try ExportedModel(tinyConfiguration { $0.positions = positions })
      let read = try ReadModel(model.file(transfer: .antialiased))
      let batch = ReadModel.Dimension.name("batch")
      #expect(read.inputs == ["images": [batch, .length(3), .name("height"), .name("width")]])
      #expect(
        read.outputs.map(\.dimensions) == [[batch, .length(12)], [batch, .name("tokens"), .length(12)]])
      let used = Set(read.nodes.flatMap(\.inputs)).union(read.outputs.map(\.name))
      #expect(used == Set(read.nodes.flatMap(\.outputs)).union(read.initializers.keys).union(["images"]))
    }
  }

  @Test("images that do not divide into patches are refused by the graph")
  func indivisible() throws {
    let model = try ExportedModel(tinyConfiguration())
    let interpreter = Interpreter(model: try ReadModel(model.file(transfer: .antialiased)))
    for (height, width) in [(9, 12), (8, 11), (2, 12), (8, 2), (2, 2)] {
      let shape = [1, 3, height, width]
      let images = ReadTensor(
        shape: shape, values: [Double](repeating: 0.5, count: 3 * height * width), type: ReadTensor.float)
      #expect(throws: Interpreter.Refused.self) { try interpreter.run(["images": images]) }
    }
  }

  @Test("what cannot follow the size is refused")
  func refusals() throws {
    let learned = try ExportedModel(tinyConfiguration { $0.positions = .learned })
    var failure = #expect(throws: Failure.self) { try learned.file(transfer: .recomputed) }
    #expect(failure?.description.contains("learned positions cannot be recomputed") == true)
    let encoder = learned.encoder
    let head = ONNXHead(classNames: ["a"]) { patches, tape in
      tape.meanTokens(encoder.encode(patches, tape), 2..<4)
    }
    failure = #expect(throws: Failure.self) {
      try learned.file([.probabilities], transfer: .bicubic, head: head)
    }
    #expect(failure?.description.contains("a mean over tokens 2..<4 of 7") == true)
    #expect(failure?.description.contains("without --dynamic-size") == true)
  }

  // MARK: Checks

  /// Runs a file on images of each size. Batches, and of all but the own the sizes, are not those that were traced.
  private func check(
    _ model: ExportedModel, _ transfer: PositionTransfer, _ sizes: [(Int, Int)], _ name: String,
    inHalf: Bool = false
  ) throws {
    let file = try model.file(transfer: transfer)
    var files = ["F32": file]
    if inHalf { files["F16"] = try model.file(transfer: transfer, precision: .half) }
    let interpreters = try files.mapValues { Interpreter(model: try ReadModel($0)) }
    for (height, width) in sizes {
      let other = try Self.other(model, height, width, transfer)
      let tape = Tape(.evaluating)
      let tokens = other.encoder.encode(other.patches, tape)
      let features = other.encoder.pooled(tokens, tape)
      for (precision, interpreter) in interpreters {
        let found = try interpreter.run(["images": other.images])
        let errors = [
          relativeError(found["tokens"], to: tokens), relativeError(found["features"], to: features),
        ]
        let bound = precision == "F32" ? 1e-5 : 0.08
        let configuration = model.encoder.configuration
        #expect(
          errors.allSatisfy { $0 <= bound },
          "\(name) \(precision): \(errors) of \(height)×\(width), \(configuration.positions) \(configuration.stem)"
        )
      }
      try KeptFiles.keep("\(name)x\(height)x\(width)", files, other, features: features, tokens: tokens)
    }
  }

  /// What the library makes of a model for another size, and images of it.
  private static func other(
    _ model: ExportedModel, _ height: Int, _ width: Int, _ transfer: PositionTransfer
  ) throws -> ExportedModel {
    let folder = try TemporaryFolder()
    try ModelFile.write(
      model.encoder.parameters.parameters.map { ($0.name, $0.value) },
      configuration: model.encoder.configuration, preprocessing: model.preprocessing,
      to: folder("model.safetensors"))
    let file = try ModelFile(contentsOf: folder("model.safetensors"))
    return ExportedModel(
      try file.makeModel(imageHeight: height, imageWidth: width, transfer), seed: UInt64(height + width))
  }
}
