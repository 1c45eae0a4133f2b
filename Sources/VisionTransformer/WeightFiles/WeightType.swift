import Platform
import Tensors

/// The numbers that a file of weights holds, by their names in safetensors.
public enum WeightType: String, Sendable, CaseIterable {
  /// 32 bits: what Vitrail computes with.
  case f32 = "F32"
  /// 16 bits of IEEE 754, to 65,504.
  case f16 = "F16"
  /// The upper 16 bits of 32.
  case bf16 = "BF16"

  /// Bytes of a number.
  var width: Int { self == .f32 ? 4 : 2 }

  /// The largest magnitude that stays finite.
  var largest: Float {
    switch self {
    case .f32: .greatestFiniteMagnitude
    // Halfway to what the next exponent would begin with, from where on numbers round to infinity.
    case .f16: Float(65520).nextDown
    case .bf16: Float(bitPattern: 0x7F7F_7FFF)
    }
  }

  /// A finite number in 16 bits, to the nearest, to even where two are as near.
  func half(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if self == .f16 {
      // Written out because `Float16` is missing on x86 macOS.
      let (sign, magnitude) = (UInt16(bits >> 16) & 0x8000, bits & 0x7FFF_FFFF)
      guard magnitude >= 0x3880_0000 else {
        return sign | UInt16((Float(bitPattern: magnitude) * 0x1p24).rounded(.toNearestOrEven))
      }
      let rebased = magnitude - 0x3800_0000
      return sign | UInt16(truncatingIfNeeded: (rebased + 0xFFF + (rebased >> 13 & 1)) >> 13)
    }
    return UInt16(truncatingIfNeeded: (bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
  }
}
