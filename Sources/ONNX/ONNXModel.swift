import Foundation
import Imaging
import Platform
import Tensors
import VisionTransformer

/// An encoder or a classifier as an ONNX model, from images to features, tokens or probabilities.
///
/// Input: `images`, float32 [batch, C, H, W], values 0…1, any batch; means and deviations are part of the graph. The graph is
/// that of a forward pass in evaluation, which is run once and noted down. Height and width are the encoder's own, or any
/// multiples of its patch size: positions are then computed in the graph.
public struct ONNXModel {
  /// The version of the operators that the graph is written in.
  public static let operatorSet = 23
  /// The version of the file format, the first that has it.
  private static let formatVersion = 11
  /// No protobuf message may be larger.
  private static let largestFile = Int(Int32.max)

  private let graph: GraphBuilder
  /// What comes in.
  public let input: NamedValue
  /// What comes out.
  public let outputs: [NamedValue]
  private let metadata: [(key: String, value: String)]

  /// Traces a model.
  ///
  /// - Parameters:
  ///   - outputs: what it is to give, in their order; each once, probabilities only with a head.
  ///   - transfer: how a table of positions follows to images of other sizes; nil: the size is the encoder's own.
  ///   - provenance: who made the weights, and who exports them.
  ///   - place: the file that the weights are from.
  /// - Throws: `Failure` when the model has an operation that is not known, or would be too large.
  public init(
    _ encoder: VisionTransformer, head: ONNXHead? = nil, preprocessing: Preprocessing, outputs: [ONNXOutput],
    transfer: PositionTransfer? = nil, precision: ONNXPrecision = .single, provenance: [Provenance] = [],
    place: String
  ) throws(Failure) {
    precondition(!outputs.isEmpty && Set(outputs).count == outputs.count, "ONNXModel: outputs \(outputs)")
    precondition(head != nil || !outputs.contains(.probabilities), "ONNXModel: probabilities without a head")
    try Self.checkSize(of: encoder.configuration, precision, at: place)
    try Self.checkInput(encoder.configuration, preprocessing, at: place)
    let parameters = encoder.parameters.parameters
    let (grid, graph) = (encoder.configuration.grid, GraphBuilder(inner: precision.type))
    let entry = ImageInput(grid: grid, preprocessing: preprocessing, isOfAnySize: transfer != nil)
    input = entry.declaration
    let patchValue = entry.patches(graph)
    let size = try transfer.map { (transfer) throws(Failure) in
      try DynamicSize(encoder.configuration, transfer, entry.lengths(graph), at: place)
    }

    let patches = Tensor(shape: [Recording.batch, grid.count, grid.width], repeating: 0.5)
    var declarations: [NamedValue] = []
    /// Notes a pass down and gives its results their names.
    func write(_ named: [ONNXOutput], _ pass: (Tape) -> [Tensor]) throws(Failure) {
      guard !named.isEmpty else { return }
      let recording = Recording(of: pass)
      var lowering = Lowering(into: graph, parameters: parameters, size: size, place: place)
      lowering.know(patches, as: patchValue)
      try lowering.write(recording)
      for (output, tensor) in zip(named, recording.outputs) {
        let value = try lowering.single(tensor)
        graph.output(output == .probabilities ? graph.softmax(value) : value, named: output.rawValue)
        var dimensions: [NamedValue.Dimension] = tensor.shape.map { .length($0) }
        dimensions[0] = .variable(ImageInput.batch)
        if size != nil && output == .tokens { dimensions[1] = .variable(output.rawValue) }
        declarations.append(NamedValue(name: output.rawValue, dimensions: dimensions))
      }
    }
    let ofEncoder = outputs.filter { $0 != .probabilities }
    try write(ofEncoder) { tape in
      let tokens = encoder.encode(patches, tape)
      return ofEncoder.map { $0 == .tokens ? tokens : encoder.pooled(tokens, tape) }
    }
    if let head, outputs.contains(.probabilities) {
      try write([.probabilities]) { [head.logits(patches, $0)] }
    }
    self.outputs = outputs.compactMap { output in declarations.first { $0.name == output.rawValue } }
    graph.prune(keeping: self.outputs.map(\.name))
    self.graph = graph
    metadata = Self.metadata(encoder, head, preprocessing, provenance)
    for initializer in graph.initializers { try initializer.check(at: place) }
    try Self.checkSize(ofBytes: Double(byteCount), precision, at: place)
  }

  /// Number of nodes of the graph.
  public var nodeCount: Int { graph.nodes.count }

