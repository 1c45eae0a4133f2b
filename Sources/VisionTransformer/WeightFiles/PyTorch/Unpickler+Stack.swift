import Platform

extension Unpickler {
  mutating func push(_ node: PickleGraph.Node) throws(Failure) {
    // A value, and its place on the stack.
    try take(48)
    stack.append(node)
  }

  mutating func push(whole number: Int) throws(Failure) { try push(graph.add(.whole(number))) }

  mutating func push(text range: Range<Int>) throws(Failure) {
    try push(graph.add(.text(range)))
  }

  /// A value that is not looked into and whose bytes have been gone past.
  mutating func pushOther(after _: Range<Int>) throws(Failure) {
    try push(PickleGraph.other)
  }

  mutating func push(
    _ group: [PickleGraph.Node], as kind: (Int) -> PickleGraph.Value
  ) throws(Failure) {
    // The group, and later what TensorNames notes of it.
    try take(256 + 16 * group.count)
    try push(graph.add(group, as: kind))
  }

  mutating func pushTuple(_ count: Int) throws(Failure) {
    try push(popLast(count), as: PickleGraph.Value.tuple)
  }

  /// Values that may be popped: those behind the last mark.
  var reachable: Int { stack.count - (marks.last ?? 0) }

  func top() throws(Failure) -> PickleGraph.Node {
    guard reachable > 0, let node = stack.last else {
      throw cursor.damaged("takes more values than it has made")
    }
    return node
  }

  mutating func pop() throws(Failure) -> PickleGraph.Node {
    let node = try top()
    stack.removeLast()
    return node
  }

  mutating func popLast(_ count: Int) throws(Failure) -> [PickleGraph.Node] {
    guard reachable >= count else { throw cursor.damaged("takes more values than it has made") }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  mutating func popToMark() throws(Failure) -> [PickleGraph.Node] {
    guard let mark = marks.popLast() else {
      throw cursor.damaged("takes values up to a mark that is not there")
    }
    return try popLast(stack.count - mark)
  }

  mutating func extend(by items: [PickleGraph.Node]) throws(Failure) {
    guard case .list(let group) = try graph.values[top()] else {
      throw cursor.damaged("adds to a list that is none")
    }
    try take(16 * items.count)
    graph.extend(group: group, by: items)
  }

  mutating func extendPairs(by items: [PickleGraph.Node]) throws(Failure) {
    switch try graph.values[top()] {
    case .dictionary(let group) where items.count.isMultiple(of: 2):
      try take(16 * items.count)
      graph.extend(group: group, by: items)
    default: throw cursor.damaged("adds to a dictionary that is none")
    }
  }

  mutating func remember(_ node: PickleGraph.Node, as index: Int) throws(Failure) {
    try take(64)
    memo[index] = node
  }

  mutating func recall(_ index: Int) throws(Failure) {
    guard let node = memo[index] else {
      throw cursor.damaged("recalls value \(index), which it has not kept")
    }
    try push(node)
  }

  mutating func take(_ bytes: Int) throws(Failure) {
    allowance -= bytes
    guard allowance >= 0 else {
      throw cursor.damaged("makes more values than a file of this size has need of")
    }
  }
}
