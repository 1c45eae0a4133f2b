/// An attribute of a node: an `AttributeProto`.
enum Attribute: Hashable {
  case integer(Int)
  case number(Float)
  case integers([Int])
  case text(String)

  func message(named name: String) -> ProtobufMessage {
    var message = ProtobufMessage()
    message.add(1, text: name)
    let type: Int
    switch self {
    case .number(let value):
      message.add(2, number: value)
      type = 1
    case .integer(let value):
      message.add(3, integer: value)
      type = 2
    case .text(let value):
      message.add(4, text: value)
      type = 3
    case .integers(let values):
      for value in values { message.add(8, integer: value) }
      type = 7
    }
    message.add(20, integer: type)
    return message
  }
}

/// An operator of a graph: a `NodeProto`.
struct Node {
  /// What it computes: two nodes of the same computation have the same results.
  struct Computation: Hashable {
    let operation: String
    /// Names of values; empty for an optional one that is left out.
    let inputs: [String]
    let attributes: [String: Attribute]
    let outputCount: Int
  }

  let name: String
  let computation: Computation
  let outputs: [String]

  var message: ProtobufMessage {
    var message = ProtobufMessage()
    for input in computation.inputs { message.add(1, text: input) }
    for output in outputs { message.add(2, text: output) }
    message.add(3, text: name)
    message.add(4, text: computation.operation)
    for (name, attribute) in computation.attributes.sorted(by: { $0.key < $1.key }) {
      message.add(5, attribute.message(named: name))
    }
    return message
  }
}
