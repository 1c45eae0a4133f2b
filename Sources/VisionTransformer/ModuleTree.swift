import Tensors

/// The modules of a model, with the shapes of their parameters: parts of a name are levels, and neighbours by number that
/// are alike stand once.
struct ModuleTree {
  private struct Node {
    var name: String
    /// Of a parameter; a module has none.
    var shape: [Int]?
    var isTrainable = true
    var children: [Node] = []

    var count: Int { shape.map { $0.reduce(1, *) } ?? children.reduce(0) { $0 + $1.count } }

    /// Whether it holds the same under another name.
    func isLike(_ other: Node) -> Bool {
      shape == other.shape && isTrainable == other.isTrainable && children.count == other.children.count
        && zip(children, other.children).allSatisfy { $0.name == $1.name && $0.isLike($1) }
    }

    mutating func insert(_ path: ArraySlice<Substring>, _ parameter: Parameter) {
      guard let first = path.first else {
        (shape, isTrainable) = (parameter.shape, parameter.isTrainable)
        return
      }
      let place = children.firstIndex { $0.name == first } ?? children.count
      if place == children.count { children.append(Node(name: String(first))) }
      children[place].insert(path.dropFirst(), parameter)
    }
  }

  private var root: Node

  /// Of parameters with dotted names, in their order.
  init(_ title: String, _ parameters: [Parameter]) {
    root = Node(name: title)
    for parameter in parameters { root.insert(parameter.name.split(separator: ".")[...], parameter) }
  }

  /// A line for each module and parameter: name, shape or number of modules, scalars.
  var lines: [String] {
    var rows: [[String]] = []
    func add(_ nodes: [Node], indent: String) {
      var start = 0
      while start < nodes.count {
        let node = nodes[start]
        var end = start + 1
        while end < nodes.count, Int(node.name) != nil, nodes[end].isLike(node) { end += 1 }
        let times = end - start
        let what = node.shape.map { shape in
          shape.map(String.init).joined(separator: " × ") + (node.isTrainable ? "" : ", fixed")
        }
        rows.append([
          indent + (times > 1 ? "\(node.name)–\(nodes[end - 1].name)" : node.name),
          what ?? (times > 1 ? "\(times) alike, each:" : ""), "\(node.count)",
        ])
        add(node.children, indent: indent + "  ")
        start = end
      }
    }
    add(root.children, indent: "  ")
    let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
    func padding(_ row: [String], _ column: Int) -> String {
      String(repeating: " ", count: widths[column] - row[column].count)
    }
    return [root.name]
      + rows.map { row in
        "\(row[0])\(padding(row, 0))  \(row[1])\(padding(row, 1))  \(padding(row, 2))\(row[2])"
      }
  }
}

extension VisionTransformer {
  /// Its modules as text: names, shapes and numbers of scalars, blocks that are alike once.
  ///
  /// ```
  /// VisionTransformer 192 × 12, 3 heads, patch 16 of 224×224×3, 5526528 parameters
  ///   cls_token        1 × 1 × 192        192
  ///   …
  ///   blocks                          5338368
  ///     0–11           12 alike, each: 444864
  /// ```
  public func describe() -> String {
    ModuleTree(description, ownParameters).lines.joined(separator: "\n")
  }
}
