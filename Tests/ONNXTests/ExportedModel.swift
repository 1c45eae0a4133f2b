import Foundation
import Imaging
import ONNX
import Platform
import Tensors
import TestSupport
import VisionTransformer

/// An encoder with random parameters and statistics, and what it makes of random images.
struct ExportedModel {
  static let batch = 3

  let encoder: VisionTransformer
  let preprocessing: Preprocessing
  /// [B, C, H, W], 0…1.
  let images: ReadTensor

  init(_ configuration: VisionTransformerConfiguration, seed: UInt64 = 1, variants: ModelVariants = .init())
    throws
  {
    let encoder = try VisionTransformer(
      configuration, parameters: ParameterStore(seed: 7), variants: variants)
    encoder.parameters.randomize(seed: seed)
    Self.randomizeStatistics(encoder.parameters, seed: seed)
    self.init(encoder, seed: seed)
  }

  /// An encoder with the parameters that it has.
  init(_ encoder: VisionTransformer, seed: UInt64 = 1) {
    self.encoder = encoder
    let configuration = encoder.configuration
    preprocessing = Preprocessing(
      height: configuration.imageHeight, width: configuration.imageWidth, channels: configuration.channels,
      resizeShorterSide: max(configuration.imageHeight, configuration.imageWidth),
      mean: (0..<configuration.channels).map { 0.3 + 0.1 * Float($0) },
      standardDeviation: (0..<configuration.channels).map { 0.35 - 0.1 * Float($0 % 3) })
    let shape = [
      Self.batch, configuration.channels, configuration.imageHeight, configuration.imageWidth,
    ]
    var random = RandomStream(seed: seed, purpose: .synthetic, name: "images")
    let values = (0..<shape.reduce(1, *)).map { _ in Double(Float(random.uniform())) }
    images = ReadTensor(shape: shape, values: values, type: ReadTensor.float)
  }

  /// Statistics far from those of the start: means off 0, mean squares and deviations off 1, norms half removed.
  private static func randomizeStatistics(_ store: ParameterStore, seed: UInt64) {
    for (index, parameter) in store.parameters.enumerated() where parameter.role == .statistic {
      let drawn = Tensor.random(parameter.shape, seed: seed &* 77 &+ UInt64(index), scale: 0.3).values
      switch parameter.name.split(separator: ".").last {
      case "stage": parameter.assign([1])
      case "step": parameter.assign([700])
      case "running_mean": parameter.assign(drawn)
      default: parameter.assign(drawn.map { abs($0) + 0.5 })
      }
    }
  }

  /// The same images as the encoder takes them: normalised patches [B, L, P·P·C].
  var patches: Tensor {
    let grid = encoder.configuration.grid
    let patches = Tensor(shape: [Self.batch, grid.count, grid.width])
    let plane = grid.imageHeight * grid.imageWidth
    for sample in 0..<Self.batch {
      let interleaved = (0..<plane * grid.channels).map { index in
        let (pixel, channel) = index.quotientAndRemainder(dividingBy: grid.channels)
        return Float(images.values[(sample * grid.channels + channel) * plane + pixel])
      }
      grid.patchify(.float(interleaved), preprocessing.normalization, into: patches, at: sample)
    }
    return patches
  }

  /// The file that an export writes.
  func file(
    _ outputs: [ONNXOutput] = [.features, .tokens], transfer: PositionTransfer? = nil,
    precision: ONNXPrecision = .single, head: ONNXHead? = nil,
    provenance: [Provenance] = []
  ) throws -> Data {
    let model = try ONNXModel(
      encoder, head: head, preprocessing: preprocessing, outputs: outputs, transfer: transfer,
      precision: precision, provenance: provenance, place: "model")
    var file = Data()
    try model.encode { file += $0 }
    return file
  }

  /// Runs a file on the images.
  func run(_ file: Data) throws -> [String: ReadTensor] {
    try Interpreter(model: ReadModel(file)).run(["images": images])
  }
}

/// How far a tensor of a file is from the model's, of its largest element; infinite when the shapes differ.
func relativeError(_ found: ReadTensor?, to wanted: Tensor) -> Double {
  guard let found, found.shape == wanted.shape, found.type == ReadTensor.float else { return .infinity }
  return relativeError(found.values, wanted.values.map { Double($0) })
}

/// An encoder of two blocks on images of 8 × 12 pixels.
func tinyConfiguration(
  _ change: (inout VisionTransformerConfiguration) -> Void = { _ in }
) -> VisionTransformerConfiguration {
  var configuration = VisionTransformerConfiguration()
  configuration.width = 12
  configuration.depth = 2
  configuration.headCount = 3
  configuration.mlpRatio = 2
  configuration.imageHeight = 8
  configuration.imageWidth = 12
  configuration.patchSize = 4
  change(&configuration)
  return configuration
}
