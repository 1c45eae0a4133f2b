/// A function or class that a pickle may name. There are no others, and none of them runs code that the file brings.
enum PickleGlobal: Equatable {
  case orderedDictionary
  /// `torch._utils._rebuild_tensor_v2`, whose storage tells the type, and `_v3`, which is told it.
  case tensor, typedTensor
  /// Gives the tensor that is its first argument.
  case parameter
  /// Gives the tuple that is its argument.
  case size
  /// The class of a storage; nil for one of bytes.
  case storage(PyTorchType?)
  case type(PyTorchType)
  /// Makes something that is not looked into: no tensor of a model is in it.
  case other

  private static let known: [String: PickleGlobal] = [
    "collections.OrderedDict": .orderedDictionary,
    "torch._utils._rebuild_tensor_v2": .tensor, "torch._utils._rebuild_tensor_v3": .typedTensor,
    "torch._utils._rebuild_parameter": .parameter,
    "torch._utils._rebuild_parameter_with_state": .parameter,
    "torch.Size": .size, "torch.storage.UntypedStorage": .storage(nil), "torch.device": .other,
    // Python 2's name of the module, which pickles of protocol 2 use, and Python 3's.
    "__builtin__.set": .other, "__builtin__.frozenset": .other, "__builtin__.bytearray": .other,
    "__builtin__.complex": .other, "builtins.set": .other, "builtins.frozenset": .other,
    "builtins.bytearray": .other, "builtins.complex": .other,
    // The milestones of torch's MultiStepLR.
    "collections.Counter": .other,
    // Bytes, as protocol 2 writes them.
    "_codecs.encode": .other,
    // Numbers of NumPy before and since version 2.
    "numpy.core.multiarray.scalar": .other, "numpy._core.multiarray.scalar": .other, "numpy.dtype": .other,
  ]

  /// Nil where a pickle may not ask for it.
  init?(module: String, name: String) {
    if let known = Self.known["\(module).\(name)"] {
      self = known
    } else if module == "torch", let type = PyTorchType.stored[name] {
      self = .storage(type)
    } else if module == "torch", let type = PyTorchType.named[name] {
      self = .type(type)
    } else {
      return nil
    }
  }
}
