import Foundation

/// Runs a model by the definitions of the ONNX operators, one loop each, without regard to speed.
///
/// Results are rounded to their type. What a definition does not allow, such as operands of two types, is an error.
struct Interpreter {
  struct Refused: Error, CustomStringConvertible {
    let description: String
  }

  let model: ReadModel

  /// The outputs of the graph for an input.
  func run(_ inputs: [String: ReadTensor]) throws -> [String: ReadTensor] {
    var values = model.initializers.merging(inputs) { $1 }
    for node in model.nodes {
      var operands: [ReadTensor?] = []
      for name in node.inputs {
        if name.isEmpty {
          operands.append(nil)
          continue
        }
        guard let value = values[name] else { throw Refused(description: "\(node.name): no value '\(name)'") }
        operands.append(value)
      }
      let results = try Operation(node: node, operands: operands).results()
      for (name, result) in zip(node.outputs, results) {
        guard values[name] == nil else { throw Refused(description: "'\(name)' is made twice") }
        values[name] = rounded(result)
      }
    }
    var outputs: [String: ReadTensor] = [:]
    for (name, _) in model.outputs { outputs[name] = values[name] }
    return outputs
  }

  private func rounded(_ tensor: ReadTensor) -> ReadTensor {
    var tensor = tensor
    switch tensor.type {
    case ReadTensor.float: tensor.values = tensor.values.map { Double(Float($0)) }
    case ReadTensor.float16: tensor.values = tensor.values.map(ReadTensor.roundedToHalf)
    default: break
    }
    return tensor
  }
}

/// One operator and what it is given.
struct Operation {
  let node: ReadModel.Node
  let operands: [ReadTensor?]

  func results() throws -> [ReadTensor] {
    switch node.operation {
    case "Identity": [try operand(0)]
    case "Cast": [try cast()]
    case "Add": [try elementwise { $0 + $1 }]
    case "Sub": [try elementwise { $0 - $1 }]
    case "Mul": [try elementwise { $0 * $1 }]
    case "Div": [try divided()]
    case "Max": [try elementwise { max($0, $1) }]
    case "Min": [try elementwise { min($0, $1) }]
    case "Abs": [try map { abs($0) }]
    case "Sin": [try map { sin($0) }]
    case "Cos": [try map { cos($0) }]
    case "Sqrt": [try map { $0.squareRoot() }]
    case "Neg": [try map { -$0 }]
    case "Tanh": [try map { tanh($0) }]
    case "Sigmoid": [try map { 1 / (1 + exp(-$0)) }]
    case "Relu": [try map { max($0, 0) }]
    case "Gelu": [try gelu()]
    case "MatMul": [try matrixProduct()]
    case "Softmax": [try softmax()]
    case "LayerNormalization": [try layerNormalization()]
    case "RMSNormalization": [try rmsNormalization()]
    case "ReduceMean": [try reduced { $0.reduce(0, +) / Double($0.count) }]
    case "ReduceSum": [try reduced { $0.reduce(0, +) }]
    case "Shape": [try shape()]
    case "Range": [try range()]
    case "Expand": [try expanded()]
    case "Reshape": [try reshaped()]
    case "Squeeze": [try squeezed()]
    case "Transpose": [try transposed()]
    case "Slice": [try sliced()]
    case "Split": try split()
    case "Concat": [try concatenated()]
    case "Pad": [try padded()]
    case "Gather": [try gathered()]
    default: throw refused("an operator that the tests do not know")
    }
  }

  // MARK: Operands

  func refused(_ problem: String) -> Interpreter.Refused {
    Interpreter.Refused(description: "\(node.name): \(problem)")
  }

  func operand(_ index: Int) throws -> ReadTensor {
    guard index < operands.count, let value = operands[index] else { throw refused("no input \(index)") }
    return value
  }

