/// The sides that HEVC says its pictures have, whatever the file around it says.
struct HEVCParameterSet {
  let width, height: Int

  /// Reads a sequence parameter set, a unit with its header of two bytes; nil of a damaged one.
  /// (ITU-T H.265, 7.3.2.2.1)
  init?(_ unit: some Collection<UInt8>) {
    var reader = BitReader(Self.withoutEmulationPrevention(unit.dropFirst(2)))
    guard let size = try? Self.size(&reader) else { return nil }
    (width, height) = size
  }

  private static func size(_ reader: inout BitReader) throws(BitReader.EndOfBits) -> (Int, Int) {
    try reader.skip(4)
    let subLayers = try reader.bits(3)
    try reader.skip(1 + 96)
    var profiles = subLayers > 0 ? 2 * (8 - subLayers) : 0
    for _ in 0..<subLayers {
      profiles += try reader.flag() ? 88 : 0
      profiles += try reader.flag() ? 8 : 0
    }
    try reader.skip(profiles)
    _ = try reader.exponentialGolomb()
    let isSeparable = try reader.exponentialGolomb() == 3
    try reader.skip(isSeparable ? 1 : 0)
    return (try reader.exponentialGolomb(), try reader.exponentialGolomb())
  }

  /// Bytes as they were before 00 00 03 was put for 00 00.
  private static func withoutEmulationPrevention(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var zeros = 0
    for byte in bytes {
      if zeros >= 2 && byte == 3 {
        zeros = 0
        continue
      }
      zeros = byte == 0 ? zeros + 1 : 0
      result.append(byte)
    }
    return result
  }
}
