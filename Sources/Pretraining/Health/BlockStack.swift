import Tensors

/// A stack of blocks of a model: the encoder's, or a decoder's.
package struct BlockStack {
  /// What its parameters call it (`ParameterSite.stack`): `encoder`, `decoder`.
  package let name: String
  /// The trainable parameters of each block.
  package private(set) var blocks: [[Parameter]] = []

  /// The weight matrices of each block.
  package var matrices: [[Parameter]] { blocks.map { $0.filter(\.role.isMatrix) } }

  /// All stacks of a model, in the order of their declaration.
  package static func all(in store: ParameterStore) -> [BlockStack] {
    var stacks: [BlockStack] = []
    for parameter in store.parameters where parameter.isTrainable {
      guard let name = parameter.site.stack, let block = parameter.site.block else { continue }
      let index = stacks.firstIndex { $0.name == name } ?? stacks.count
      if index == stacks.count { stacks.append(BlockStack(name: name)) }
      while stacks[index].blocks.count <= block { stacks[index].blocks.append([]) }
      stacks[index].blocks[block].append(parameter)
    }
    return stacks
  }
}