  func integer(_ name: String, default value: Int? = nil) throws -> Int {
    if case .integer(let number)? = node.attributes[name] { return number }
    guard let value, node.attributes[name] == nil else { throw refused("no whole number '\(name)'") }
    return value
  }

  /// An axis counted from the front.
  func axis(_ number: Int, of tensor: ReadTensor) throws -> Int {
    let axis = number < 0 ? number + tensor.shape.count : number
    guard tensor.shape.indices.contains(axis) else { throw refused("no axis \(number) of \(tensor.shape)") }
    return axis
  }

  // MARK: Element by element

  private func map(_ function: (Double) -> Double) throws -> ReadTensor {
    var result = try operand(0)
    guard result.type != ReadTensor.int64 else { throw refused("whole numbers") }
    result.values = result.values.map(function)
    return result
  }

  private func cast() throws -> ReadTensor {
    var result = try operand(0)
    result.type = try integer("to")
    return result
  }

  /// Of whole numbers the quotient is cut.
  private func divided() throws -> ReadTensor {
    var result = try elementwise { $0 / $1 }
    if result.type == ReadTensor.int64 { result.values = result.values.map { $0.rounded(.towardZero) } }
    return result
  }

  /// Numbers from the first operand below the second, the third apart.
  private func range() throws -> ReadTensor {
    let bounds = try (0..<3).map { try operand($0) }
    guard bounds.allSatisfy({ $0.shape.isEmpty && $0.type == bounds[0].type }) else {
      throw refused("bounds that are no scalars of one type")
    }
    let values = Array(stride(from: bounds[0].values[0], to: bounds[1].values[0], by: bounds[2].values[0]))
    return ReadTensor(shape: [values.count], values: values, type: bounds[0].type)
  }

  /// Repeated as broadcasting with a shape does.
  private func expanded() throws -> ReadTensor {
    let (x, wanted) = (try operand(0), try operand(1).integers)
    let shape = try broadcast(x.shape, wanted)
    return ReadTensor(
      shape: shape, values: places(of: x.shape, in: shape).map { x.values[$0] }, type: x.type)
  }

  private func elementwise(_ function: (Double, Double) -> Double) throws -> ReadTensor {
    let (a, b) = (try operand(0), try operand(1))
    guard a.type == b.type else { throw refused("operands of types \(a.type) and \(b.type)") }
    let shape = try broadcast(a.shape, b.shape)
    let (left, right) = (places(of: a.shape, in: shape), places(of: b.shape, in: shape))
    return ReadTensor(
      shape: shape, values: zip(left, right).map { function(a.values[$0], b.values[$1]) }, type: a.type)
  }

  private func gelu() throws -> ReadTensor {
    switch node.attributes["approximate"] {
    case nil, .text("none")?: try map { 0.5 * $0 * (1 + erf($0 / 2.squareRoot())) }
    case .text("tanh")?:
      try map { 0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }
    default: throw refused("an approximation that is none")
    }
  }

  /// Multidirectional broadcasting.
  private func broadcast(_ a: [Int], _ b: [Int]) throws -> [Int] {
    let rank = max(a.count, b.count)
    let (a, b) = (ones(rank - a.count) + a, ones(rank - b.count) + b)
    return try zip(a, b).map { one, other in
      guard one == other || one == 1 || other == 1 else { throw refused("shapes \(a) and \(b)") }
      return one == 1 ? other : one
    }
  }

  private func ones(_ count: Int) -> [Int] { [Int](repeating: 1, count: count) }

  /// For each element of `target`, in order, the place of the element of `shape` that is repeated there.
  private func places(of shape: [Int], in target: [Int]) -> [Int] {
    let padded = ones(target.count - shape.count) + shape
    var places = [0]
    for (axis, length) in target.enumerated() {
      let own = padded[axis]
      var next: [Int] = []
      next.reserveCapacity(places.count * length)
      for place in places { for index in 0..<length { next.append(place * own + (own == 1 ? 0 : index)) } }
      places = next
    }
    return places
  }

  // MARK: Rows

