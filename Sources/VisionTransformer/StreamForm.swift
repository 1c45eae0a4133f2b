import Tensors

/// What the residual stream holds of a token; converted models have other forms than the first.
public enum StreamForm: String, Codable, Sendable, CaseIterable {
  /// All D channels.
  case full
  /// All D channels, whose sum is 0: what writes the stream has been centred (Jiang et al., 2023).
  case centered
  /// The first D − 1 channels of such a stream; the last is minus their sum.
  case compressed

  /// Width of the stream of a model of width D.
  public func streamWidth(_ width: Int) -> Int { self == .compressed ? width - 1 : width }

  /// Rows of `width` channels in this form.
  func rows(_ values: [Scalar], width: Int) -> [Scalar] {
    guard self != .full else { return values }
    return stride(from: 0, to: values.count, by: width).flatMap { start -> [Scalar] in
      let row = values[start..<start + width]
      let mean = row.reduce(0, +) / Scalar(width)
      return row.prefix(streamWidth(width)).map { $0 - mean }
    }
  }

  /// A norm's output in this form: x [..., D] → [..., stream width].
  func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor {
    switch self {
    case .full: x
    case .centered: tape.affineChannels(x, weight: nil, bias: nil, centers: true)
    case .compressed: tape.compressed(x)
    }
  }

  /// All D channels of a stream in this form.
  public func whole(_ x: Tensor, _ tape: Tape) -> Tensor { self == .compressed ? tape.expanded(x) : x }
}
