import Platform
import Tensors

/// The tensors of a model by name, in double precision, with the changes that exact conversions are made of.
struct WeightTable: Sendable {
  private var tensors: [String: (shape: [Int], values: [Double])] = [:]
  /// What the model declared, in its order: what a tensor is for, and where it stands.
  private let declared: [Parameter]

  /// Copies the parameters of a store.
  init(_ store: ParameterStore) {
    declared = store.parameters
    for parameter in store.parameters {
      tensors[parameter.name] = (parameter.shape, parameter.value.values.map { Double($0) })
    }
  }

  /// The parameters of the model that are still there and fulfil the condition, in its order.
  func parameters(_ isWanted: (Parameter) -> Bool) -> [Parameter] {
    declared.filter { tensors[$0.name] != nil && isWanted($0) }
  }

  /// The linear layer whose weight has that role in the same sublayer, or outside of blocks in the same stack; nil when there
  /// is none.
  func linear(_ role: WeightRole, beside site: ParameterSite) -> String? {
    declared.first { $0.role == .matrix(role) && $0.site.isBeside(site) }?.layer
  }

  func contains(_ name: String) -> Bool { tensors[name] != nil }

  /// The values of a tensor that is there.
  func values(_ name: String) -> [Double] { tensor(name).values }

  mutating func set(_ name: String, _ values: [Double]) { tensors[name] = ([values.count], values) }

  mutating func remove(_ name: String) { tensors[name] = nil }

  /// Number of inputs of a linear layer; nil when there is no such layer.
  func inputs(ofLinear name: String) -> Int? {
    guard let weight = tensors["\(name).weight"], weight.shape.count == 2 else { return nil }
    return weight.shape[1]
  }

  /// Gives every parameter of `store` the tensor of its name.
  ///
  /// - Throws: `Failure` when one is missing or has another shape.
  func load(into store: ParameterStore, at place: String) throws(Failure) {
    for parameter in store.parameters {
      guard let tensor = tensors[parameter.name], tensor.shape == parameter.shape else {
        throw Failure(
          "the converted model wants '\(parameter.name)' of shape \(parameter.shape), which is not there",
          at: place, mend: "convert a model that Vitrail has written")
      }
      parameter.assign(tensor.values.map { Scalar($0) })
    }
  }

  // MARK: Linear layers, y = W·x + b

  /// Makes the layer read n where it read factor·(scale∘n + shift): W ← W·diag(scale), b ← b + factor·W·shift.
  mutating func readThrough(_ name: String, scale: [Double], shift: [Double], factor: Double) {
    changeRows(ofLinear: name) { row, bias in
      for index in row.indices {
        bias += factor * row[index] * shift[index]
        row[index] *= scale[index]
      }
    }
  }

  /// Makes the layer blind to the mean of its input: each row of W less its mean.
  mutating func ignoreInputMean(_ name: String) {
    changeRows(ofLinear: name) { row, _ in
      let mean = row.reduce(0, +) / Double(row.count)
      for index in row.indices { row[index] -= mean }
    }
  }

  /// Multiplies the outputs: W ← diag(scale)·W, b ← scale∘b.
  mutating func scaleOutputs(_ name: String, by scale: [Double]) {
    var output = 0
    changeRows(ofLinear: name) { row, bias in
      for index in row.indices { row[index] *= scale[output] }
      bias *= scale[output]
      output += 1
    }
  }

  /// Makes the outputs sum to 0, whatever the input.
  mutating func centerOutputs(_ name: String) {
    let (shape, values) = tensor("\(name).weight")
    let (outputs, inputs) = (shape[0], shape[1])
    var centered = values
    for input in 0..<inputs {
      let mean = (0..<outputs).reduce(0) { $0 + values[$1 * inputs + input] } / Double(outputs)
      for output in 0..<outputs { centered[output * inputs + input] -= mean }
    }
    tensors["\(name).weight"] = (shape, centered)
    centerRows("\(name).bias")
  }

  /// Leaves the last output away.
  mutating func dropLastOutput(_ name: String) {
    let (shape, values) = tensor("\(name).weight")
    tensors["\(name).weight"] = ([shape[0] - 1, shape[1]], Array(values.dropLast(shape[1])))
    dropLastChannel("\(name).bias")
  }

  /// Makes the layer read all but the last entry of an input whose sum is 0: W ← W[:, :−1] − W[:, −1:].
  mutating func readWithoutLastInput(_ name: String) {
    let (shape, values) = tensor("\(name).weight")
    let rows = stride(from: 0, to: values.count, by: shape[1]).flatMap { start -> [Double] in
      let row = values[start..<start + shape[1]]
      let last = values[start + shape[1] - 1]
      return row.dropLast().map { $0 - last }
    }
    tensors["\(name).weight"] = ([shape[0], shape[1] - 1], rows)
  }

  // MARK: Tokens, vectors along the last axis

  /// Subtracts the mean over the last axis.
  mutating func centerRows(_ name: String) {
    var (shape, values) = tensor(name)
    let width = shape[shape.count - 1]
    for start in stride(from: 0, to: values.count, by: width) {
      let mean = values[start..<start + width].reduce(0, +) / Double(width)
      for index in start..<start + width { values[index] -= mean }
    }
    tensors[name] = (shape, values)
  }

  /// Leaves the last channel away.
  mutating func dropLastChannel(_ name: String) {
    let (shape, values) = tensor(name)
    let width = shape[shape.count - 1]
    let kept = values.indices.filter { $0 % width != width - 1 }.map { values[$0] }
    tensors[name] = (shape.dropLast() + [width - 1], kept)
  }

  private mutating func changeRows(
    ofLinear name: String, _ change: (_ row: inout [Double], _ bias: inout Double) -> Void
  ) {
    var weight = tensor("\(name).weight")
    var bias = tensor("\(name).bias")
    let inputs = weight.shape[1]
    for output in 0..<weight.shape[0] {
      var row = Array(weight.values[output * inputs..<(output + 1) * inputs])
      change(&row, &bias.values[output])
      weight.values.replaceSubrange(output * inputs..<(output + 1) * inputs, with: row)
    }
    tensors["\(name).weight"] = weight
    tensors["\(name).bias"] = bias
  }

  private func tensor(_ name: String) -> (shape: [Int], values: [Double]) {
    guard let tensor = tensors[name] else { preconditionFailure("no tensor '\(name)'") }
    return tensor
  }
}
