/// A value that comes into a graph or out of it: a `ValueInfoProto`. All are float32.
public struct NamedValue: Sendable, CustomStringConvertible {
  /// An axis: of a length, or of one that each run decides.
  enum Dimension {
    case length(Int)
    case variable(String)
  }

  /// Its name.
  public let name: String
  let dimensions: [Dimension]

  /// The lengths of its axes, or the names of those that each run decides.
  public var shape: [String] {
    dimensions.map { dimension in
      switch dimension {
      case .length(let length): "\(length)"
      case .variable(let name): name
      }
    }
  }

  /// `images [batch, 3, 224, 224]`.
  public var description: String { "\(name) [\(shape.joined(separator: ", "))]" }

  var message: ProtobufMessage {
    var shape = ProtobufMessage()
    for dimension in dimensions {
      var axis = ProtobufMessage()
      switch dimension {
      case .length(let length): axis.add(1, integer: length)
      case .variable(let name): axis.add(2, text: name)
      }
      shape.add(1, axis)
    }
    var tensor = ProtobufMessage()
    tensor.add(1, integer: ElementType.float.rawValue)
    tensor.add(2, shape)
    var type = ProtobufMessage()
    type.add(1, tensor)
    var message = ProtobufMessage()
    message.add(1, text: name)
    message.add(2, type)
    return message
  }
}
