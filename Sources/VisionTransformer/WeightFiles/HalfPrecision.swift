/// IEEE 754 binary16, written out because `Float16` is missing on x86 macOS.
package enum HalfPrecision {
  /// The least magnitude that rounds to infinity.
  package static let overflow: Float = 65520

  /// The bits of the nearest half, ties to the even one; infinite from 65520 on.
  package static func bits(of value: Float) -> UInt16 {
    let bits = value.bitPattern
    let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
    let magnitude = bits & 0x7fff_ffff
    if magnitude > 0x7f80_0000 { return sign | 0x7e00 }  // NaN
    if magnitude >= 0x477f_f000 { return sign | 0x7c00 }  // 65520
    // Below 2⁻¹⁴ halves are the multiples of 2⁻²⁴, and so are the floats behind ½.
    if magnitude < 0x3880_0000 {
      let rounded = (Float(bitPattern: magnitude) + 0.5).bitPattern - Float(0.5).bitPattern
      return sign | UInt16(truncatingIfNeeded: rounded)
    }
    // The exponent's bias falls from 127 to 15; half of the last place is added, less one where that place is even.
    let rounded = magnitude - (112 << 23) + 0xfff + (magnitude >> 13 & 1)
    return sign | UInt16(truncatingIfNeeded: rounded >> 13)
  }
}
