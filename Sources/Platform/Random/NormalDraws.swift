import Foundation

/// Normal numbers with mean 0 and variance 1 (Box & Muller, 1958), two from each word of a generator.
///
/// The upper 24 bits of a word make the radius √(−2·ln((bits + 1)/2²⁴)), the next 24 the angle 2π·bits/2²⁴; the cosine
/// is given before the sine. In single precision, for pixels; `RandomStream.normal` is in double precision.
package struct NormalDraws {
  @usableFromInline var spare: Float?

  /// Nothing drawn yet.
  @inlinable package init() {}

  /// The next number.
  @inlinable package mutating func next(using generator: inout some RandomNumberGenerator) -> Float {
    if let number = spare {
      spare = nil
      return number
    }
    let word = generator.next()
    let radius = (-2 * log(Float((word >> 40) + 1) * 0x1p-24)).squareRoot()
    let angle = 2 * Float.pi * Float(word >> 16 & 0xff_ffff) * 0x1p-24
    spare = radius * sin(angle)
    return radius * cos(angle)
  }
}
