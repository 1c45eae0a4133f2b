import Platform

/// A machine for Python's pickles that makes values and no calls: what a pickle asks for by name is made here, when it is on
/// the list of `PickleGlobal`, and refused otherwise. A pickle for Python's own machine may run any code.
///
/// The machine takes no more memory than it is allowed, whatever a pickle repeats.
struct Unpickler {
  var graph: PickleGraph
  var cursor: PickleCursor
  var stack: [PickleGraph.Node] = []
  /// How many values were on the stack at each mark that is open.
  var marks: [Int] = []
  var memo: [Int: PickleGraph.Node] = [:]
  var allowance: Int

  /// The value that a pickle stands for, and all that it is made of.
  ///
  /// - Parameter allowance: the bytes of memory that it may take; what is left of them afterwards.
  /// - Throws: `Failure` when it is damaged, asks for anything but plain values and tensors, or takes more memory.
  static func read(
    _ bytes: [UInt8], allowance: inout Int, at path: String
  ) throws(Failure) -> (graph: PickleGraph, root: PickleGraph.Node) {
    var machine = Unpickler(bytes, allowance: allowance, at: path)
    let root = try machine.run()
    allowance = machine.allowance
    return (machine.graph, root)
  }

  private init(_ bytes: [UInt8], allowance: Int, at path: String) {
    graph = PickleGraph(bytes)
    cursor = PickleCursor(bytes, at: path)
    self.allowance = allowance
  }

  private mutating func run() throws(Failure) -> PickleGraph.Node {
    guard try cursor.byte() == PickleOpcode.proto.rawValue, try (2...5).contains(cursor.byte())
    else { throw cursor.damaged("is not of protocol 2 to 5") }
    while true {
      let code = try cursor.byte()
      guard let opcode = PickleOpcode(rawValue: code), opcode != .proto else {
        throw cursor.damaged("has the opcode 0x\(String(code, radix: 16)), which torch.save does not write")
      }
      guard opcode != .stop else { break }
      try perform(opcode)
    }
    guard marks.isEmpty, stack.count == 1 else { throw cursor.damaged("ends with \(stack.count) values") }
    return stack[0]
  }

  private mutating func perform(_ opcode: PickleOpcode) throws(Failure) {
    switch opcode {
    case .proto, .stop: break
    case .frame: try cursor.skip(8)
    case .mark:
      try take(16)
      marks.append(stack.count)
    case .none, .newTrue, .newFalse, .emptySet: try push(PickleGraph.other)
    case .int4: try push(whole: cursor.signed(4))
    case .unsigned1: try push(whole: cursor.unsigned(1))
    case .unsigned2: try push(whole: cursor.unsigned(2))
    case .long1:
      let width = try cursor.unsigned(1)
      if width <= 8 {
        try push(whole: cursor.signed(width))
      } else {
        try cursor.skip(width)
        try push(PickleGraph.other)
      }
    case .long4: try pushOther(after: cursor.skipCounted(4))
    case .float8: try pushOther(after: cursor.skip(8))
    case .text1: try push(text: cursor.skipCounted(1))
    case .text4: try push(text: cursor.skipCounted(4))
    case .text8: try push(text: cursor.skipCounted(8))
    case .bytes1: try pushOther(after: cursor.skipCounted(1))
    case .bytes4: try pushOther(after: cursor.skipCounted(4))
    case .bytes8, .byteArray8: try pushOther(after: cursor.skipCounted(8))
    case .emptyTuple: try push([], as: PickleGraph.Value.tuple)
    case .tuple1: try push([pop()], as: PickleGraph.Value.tuple)
    case .tuple2: try pushTuple(2)
    case .tuple3: try pushTuple(3)
    case .tuple: try push(popToMark(), as: PickleGraph.Value.tuple)
    case .emptyList: try push([], as: PickleGraph.Value.list)
    case .emptyDictionary: try push([], as: PickleGraph.Value.dictionary)
    case .append: try extend(by: popLast(1))
    case .appends: try extend(by: popToMark())
    case .setItem: try extendPairs(by: popLast(2))
    case .setItems: try extendPairs(by: popToMark())
    case .addItems:
      _ = try popToMark()
      guard try top() == PickleGraph.other else { throw cursor.damaged("adds to a set that is none") }
    case .frozenSet:
      _ = try popToMark()
      try push(PickleGraph.other)
    case .put1: try remember(top(), as: cursor.unsigned(1))
    case .put4: try remember(top(), as: cursor.unsigned(4))
    case .memoize: try remember(top(), as: memo.count)
    case .get1: try recall(cursor.unsigned(1))
    case .get4: try recall(cursor.unsigned(4))
    case .global: try push(global: cursor.line(), cursor.line())
    case .stackGlobal:
      let names = try popLast(2)
      guard let module = graph.text(names[0]), let name = graph.text(names[1]) else {
        throw cursor.damaged("asks for what has no name")
      }
      try push(global: module, name)
    case .instance:
      let (module, name) = (try cursor.line(), try cursor.line())
      throw refused(module, name)
    case .persistentID: try pushStorage()
    case .reduce: try call()
    case .build:
      _ = try pop()
      switch try graph.values[top()] {
      // Hooks, and the versions of modules, which state_dict() keeps in `_metadata`.
      case .dictionary, .tensor, .other: break
      default: throw cursor.damaged("gives a state to what has none")
      }
    }
  }
}
