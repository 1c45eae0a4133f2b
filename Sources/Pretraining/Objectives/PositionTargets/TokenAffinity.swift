import Foundation
import Tensors

/// How much each patch of an image counts: softmax(cos(s, z)/τ) over the patches that are asked for, s the class token, or
/// the mean of the patch tokens where there is none (Wang et al., 2023). No gradient goes through it.
package struct TokenAffinity {
  private let prefixCount: Int
  private let hasClassToken: Bool
  private let temperature: Double

  /// For sequences that so many tokens lead, class token and registers, the class token first; temperature is τ.
  package init(prefixCount: Int, hasClassToken: Bool, temperature: Double) {
    self.prefixCount = prefixCount
    self.hasClassToken = hasClassToken
    self.temperature = temperature
  }

  /// tokens [B, N, D] → weights of the patches `chosen` of each sample, [B·M], a sample's adding up to 1.
  package func callAsFunction(_ tokens: Tensor, of chosen: Range<Int>) -> [Scalar] {
    let (batch, width) = (tokens.shape[0], tokens.width)
    return (0..<batch).flatMap { sample -> [Scalar] in
      tokens.slice(sample..<sample + 1).withSpan { values -> [Scalar] in
        let patches = prefixCount..<tokens.shape[1]
        let summary = (0..<width).map { channel -> Double in
          guard !hasClassToken else { return Double(values[channel]) }
          return patches.reduce(0.0) { $0 + Double(values[$1 * width + channel]) }
        }
        let scores = chosen.map { patch -> Double in
          let start = (prefixCount + patch) * width
          var (product, square, own) = (0.0, 0.0, 0.0)
          for channel in 0..<width {
            let value = Double(values[start + channel])
            product += summary[channel] * value
            square += value * value
            own += summary[channel] * summary[channel]
          }
          return product / max(1e-12, (square * own).squareRoot()) / temperature
        }
        let largest = scores.max() ?? 0
        let shares = scores.map { exp($0 - largest) }
        let total = shares.reduce(0, +)
        return shares.map { Scalar($0 / total) }
      }
    }
  }
}