  /// The last axis changed row by row.
  private func rows(_ change: (ArraySlice<Double>) -> [Double]) throws -> ReadTensor {
    var result = try operand(0)
    let width = result.shape[result.shape.count - 1]
    result.values = stride(from: 0, to: result.values.count, by: width).flatMap { start in
      change(result.values[start..<start + width])
    }
    return result
  }

  private func softmax() throws -> ReadTensor {
    guard try axis(integer("axis", default: -1), of: operand(0)) == operand(0).shape.count - 1 else {
      throw refused("an axis that is not the last")
    }
    return try rows { row in
      let largest = row.max() ?? 0
      let powers = row.map { exp($0 - largest) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    }
  }

  private var epsilon: Double {
    if case .number(let value)? = node.attributes["epsilon"] { value } else { 1e-5 }
  }

  private func layerNormalization() throws -> ReadTensor {
    let (x, scale) = (try operand(0), try operand(1))
    let bias = operands.count > 2 ? try operand(2) : nil
    guard try axis(integer("axis", default: -1), of: x) == x.shape.count - 1 else {
      throw refused("an axis that is not the last")
    }
    return try rows { row in
      let mean = row.reduce(0, +) / Double(row.count)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
      return row.enumerated().map { index, value in
        (value - mean) / (variance + epsilon).squareRoot() * scale.values[index] + (bias?.values[index] ?? 0)
      }
    }
  }

  private func rmsNormalization() throws -> ReadTensor {
    let (x, scale) = (try operand(0), try operand(1))
    guard try axis(integer("axis", default: -1), of: x) == x.shape.count - 1 else {
      throw refused("an axis that is not the last")
    }
    return try rows { row in
      let square = row.reduce(0) { $0 + $1 * $1 } / Double(row.count)
      return row.enumerated().map { $1 / (square + epsilon).squareRoot() * scale.values[$0] }
    }
  }

  private func matrixProduct() throws -> ReadTensor {
    let (a, b) = (try operand(0), try operand(1))
    guard a.type == b.type, a.shape.count > 1, b.shape.count > 1 else {
      throw refused("\(a.shape), \(b.shape)")
    }
    let (rows, inner) = (a.shape[a.shape.count - 2], a.shape[a.shape.count - 1])
    let columns = b.shape[b.shape.count - 1]
    guard b.shape[b.shape.count - 2] == inner else { throw refused("\(a.shape), \(b.shape)") }
    let batch = try broadcast(Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)))
    let left = places(of: Array(a.shape.dropLast(2)), in: batch)
    let right = places(of: Array(b.shape.dropLast(2)), in: batch)
    var values: [Double] = []
    for (first, second) in zip(left, right) {
      for row in 0..<rows {
        for column in 0..<columns {
          var sum = 0.0
          for index in 0..<inner {
            sum +=
              a.values[(first * rows + row) * inner + index]
              * b.values[(second * inner + index) * columns + column]
          }
          values.append(sum)
        }
      }
    }
    return ReadTensor(shape: batch + [rows, columns], values: values, type: a.type)
  }

  /// Along the axes of the second input, which must be one.
  private func reduced(_ function: ([Double]) -> Double) throws -> ReadTensor {
    let (x, axes) = (try operand(0), try operand(1).integers)
    guard axes.count == 1 else { throw refused("axes \(axes)") }
    let axis = try axis(axes[0], of: x)
    let (outer, length) = (x.shape[..<axis].reduce(1, *), x.shape[axis])
    let inner = x.shape[(axis + 1)...].reduce(1, *)
    let values = (0..<outer).flatMap { first in
      (0..<inner).map { last in
        function((0..<length).map { x.values[(first * length + $0) * inner + last] })
      }
    }
    var shape = x.shape
    shape[axis] = 1
    if try integer("keepdims", default: 1) == 0 { shape.remove(at: axis) }
    return ReadTensor(shape: shape, values: values, type: x.type)
  }
}
