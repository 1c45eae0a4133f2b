import Tensors

/// A LayerNorm or RMSNorm, whatever its parameters: attention applies it to heads where they lie.
protocol RowwiseNorm: Norm {
  func rowNorm(_ tape: Tape) -> RowNorm
}
