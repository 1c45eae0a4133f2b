import Platform
import Tensors

/// Turns the operations of a recording into nodes of a graph.
///
/// Shapes of the recording have its batch as their first length, or a multiple of it; in the graph that length is −1, so that
/// any batch runs. With a dynamic size the number of tokens, the second length, is left open too.
struct Lowering {
  let graph: GraphBuilder
  /// Where failures are said to be: the file that the model is from.
  let place: String
  /// What is known of the size of images that each run decides; nil where it is the encoder's own.
  let size: DynamicSize?
  private let parameters: [Tensor.Place: Parameter]
  private var constants: [Tensor.Place: Tensor] = [:]
  private var known: [Tensor.Place: Known] = [:]

  /// What the graph has of a tensor of the recording.
  private enum Known {
    case whole(Value, shape: [Int])
    /// Queries, keys and values [B, N, H, d] of a fused projection, apart.
    case thirds([Value], headCount: Int)
  }

  init(into graph: GraphBuilder, parameters: [Parameter], size: DynamicSize?, place: String) {
    self.graph = graph
    self.size = size
    self.place = place
    self.parameters = Dictionary(parameters.map { ($0.value.place, $0) }) { first, _ in first }
  }

  /// Says which value a tensor is that comes from outside of the recording.
  mutating func know(_ tensor: Tensor, as value: Value) {
    known[tensor.place] = .whole(value, shape: tensor.shape)
  }

  /// Writes all operations.
  mutating func write(_ recording: Recording) throws(Failure) {
    for step in recording.steps {
      let result = step.result
      if let value = try value(of: step.operation, giving: result) { know(result, as: value) }
    }
  }

  /// The value of an operation; nil where it gives thirds, or is a constant.
  private mutating func value(
    of operation: TracedOperation, giving result: Tensor
  ) throws(Failure) -> Value? {
    switch operation {
    case .constant:
      constants[result.place] = result
      return nil
    case .linear(let x, let weight, let bias, let residual, let scale):
      return try linear(x, weight: weight, bias: bias, residual: residual, residualScale: scale)
    case .mlp(
      let x, let hiddenWeight, let hiddenBias, let outputWeight, let outputBias, let residual, let scale):
      let hidden = try activated(
        product(inner(x), hiddenWeight), bias: hiddenBias, by: .gelu)
      return try linear(
        hidden, weight: outputWeight, bias: outputBias, residual: residual, residualScale: scale)
    case .activation(let x, let bias, let activation):
      return try activated(inner(x), bias: bias, by: activation)
    case .rowNorm(let x, let norm, let leading):
      return try rowNorm(single(x), norm, width: x.width, leading: leading)
    case .headNorms(let qkv, let headCount, let norms):
      known[result.place] = .thirds(try headNorms(qkv, headCount, norms), headCount: headCount)
      return nil
    case .compressedNorm(let x, let weight, let epsilon):
      return try compressedNorm(single(x), width: x.width, weight: weight, epsilon: Float(epsilon))
    case .scaledNorm(let x, let offset, let gain, let divisor, let epsilon, let floor):
      return try scaledNorm(
        single(x), offset: offset, gain: Float(gain), divisor: Float(divisor), epsilon: Float(epsilon),
        floor: Float(floor))
    case .dynamicTanh(let x, let alpha, let weight, let bias):
      let squashed = graph.apply("Tanh", graph.product(try single(x), Float(alpha)))
      return try affine(squashed, weight: weight, bias: bias)
    case .channelNorm(let x, let mean, let variance, let epsilon, let weight, let bias, let skip):
      return try channelNorm(
        single(x), mean: mean, variance: variance, epsilon: epsilon, weight: weight, bias: bias, skip: skip)
    case .affineChannels(let x, let weight, let bias, let centers, let rowFactors):
      return try affineChannels(
        x, weight: weight, bias: bias, centers: centers, rowFactors: rowFactors)
    case .compressed(let x):
      let x32 = try single(x)
      return graph.slice(graph.difference(x32, graph.mean(x32)), 0..<x.width - 1, axis: -1)
    case .expanded(let x):
      let x32 = try single(x)
      return graph.joined([x32, graph.apply("Neg", graph.total(x32))], axis: -1)
    case .scaled(let x, let factor):
      return graph.product(try inner(x), Float(factor))
    case .scaledChannels(let x, let factors):
      return try scaledChannels(inner(x), width: x.width, by: factors)
    case .scaledResidual(let x, let branch, let layerScale, let residualScale, let branchScale):
      return try scaledResidual(
        x, branch, layerScale: layerScale, residualScale: residualScale, branchScale: branchScale)
    case .attention(let qkv, let headCount, let keyCount):
      return try attention(qkv, headCount: headCount, keyCount: keyCount)
    case .rotated(let qkv, let cosines, let sines, let prefixCount):
      let heads = qkv.width / 3 / (2 * cosines.width)
      known[result.place] = .thirds(
        try rotated(qkv, heads, cosines: cosines, sines: sines, prefixCount: prefixCount), headCount: heads)
      return nil
    case .headThird(let qkv, let headCount, let part):
      return try thirds(qkv, headCount)[part]
    case .joinedHeads(let parts):
      var values: [Value] = []
      for part in parts { values.append(try inner(part)) }
      known[result.place] = .thirds(values, headCount: parts[0].shape[2])
      return nil
    case .reordered(let x, let order, let length):
      return reordered(try inner(x), x, order: order, length: length)
    case .sequence(let classToken, let registers, let patches, let positions):
      return try sequence(
        classToken: classToken, registers: registers, patches: patches, positions: positions)
    case .meanTokens(let x, let range):
      return try meanTokens(try single(x), count: x.shape[1], range)
    }
  }

