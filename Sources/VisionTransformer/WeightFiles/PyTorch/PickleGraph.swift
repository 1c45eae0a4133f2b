import Foundation

/// What a pickle holds: values that name each other by number. None owns another, so that letting go of deep nesting takes
/// no deep stack, and one that holds itself is no leak.
struct PickleGraph {
  /// A value by its number.
  typealias Node = Int

  enum Value {
    /// None, a truth, a float, bytes, a set, …: what no tensor is made of.
    case other
    case whole(Int)
    /// UTF-8 at this place of the pickle.
    case text(Range<Int>)
    /// The place in `groups` of what it holds; of a dictionary, keys and values by turns.
    case tuple(Int), list(Int), dictionary(Int)
    case global(PickleGlobal)
    /// The place in `storages`.
    case storage(Int)
    /// The place in `tensors`.
    case tensor(Int)
  }

  /// The pickle.
  let bytes: [UInt8]
  /// The values; the first is `other`.
  private(set) var values: [Value] = [.other]
  /// What tuples, lists and dictionaries hold.
  private(set) var groups: [[Node]] = []
  private(set) var storages: [PyTorchStorage] = []
  private(set) var tensors: [PyTorchTensor] = []

  /// The number of the value `other`.
  static let other: Node = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func add(_ value: Value) -> Node {
    values.append(value)
    return values.count - 1
  }

  mutating func add(_ group: [Node], as kind: (Int) -> Value) -> Node {
    groups.append(group)
    return add(kind(groups.count - 1))
  }

  mutating func add(_ storage: PyTorchStorage) -> Node {
    storages.append(storage)
    return add(.storage(storages.count - 1))
  }

  mutating func add(_ tensor: PyTorchTensor) -> Node {
    tensors.append(tensor)
    return add(.tensor(tensors.count - 1))
  }

  mutating func extend(group: Int, by items: [Node]) { groups[group].append(contentsOf: items) }

  /// A short text; nil where a value is none, or is not UTF-8. What is long is no name, and to make it again and again
  /// would take long.
  func text(_ node: Node, upTo longest: Int = 256) -> String? {
    guard case .text(let range) = values[node], range.count <= longest else { return nil }
    return String(bytes: bytes[range], encoding: .utf8)
  }

  /// A whole number; nil where a value is none.
  func whole(_ node: Node) -> Int? {
    guard case .whole(let number) = values[node] else { return nil }
    return number
  }

  /// What a tuple holds; nil where a value is none.
  func tuple(_ node: Node) -> [Node]? {
    guard case .tuple(let group) = values[node] else { return nil }
    return groups[group]
  }
}

/// The bytes of tensors: a member of the archive.
struct PyTorchStorage: Sendable, Equatable {
  /// The member is `<top>/data/<key>`.
  let key: String
  /// The type of its numbers; nil where it is one of bytes.
  let type: PyTorchType?
  /// Its numbers, or its bytes.
  let count: Int
}

/// A tensor as a pickle describes it; nothing of it has been checked against the archive.
struct PyTorchTensor: Sendable, Equatable {
  let storage: PyTorchStorage
  let type: PyTorchType
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}
