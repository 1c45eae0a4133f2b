import Platform

/// The tensors of a pickle by their paths: keys of dictionaries and indices of lists, joined by dots.
///
/// A value may be held in many places, and what holds it in many others, so that a small pickle names more tensors than
/// any memory holds. They are therefore counted before a name is made.
struct TensorNames {
  /// Tensors in a file, each counted in every place. Checkpoints of the largest Vision Transformers have some thousand.
  static let mostTensors = 100_000
  private static let deepest = 64
  private static let longestKey = 1024

  private let graph: PickleGraph
  private let path: String
  private var allowance: Int
  /// What has been counted; nil for a value that is being counted, which must not hold itself.
  private var outlines: [PickleGraph.Node: Outline?] = [:]
  private var tensors: [String: PyTorchTensor] = [:]

  /// What lies under a value.
  private struct Outline {
    var tensorCount = 0
    /// Bytes of the names of the tensors, from here on.
    var nameBytes = 0
    var height = 0
    /// What holds tensors, by its key.
    var children: [(key: Key, node: PickleGraph.Node)] = []
  }

  private enum Key {
    case index(Int)
    case key(PickleGraph.Node)
  }

  /// The tensors under a value. What a set holds, or a dictionary under a key that is neither text nor a whole number, is
  /// left out.
  ///
  /// - Parameter allowance: the bytes of memory that they may take.
  /// - Throws: `Failure` when they take more or are too many, the value holds itself, or two have one name.
  static func tensors(
    of graph: PickleGraph, from root: PickleGraph.Node, allowance: Int, at path: String
  ) throws(Failure) -> [String: PyTorchTensor] {
    if case .tensor = graph.values[root] {
      throw Failure(
        "the PyTorch file is one tensor, which has no name", at: path,
        mend: "save a dictionary: torch.save({\"name\": tensor}, FILE)")
    }
    var names = TensorNames(graph, allowance, path)
    _ = try names.outline(root, depth: 0)
    try names.expand(root, prefix: nil)
    return names.tensors
  }

  private init(_ graph: PickleGraph, _ allowance: Int, _ path: String) {
    (self.graph, self.allowance, self.path) = (graph, allowance, path)
  }

  private mutating func outline(_ node: PickleGraph.Node, depth: Int) throws(Failure) -> Outline {
    let entries: [(key: Key, node: PickleGraph.Node)]
    switch graph.values[node] {
    case .tensor: return Outline(tensorCount: 1)
    case .tuple(let group), .list(let group):
      if let known = try known(node, depth) { return known }
      entries = graph.groups[group].enumerated().map { (.index($0.offset), $0.element) }
    case .dictionary(let group):
      if let known = try known(node, depth) { return known }
      let pairs = graph.groups[group]
      entries = stride(from: 0, to: pairs.count, by: 2).map { (.key(pairs[$0]), pairs[$0 + 1]) }
    default: return Outline()
    }
    outlines[node] = .some(nil)
    var whole = Outline()
    for (key, child) in entries {
      guard let length = length(of: key) else { continue }
      let inner = try outline(child, depth: depth + 1)
      whole.height = max(whole.height, inner.height + 1)
      guard inner.tensorCount > 0 else { continue }
      guard length <= Self.longestKey else { throw refuse("has a key of \(length) bytes") }
      whole.tensorCount += inner.tensorCount
      whole.nameBytes += inner.nameBytes + inner.tensorCount * (length + 1)
      whole.children.append((key, child))
      guard whole.tensorCount <= Self.mostTensors else {
        throw refuse("has more than \(Self.mostTensors) tensors")
      }
      // Of each: its name, shape and place, in the result and in what is made of it.
      guard whole.nameBytes + 512 * whole.tensorCount <= allowance else {
        throw refuse("names more tensors than a file of this size has need of")
      }
    }
    outlines[node] = whole
    return whole
  }

  /// What has been counted before.
  private func known(_ node: PickleGraph.Node, _ depth: Int) throws(Failure) -> Outline? {
    let known = outlines[node]
    if let known, known == nil { throw refuse("has a value that holds itself") }
    guard depth + max(1, known??.height ?? 1) <= Self.deepest else {
      throw refuse("is nested more than \(Self.deepest) deep")
    }
    return known ?? nil
  }

  /// Bytes of the text of a key; nil where it has none.
  private func length(of key: Key) -> Int? {
    switch key {
    case .index: return 6
    case .key(let node):
      switch graph.values[node] {
      case .text(let range): return range.count
      case .whole: return 20
      default: return nil
      }
    }
  }

  private mutating func expand(_ node: PickleGraph.Node, prefix: String?) throws(Failure) {
    if case .tensor(let place) = graph.values[node] {
      let name = prefix ?? ""
      guard tensors.updateValue(graph.tensors[place], forKey: name) == nil else {
        throw refuse("has two tensors '\(name)'")
      }
      return
    }
    guard let children = outlines[node]??.children else { return }
    for (key, child) in children {
      let text: String?
      switch key {
      case .index(let index): text = "\(index)"
      case .key(let node): text = graph.text(node, upTo: Self.longestKey) ?? graph.whole(node).map { "\($0)" }
      }
      guard let text else { throw refuse("has a key that is not UTF-8") }
      try expand(child, prefix: prefix.map { "\($0).\(text)" } ?? text)
    }
  }

  private func refuse(_ why: String) -> Failure {
    Failure(
      "the PyTorch file \(why)", at: path,
      mend: "save the weights alone: torch.save(model.state_dict(), FILE)")
  }
}
