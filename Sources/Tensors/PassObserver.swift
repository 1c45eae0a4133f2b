/// Who watches a pass, and what of it. It is given to a tape when the tape is made; nobody watches by default.
public struct PassObserver {
  /// Sees intermediate results: for diagnosis, and for features of inner layers.
  public var onResult: ((_ site: ObservationSite, _ result: Tensor) -> Void)?
  /// Sees each weight that a parameter holds and its input, [..., inputs], before their product, and may change it: for
  /// initialisers that look at data.
  public var beforeProduct: ((_ weight: Parameter, _ input: Tensor) -> Void)?
  /// Sees the fused projection that each attention reads, and how many of its tokens are keys.
  package var onAttention: ((_ projection: Tensor, _ headCount: Int, _ keyCount: Int) -> Void)?
  /// Sees the shape of each matrix product before it runs.
  package var onMatrixProduct: ((MatrixProductShape) -> Void)?
  /// Sees what each operation did, for whoever writes the computation down.
  package var onOperation: ((TracedOperation, _ result: Tensor) -> Void)?
  /// Collects the time of operations by kind.
  package var times: OperationTimes?

  /// Watches nothing.
  public init() {}

  /// Watches intermediate results.
  public init(onResult: @escaping (_ site: ObservationSite, _ result: Tensor) -> Void) {
    self.onResult = onResult
  }

  /// Watches weights and their inputs.
  public init(beforeProduct: @escaping (_ weight: Parameter, _ input: Tensor) -> Void) {
    self.beforeProduct = beforeProduct
  }

  /// Watches the shapes of matrix products.
  package init(onMatrixProduct: @escaping (MatrixProductShape) -> Void) {
    self.onMatrixProduct = onMatrixProduct
  }

  /// Notes the operations of a pass.
  package init(onOperation: @escaping (TracedOperation, _ result: Tensor) -> Void) {
    self.onOperation = onOperation
  }

  /// Measures the time of operations.
  package init(times: OperationTimes) { self.times = times }
}
