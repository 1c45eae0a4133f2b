import Foundation

/// A tensor as ONNX has it; values are kept in double precision whatever the type.
struct ReadTensor {
  /// Numbers of `TensorProto.DataType`.
  static let (float, int64, float16) = (1, 7, 10)

  var shape: [Int]
  var values: [Double]
  var type: Int

  var integers: [Int] { values.map { Int($0) } }

  /// IEEE 754 binary16.
  static func half(_ bits: UInt16) -> Double {
    let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023) / 1024)
    let magnitude =
      exponent == 31
      ? (fraction == 0 ? Double.infinity : .nan)
      : exponent == 0 ? fraction * 0x1p-14 : (1 + fraction) * pow(2, Double(exponent - 15))
    return bits < 0x8000 ? magnitude : -magnitude
  }

  /// The nearest half, ties to the even one.
  static func roundedToHalf(_ value: Double) -> Double {
    guard value.isFinite, value != 0 else { return value }
    let exponent = max(value.exponent, -14)
    let unit = pow(2, Double(exponent - 10))
    let rounded = (value / unit).rounded(.toNearestOrEven) * unit
    return abs(rounded) > 65504 ? (value < 0 ? -.infinity : .infinity) : rounded
  }
}

/// An ONNX model as the tests' own reader sees it, by the field numbers of onnx.proto.
struct ReadModel {
  enum Attribute {
    case integer(Int), number(Double), text(String), integers([Int])
  }

  struct Node {
    var name = "", operation = ""
    var inputs: [String] = [], outputs: [String] = []
    var attributes: [String: Attribute] = [:]
  }

  /// A length, or the name of one that may vary.
  enum Dimension: Equatable {
    case length(Int), name(String)
  }

  var formatVersion = 0, operatorSet = 0
  var producer = "", producerVersion = ""
  var metadata: [String: String] = [:]
  var nodes: [Node] = []
  var initializers: [String: ReadTensor] = [:]
  var inputs: [String: [Dimension]] = [:]
  var outputs: [(name: String, dimensions: [Dimension])] = []

  init(_ data: Data) throws {
    for (number, field) in try ProtobufReader.fields(Array(data)[...]) {
      switch (number, field) {
      case (1, .integer(let version)): formatVersion = version
      case (2, .bytes(let text)): producer = Self.text(text)
      case (3, .bytes(let text)): producerVersion = Self.text(text)
      case (8, .bytes(let message)):
        for case (2, .integer(let version)) in try ProtobufReader.fields(message) { operatorSet = version }
      case (14, .bytes(let message)):
        let texts = try Self.texts(message)
        metadata[texts[1] ?? ""] = texts[2]
      case (7, .bytes(let message)): try readGraph(message)
      default: break
      }
    }
  }

  private mutating func readGraph(_ message: ArraySlice<UInt8>) throws {
    for case (let number, .bytes(let content)) in try ProtobufReader.fields(message) {
      switch number {
      case 1: nodes.append(try Self.node(content))
      case 5:
        let (name, tensor) = try Self.tensor(content)
        initializers[name] = tensor
      case 11:
        let (name, dimensions) = try Self.namedValue(content)
        inputs[name] = dimensions
      case 12: outputs.append(try Self.namedValue(content))
      default: break
      }
    }
  }

  private static func node(_ message: ArraySlice<UInt8>) throws -> Node {
    var node = Node()
    for case (let number, .bytes(let content)) in try ProtobufReader.fields(message) {
      switch number {
      case 1: node.inputs.append(text(content))
      case 2: node.outputs.append(text(content))
      case 3: node.name = text(content)
      case 4: node.operation = text(content)
      case 5:
        var (name, integers) = ("", [Int]())
        var (type, value) = (0, Attribute?.none)
        for (number, field) in try ProtobufReader.fields(content) {
          switch (number, field) {
          case (1, .bytes(let content)): name = text(content)
          case (2, .bits32(let bits)): value = .number(Double(Float(bitPattern: bits)))
          case (3, .integer(let number)): value = .integer(number)
          case (4, .bytes(let content)): value = .text(text(content))
          case (8, .integer(let number)): integers.append(number)
          case (20, .integer(let number)): type = number
          default: break
          }
        }
        node.attributes[name] = type == 7 ? .integers(integers) : value
      default: break
      }
    }
    return node
  }

  private static func tensor(_ message: ArraySlice<UInt8>) throws -> (String, ReadTensor) {
    var (name, raw) = ("", ArraySlice<UInt8>())
    var tensor = ReadTensor(shape: [], values: [], type: 0)
    for (number, field) in try ProtobufReader.fields(message) {
      switch (number, field) {
      case (1, .integer(let length)): tensor.shape.append(length)
      case (2, .integer(let type)): tensor.type = type
      case (8, .bytes(let content)): name = text(content)
      case (9, .bytes(let content)): raw = content
      default: break
      }
    }
    let width = [ReadTensor.float: 4, ReadTensor.int64: 8, ReadTensor.float16: 2][tensor.type] ?? 1
    tensor.values = stride(from: raw.startIndex, to: raw.endIndex, by: width).map { start in
      let bits = raw[start..<start + width].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      switch tensor.type {
      case ReadTensor.float: return Double(Float(bitPattern: UInt32(bits)))
      case ReadTensor.float16: return ReadTensor.half(UInt16(bits))
      default: return Double(Int64(bitPattern: bits))
      }
    }
    return (name, tensor)
  }

  private static func namedValue(_ message: ArraySlice<UInt8>) throws -> (String, [Dimension]) {
    var (name, dimensions) = ("", [Dimension]())
    for case (let number, .bytes(let content)) in try ProtobufReader.fields(message) {
      if number == 1 { name = text(content) }
      guard number == 2 else { continue }
      for case (1, .bytes(let tensor)) in try ProtobufReader.fields(content) {
        for case (2, .bytes(let shape)) in try ProtobufReader.fields(tensor) {
          for case (1, .bytes(let dimension)) in try ProtobufReader.fields(shape) {
            for (number, field) in try ProtobufReader.fields(dimension) {
              switch (number, field) {
              case (1, .integer(let length)): dimensions.append(.length(length))
              case (2, .bytes(let content)): dimensions.append(.name(text(content)))
              default: break
              }
            }
          }
        }
      }
    }
    return (name, dimensions)
  }

  private static func texts(_ message: ArraySlice<UInt8>) throws -> [Int: String] {
    var texts: [Int: String] = [:]
    for case (let number, .bytes(let content)) in try ProtobufReader.fields(message) {
      texts[number] = text(content)
    }
    return texts
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
