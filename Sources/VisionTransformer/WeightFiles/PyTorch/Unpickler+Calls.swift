import Platform

extension Unpickler {
  /// `function(*arguments)`, both on the stack.
  mutating func call() throws(Failure) {
    let operands = try popLast(2)
    guard case .global(let function) = graph.values[operands[0]], let arguments = graph.tuple(operands[1])
    else {
      throw cursor.damaged("calls what is no function")
    }
    switch function {
    case .orderedDictionary:
      guard arguments.isEmpty else {
        throw cursor.damaged("makes a collections.OrderedDict in an unknown way")
      }
      try push([], as: PickleGraph.Value.dictionary)
    case .tensor, .typedTensor:
      guard let tensor = tensor(arguments, isTyped: function == .typedTensor) else {
        throw cursor.damaged("describes a tensor in an unknown way")
      }
      try take(256 + 16 * tensor.shape.count)
      try push(graph.add(tensor))
    case .parameter:
      guard let tensor = arguments.first, case .tensor = graph.values[tensor] else {
        throw cursor.damaged("makes a parameter of what is no tensor")
      }
      try push(tensor)
    case .size:
      guard arguments.count == 1, graph.tuple(arguments[0]) != nil else {
        throw cursor.damaged("makes a torch.Size in an unknown way")
      }
      try push(arguments[0])
    case .other: try push(PickleGraph.other)
    case .storage, .type: throw cursor.damaged("calls a class of torch that is no function")
    }
  }

  /// (storage, offset, shape, strides, …), and as the seventh the type where it is told one.
  func tensor(_ arguments: [PickleGraph.Node], isTyped: Bool) -> PyTorchTensor? {
    guard arguments.count >= (isTyped ? 7 : 6), arguments.count <= 8,
      case .storage(let place) = graph.values[arguments[0]],
      let offset = graph.whole(arguments[1]), let shape = lengths(arguments[2]),
      let strides = lengths(arguments[3])
    else { return nil }
    let storage = graph.storages[place]
    var type = storage.type
    if isTyped {
      guard case .global(.type(let told)) = graph.values[arguments[6]] else { return nil }
      type = told
    }
    return type.map {
      PyTorchTensor(storage: storage, type: $0, offset: offset, shape: shape, strides: strides)
    }
  }

  /// Whole numbers in a tuple; torch knows up to 64 axes.
  func lengths(_ node: PickleGraph.Node) -> [Int]? {
    guard let items = graph.tuple(node), items.count <= 64 else { return nil }
    let numbers = items.compactMap { graph.whole($0) }
    return numbers.count == items.count ? numbers : nil
  }

  /// `('storage', class, key, device, count)`.
  mutating func pushStorage() throws(Failure) {
    let identity = try pop()
    guard let parts = graph.tuple(identity), parts.count == 5, graph.text(parts[0]) == "storage",
      case .global(.storage(let type)) = graph.values[parts[1]], let key = graph.text(parts[2]),
      let count = graph.whole(parts[4])
    else { throw cursor.damaged("names a storage in an unknown way") }
    try take(128 + key.utf8.count)
    try push(graph.add(PyTorchStorage(key: key, type: type, count: count)))
  }

  mutating func push(global module: String, _ name: String) throws(Failure) {
    guard let global = PickleGlobal(module: module, name: name) else { throw refused(module, name) }
    try push(graph.add(.global(global)))
  }

  /// What is no plain value and no tensor is called by its name and not made.
  func refused(_ module: String, _ name: String) -> Failure {
    Failure(
      "the PyTorch file asks for Python's \(module).\(name), which may be any code and is not run",
      at: cursor.path,
      mend: "load it where it was made and save the weights alone: torch.save(model.state_dict(), FILE), "
        + "or torch.save({\"model\": checkpoint[\"model\"]}, FILE), or with safetensors")
  }
}
