/// Neighbouring bits of a pixel that hold a sample.
struct BitField: Sendable {
  /// The bits, as a mask.
  let mask: UInt32
  /// Bits below the field.
  let shift: Int
  /// Bits of the field; 0 where the pixel has no such sample.
  let width: Int

  /// Nil for bits that are not neighbours.
  init?(_ mask: UInt32) {
    self.mask = mask
    width = mask.nonzeroBitCount
    shift = mask == 0 ? 0 : mask.trailingZeroBitCount
    guard UInt64(mask >> UInt32(shift)) + 1 == 1 << UInt64(width) else { return nil }
  }

  /// The sample of a pixel in 8 bits, v·255/(2^b − 1) rounded down, as Pillow does.
  func eightBit(_ pixel: UInt32) -> UInt8 {
    let greatest = max(1, mask >> UInt32(shift))
    return UInt8(UInt64(pixel & mask) >> UInt64(shift) * 255 / UInt64(greatest))
  }

  /// The sample of a pixel in 16 bits, v·65535/(2^b − 1) rounded to nearest.
  func sixteenBit(_ pixel: UInt32) -> UInt16 {
    let greatest = UInt64(max(1, mask >> UInt32(shift)))
    return UInt16((UInt64(pixel & mask) >> UInt64(shift) * 65535 + greatest / 2) / greatest)
  }
}
