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
    case .f16: HalfPrecision.overflow.nextDown
    case .bf16: Float(bitPattern: 0x7F7F_7FFF)
    }
  }

  /// A finite number in 16 bits, to the nearest, to even where two are as near.
  func half(_ value: Float) -> UInt16 {
    if self == .f16 { return HalfPrecision.bits(of: value) }
    let bits = value.bitPattern
    return UInt16(truncatingIfNeeded: (bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
  }
}
