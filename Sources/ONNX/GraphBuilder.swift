/// A tensor of a graph.
struct Value: Hashable {
  let name: String
  let type: ElementType
}

/// Gathers the nodes and constants of a graph.
///
/// The same computation of the same values is written once, so that two outputs share all that they have in common.
final class GraphBuilder {
  /// The type of weights and of what is computed of them.
  let inner: ElementType
  private(set) var nodes: [Node] = []
  private(set) var initializers: [Initializer] = []
  private var results: [Node.Computation: [Value]] = [:]
  private var constants: [Constant: Value] = [:]
  private var counts: [String: Int] = [:]

  private enum Constant: Hashable {
    case integers([Int])
    case numbers([Float], dimensions: [Int], ElementType)
    case named(String)
  }

  init(inner: ElementType) { self.inner = inner }

  /// The results of an operator, all of the type of its first input unless another is said.
  func apply(
    _ operation: String, _ inputs: [Value?], _ attributes: [String: Attribute] = [:],
    type: ElementType? = nil,
    outputCount: Int = 1
  ) -> [Value] {
    let computation = Node.Computation(
      operation: operation, inputs: inputs.map { $0?.name ?? "" }, attributes: attributes,
      outputCount: outputCount)
    if let known = results[computation] { return known }
    let name = fresh(operation)
    let type = type ?? inputs.compactMap(\.self).first?.type ?? inner
    let values = (0..<outputCount).map { index in
      Value(name: outputCount == 1 ? name : "\(name)_\(index)", type: type)
    }
    nodes.append(Node(name: name, computation: computation, outputs: values.map(\.name)))
    results[computation] = values
    return values
  }

  /// The result of an operator that has one.
  func apply(
    _ operation: String, _ inputs: Value?..., attributes: [String: Attribute] = [:], type: ElementType? = nil
  ) -> Value { apply(operation, inputs, attributes, type: type)[0] }

  /// Gives a value the name that it has outside of the graph.
  func output(_ value: Value, named name: String) {
    let computation = Node.Computation(
      operation: "Identity", inputs: [value.name], attributes: [:], outputCount: 1)
    nodes.append(Node(name: "output_\(name)", computation: computation, outputs: [name]))
  }

  // MARK: Constants

  /// Whole numbers [count]: shapes, axes, places.
  func integers(_ values: [Int]) -> Value {
    constant(.integers(values)) {
      Initializer(
        name: fresh("integers"), dimensions: [values.count], type: .int64,
        content: .integers(values.map(Int64.init)))
    }
  }

  /// Numbers of some shape.
  func numbers(_ values: [Float], _ dimensions: [Int], _ type: ElementType) -> Value {
    constant(.numbers(values, dimensions: dimensions, type)) {
      Initializer(
        name: fresh("numbers"), dimensions: dimensions, type: type, content: .numbers(values))
    }
  }

  /// A number that is combined with values of `type`.
  func number(_ value: Float, _ type: ElementType) -> Value { numbers([value], [], type) }

  /// A constant that has a name of its own.
  func named(
    _ name: String, dimensions: [Int], type: ElementType, content: Initializer.Content
  ) -> Value {
    constant(.named(name)) {
      Initializer(name: name, dimensions: dimensions, type: type, content: content)
    }
  }

  private func constant(_ key: Constant, make: () -> Initializer) -> Value {
    if let known = constants[key] { return known }
    let initializer = make()
    initializers.append(initializer)
    let value = Value(name: initializer.name, type: initializer.type)
    constants[key] = value
    return value
  }

  /// Names of nodes are those of their operators with a number; names of parameters have no such form.
  private func fresh(_ kind: String) -> String {
    let count = counts[kind, default: 0]
    counts[kind] = count + 1
    return "\(kind)_\(count)"
  }

  // MARK: The finished graph

  /// Leaves out what no output is made of.
  func prune(keeping outputs: [String]) {
    var wanted = Set(outputs)
    var kept: [Node] = []
    for node in nodes.reversed() where node.outputs.contains(where: wanted.contains) {
      wanted.formUnion(node.computation.inputs)
      kept.append(node)
    }
    nodes = kept.reversed()
    initializers = initializers.filter { wanted.contains($0.name) }
  }
}