  // MARK: Operands

  /// A tensor of the recording in the graph, in the precision that it was computed in.
  func operand(_ tensor: Tensor) throws(Failure) -> Value {
    switch known[tensor.place] {
    case .whole(let value, let shape):
      return shape == tensor.shape ? value : reshaped(value, from: shape, to: tensor.shape)
    case .thirds(let thirds, _):
      let shape: [Int] = tensor.shape.dropLast() + [tensor.width / 3]
      return graph.joined(
        thirds.map { reshaped(graph.cast($0, to: graph.inner), from: tensor.shape, to: shape) }, axis: -1)
    case nil:
      throw Failure(
        "a tensor \(tensor.shape) comes from an operation that ONNX export does not know", at: place,
        mend: "export encoders without layers of your own; if there are none, report this")
    }
  }

  /// A tensor as weights are multiplied with it.
  func inner(_ tensor: Tensor) throws(Failure) -> Value { graph.cast(try operand(tensor), to: graph.inner) }

  /// A tensor in single precision, as statistics are taken.
  func single(_ tensor: Tensor) throws(Failure) -> Value { graph.cast(try operand(tensor), to: .float) }

  /// Queries, keys and values [B, N, H, d] of a fused projection [B, N, 3D].
  func thirds(_ qkv: Tensor, _ headCount: Int) throws(Failure) -> [Value] {
    let third = qkv.width / 3
    func heads(_ value: Value) -> Value {
      reshaped(value, from: qkv.shape, to: qkv.shape.dropLast() + [headCount, third / headCount])
    }
    if case .thirds(let values, let count) = known[qkv.place] {
      return count == headCount ? values : values.map(heads)
    }
    return graph.split(try inner(qkv), [third, third, third], axis: -1).map(heads)
  }

  /// A value of a shape of the recording in another one, with any batch and, of a dynamic size, any number of tokens.
  func reshaped(_ value: Value, from old: [Int], to new: [Int]) -> Value {
    guard let size, new.count > 2, new[0] == Recording.batch else {
      return graph.reshaped(value, [-1] + new.dropFirst())
    }
    let rest = [-1] + new.dropFirst(2)
    guard old[0] != Recording.batch else { return graph.reshaped(value, [0] + rest) }
    return graph.reshaped(value, to: graph.joined([size.batch, graph.integers(rest)], axis: 0))
  }

  /// That something in the model does not follow the size of images.
  func sizeFailure(_ what: String) -> Failure {
    Failure(
      "\(what) does not follow the size of images", at: place,
      mend: "export without --dynamic-size, for the encoder's own size")
  }

  /// The parameter whose value a tensor is.
  func parameter(_ tensor: Tensor) throws(Failure) -> Parameter {
    guard let parameter = parameters[tensor.place] else {
      throw Failure(
        "a weight \(tensor.shape) is no parameter of the model, and ONNX export does not know how it came about",
        at: place, mend: "export encoders without layers of your own; if there are none, report this")
    }
    return parameter
  }

  /// The numbers of a parameter, or of what was declared as constant.
  func numbers(_ tensor: Tensor) throws(Failure) -> [Float] {
    if constants[tensor.place] == nil { _ = try parameter(tensor) }
    return tensor.values.map { Float($0) }
  }
}