  /// Bytes of the file.
  public var byteCount: Int {
    start.bytes.count + parts.reduce(0) { $0 + $1.head.bytes.count + $1.dataCount }
  }

  /// Writes the model, atomically.
  ///
  /// - Throws: `Failure` when the file cannot be written; nothing appears then.
  public func write(to url: URL) throws(Failure) {
    try AtomicFile.write(to: url, encode)
  }

  /// Gives the bytes of the file, piece by piece, so that no more than one constant is held in memory twice.
  ///
  /// - Throws: what `append` throws.
  public func encode(_ append: (Data) throws(Failure) -> Void) throws(Failure) {
    try append(Data(start.bytes))
    for part in parts {
      try append(Data(part.head.bytes))
      if let initializer = part.initializer { try append(initializer.data) }
    }
  }

  /// Checks that a file can hold the weights of an encoder, before they are read.
  ///
  /// - Throws: `Failure` when it cannot, or the configuration does not fit together.
  public static func checkSize(
    of configuration: VisionTransformerConfiguration, _ precision: ONNXPrecision, at place: String
  ) throws(Failure) {
    try located(place) { () throws(Failure) in try configuration.validate() }
    try checkSize(
      ofBytes: configuration.matrixScalarCount * Double(precision.type.width), precision, at: place)
  }

  private static func checkSize(
    ofBytes byteCount: Double, _ precision: ONNXPrecision, at place: String
  ) throws(Failure) {
    guard byteCount > Double(largestFile) else { return }
    throw Failure(
      "the model would be \(ByteCount(Int(byteCount))), more than the \(ByteCount(largestFile)) of an ONNX file",
      at: place, mend: precision == .single ? "export with --type F16" : "export a smaller model")
  }

  /// A file of somebody else's making may say two things.
  private static func checkInput(
    _ configuration: VisionTransformerConfiguration, _ preprocessing: Preprocessing, at place: String
  ) throws(Failure) {
    let ofEncoder = [configuration.imageHeight, configuration.imageWidth, configuration.channels]
    let ofImages = [preprocessing.height, preprocessing.width, preprocessing.channels]
    guard ofEncoder == ofImages else {
      func size(_ lengths: [Int]) -> String { lengths.map(String.init).joined(separator: "×") }
      throw Failure(
        "its encoder reads images of \(size(ofEncoder)), its preprocessing makes them \(size(ofImages))",
        at: place, mend: "give a file as Vitrail wrote it")
    }
  }

  private static func metadata(
    _ encoder: VisionTransformer, _ head: ONNXHead?, _ preprocessing: Preprocessing,
    _ provenance: [Provenance]
  ) -> [(key: String, value: String)] {
    var entries: [String: JSONValue] = [
      "configuration": .encoding(encoder.configuration.weightsCoding),
      "preprocessing": .encoding(preprocessing), "provenance": .encoding(provenance),
    ]
    if let head { entries["labels"] = .array(head.classNames.map { .string($0) }) }
    return entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value.text) }
  }

  // MARK: The file

  /// A piece of the graph's message, and the constant whose elements follow it.
  private struct Part {
    var head = ProtobufMessage()
    var initializer: Initializer?
    var dataCount: Int { initializer?.byteCount ?? 0 }
  }

  /// All of the graph's message.
  private var parts: [Part] {
    var first = Part()
    for node in graph.nodes { first.head.add(1, node.message) }
    first.head.add(2, text: "vitrail")
    first.head.add(11, input.message)
    for output in outputs { first.head.add(12, output.message) }
    return [first]
      + graph.initializers.map { initializer in
        let header = initializer.header
        var part = Part(initializer: initializer)
        part.head.begin(5, byteCount: header.bytes.count + initializer.byteCount)
        part.head.add(header)
        return part
      }
  }

  /// The model's message up to the graph, its last field.
  private var start: ProtobufMessage {
    var message = ProtobufMessage()
    message.add(1, integer: Self.formatVersion)
    message.add(2, text: "vitrail")
    message.add(3, text: Provenance.presentVersion)
    var operators = ProtobufMessage()
    operators.add(1, text: "")
    operators.add(2, integer: Self.operatorSet)
    message.add(8, operators)
    for (key, value) in metadata {
      var entry = ProtobufMessage()
      entry.add(1, text: key)
      entry.add(2, text: value)
      message.add(14, entry)
    }
    message.begin(7, byteCount: parts.reduce(0) { $0 + $1.head.bytes.count + $1.dataCount })
    return message
  }
}
