import Tensors

/// An initialiser that looks at data before training starts.
public protocol DataDrivenInitializer: Initializer {
  /// Adjusts the weights of a store to the samples that `pass` takes through a model: everything that training will
  /// run, once, in the order of training. Called on the first batch of a fresh run, never on weights of a file.
  func calibrate(_ store: ParameterStore, _ context: PassContext, pool: BufferPool, pass: (Tape) -> Void)
}
