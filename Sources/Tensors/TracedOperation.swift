/// What an operation of a forward pass in evaluation did, in mathematical terms: its operands and its numbers. The result
/// comes beside it, in `PassObserver.onOperation`.
///
/// Whoever writes a computation down elsewhere, such as an ONNX graph, reads nothing else. An operation that is made of
/// others says nothing itself, and neither does one that only training or masked images need.
package enum TracedOperation {
  /// A value in which no input has a part, and that is no parameter.
  case constant
  /// x·Wᵀ + b + r·residual: x [..., inputs], W [outputs, inputs].
  case linear(
    _ x: Tensor, weight: Tensor, bias: Tensor?, residual: Tensor?, residualScale: Scalar)
  /// GELU(x·W₁ᵀ + b₁)·W₂ᵀ + b₂ + r·residual.
  case mlp(
    _ x: Tensor, hiddenWeight: Tensor, hiddenBias: Tensor, outputWeight: Tensor, outputBias: Tensor,
    residual: Tensor?, residualScale: Scalar)
  /// f(x + b), of swiGLU [..., 2·width] → [..., width].
  case activation(_ x: Tensor, bias: Tensor, Activation)
  /// A LayerNorm or RMSNorm of the last axis; its mean square is that of the first `leading` entries.
  case rowNorm(_ x: Tensor, RowNorm, leading: Int)
  /// The same of each head's part of the thirds of qkv [B, N, 3D], a norm or nil for each third.
  case headNorms(_ qkv: Tensor, headCount: Int, [RowNorm?])
  /// γ·x/√((Σx² + (Σx)²)/(W + 1) + ε).
  case compressedNorm(_ x: Tensor, weight: Tensor?, epsilon: Scalar)
  /// gain·x/max(√(Σ (x − offset)²/divisor + ε), floor).
  case scaledNorm(
    _ x: Tensor, offset: Tensor?, gain: Scalar, divisor: Scalar, epsilon: Scalar, floor: Scalar)
  /// γ∘tanh(α·x) + β.
  case dynamicTanh(_ x: Tensor, alpha: Scalar, weight: Tensor?, bias: Tensor?)
  /// γ∘(x − μ)/√(v + ε) + β + η·x, all but η a number a channel; no μ and no η stand for 0.
  case channelNorm(
    _ x: Tensor, mean: Tensor?, variance: Tensor, epsilon: Scalar, weight: Tensor?, bias: Tensor?,
    skip: Scalar)
  /// γ∘(x − mean x)·f + β, uncentred where nothing is centred; f [rows] are constants, nil for 1.
  case affineChannels(_ x: Tensor, weight: Tensor?, bias: Tensor?, centers: Bool, rowFactors: Tensor?)
  /// The first W entries of each row of W + 1 less the row's mean.
  case compressed(_ x: Tensor)
  /// Each row with minus its sum behind it.
  case expanded(_ x: Tensor)
  /// y = factor·x.
  case scaled(_ x: Tensor, by: Scalar)
  /// Channels times factors [G], each for the next D/G channels.
  case scaledChannels(_ x: Tensor, by: Tensor)
  /// r·x + f·γ∘branch.
  case scaledResidual(
    _ x: Tensor, _ branch: Tensor, layerScale: Tensor?, residualScale: Scalar, branchScale: Scalar)
  /// Scaled-dot-product attention of qkv [B, N, 3D], the first `keyCount` tokens its keys and values.
  case attention(_ qkv: Tensor, headCount: Int, keyCount: Int)
  /// Queries and keys of qkv [B, N, 3D] turned, all but those of the first `prefixCount` tokens: in each half of a head
  /// channel i and channel i + d/4 are a pair (a, b), which becomes (a·cos − b·sin, a·sin + b·cos). Cosines and sines are
  /// [L, d/2], d/4 of each half.
  case rotated(_ qkv: Tensor, cosines: Tensor, sines: Tensor, prefixCount: Int)
  /// A third of qkv [B, N, 3D] → [B, N, H, d].
  case headThird(_ qkv: Tensor, headCount: Int, part: Int)
  /// Three thirds [B, N, H, d] → [B, N, 3D].
  case joinedHeads([Tensor])
  /// Runs of `length` channels in the order that is given.
  case reordered(_ x: Tensor, order: [Int32], length: Int)
  /// [class token | registers | patches], all patches in order, positions [1, c + L, D] added to class token and patches.
  case sequence(classToken: Tensor?, registers: Tensor?, patches: Tensor, positions: Tensor?)
  /// Mean over tokens `range`: [B, N, D] → [B, D].
  case meanTokens(_ x: Tensor, Range<Int>)
}

extension Tensor {
  /// What tells tensors apart as long as both are held: two of the same place are the same values, of whatever shape.
  package struct Place: Hashable {
    private let buffer: ObjectIdentifier
    private let offset: Int

    fileprivate init(_ tensor: Tensor) {
      buffer = ObjectIdentifier(tensor.buffer)
      offset = tensor.offset
    }
  }

  /// Where the elements are.
  package var place: Place { Place(self) }
}

extension Tape {
  /// Says what made `result`, to whoever writes the computation down.
  @inline(__always)
  func trace(_ operation: @autoclosure () -> TracedOperation, _ result: Tensor) {
    if let note = observer.onOperation { note(operation(), result) }
  }

  /// A layer's own value that is no parameter and the same for every input, declared as such.
  package func constant(_ value: Tensor) -> Tensor {
    trace(.constant, value)
    return value
  }
}
