import Tensors

/// A stack of blocks as the names of parameters tell it: `blocks.0.…`, or `decoder_blocks.0.…`.
package struct BlockStack {
  /// What the names begin with: `blocks`.
  package let prefix: String
  /// The trainable parameters of each block.
  package let blocks: [[Parameter]]

  /// `encoder` for `blocks`, and for others what stands before `_blocks`.
  package var name: String { prefix == "blocks" ? "encoder" : String(prefix.dropLast("_blocks".count)) }

  /// The weight matrices of each block.
  package var matrices: [[Parameter]] { blocks.map { $0.filter { $0.shape.count == 2 } } }

  /// The block whose output is observed under a name; nil for other names.
  func block(ofOutput observed: String) -> Int? {
    guard observed.hasPrefix(prefix + "."), let block = Int(observed.dropFirst(prefix.count + 1)),
      blocks.indices.contains(block)
    else { return nil }
    return block
  }

  /// All stacks of a model, in the order of their declaration.
  package static func all(in store: ParameterStore) -> [BlockStack] {
    var order: [String] = []
    var found: [String: [[Parameter]]] = [:]
    for parameter in store.parameters where parameter.isTrainable {
      let parts = parameter.name.split(separator: ".", maxSplits: 2)
      guard parts.count == 3, parts[0] == "blocks" || parts[0].hasSuffix("_blocks"), let block = Int(parts[1])
      else { continue }
      let prefix = String(parts[0])
      if found[prefix] == nil { order.append(prefix) }
      var blocks = found[prefix] ?? []
      while blocks.count <= block { blocks.append([]) }
      blocks[block].append(parameter)
      found[prefix] = blocks
    }
    return order.map { BlockStack(prefix: $0, blocks: found[$0] ?? []) }
  }
}
