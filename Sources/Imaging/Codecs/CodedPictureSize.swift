/// The sides that coded video says its pictures have, whatever the file around it says.
struct CodedPictureSize {
  let width, height: Int

  /// That of an HEVC sequence parameter set, a unit with its header of two bytes; nil of a damaged one.
  /// (ITU-T H.265, 7.3.2.2.1)
  init?(hevc unit: some Collection<UInt8>) {
    var reader = BitReader(Self.withoutEmulationPrevention(unit.dropFirst(2)))
    guard let size = try? Self.hevc(&reader) else { return nil }
    self = size
  }

  /// That of an AV1 sequence header, without the header of its unit; nil of a damaged one.
  /// (AV1 Bitstream & Decoding Process Specification, 5.5.1)
  init?(av1 sequenceHeader: [UInt8]) {
    var reader = BitReader(sequenceHeader)
    guard let size = try? Self.av1(&reader) else { return nil }
    self = size
  }

  private init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  private static func hevc(_ reader: inout BitReader) throws(BitReader.EndOfBits) -> CodedPictureSize {
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
    return CodedPictureSize(width: try reader.exponentialGolomb(), height: try reader.exponentialGolomb())
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

  private static func av1(_ reader: inout BitReader) throws(BitReader.EndOfBits) -> CodedPictureSize {
    try reader.skip(4)
    let isReduced = try reader.flag()
    if isReduced { try reader.skip(5) } else { try skipOperatingPoints(&reader) }
    let (widthBits, heightBits) = (try reader.bits(4) + 1, try reader.bits(4) + 1)
    return CodedPictureSize(width: try reader.bits(widthBits) + 1, height: try reader.bits(heightBits) + 1)
  }

  private static func skipOperatingPoints(_ reader: inout BitReader) throws(BitReader.EndOfBits) {
    var delayBits: Int?
    let hasTiming = try reader.flag()
    if hasTiming {
      try reader.skip(64)
      if try reader.flag() { _ = try reader.exponentialGolomb() }
      if try reader.flag() {
        delayBits = try reader.bits(5) + 1
        try reader.skip(42)
      }
    }
    let hasDisplayDelay = try reader.flag()
    for _ in 0...(try reader.bits(5)) {
      try reader.skip(12)
      let level = try reader.bits(5)
      try reader.skip(level > 7 ? 1 : 0)
      if let delayBits, try reader.flag() { try reader.skip(2 * delayBits + 1) }
      if hasDisplayDelay, try reader.flag() { try reader.skip(4) }
    }
  }
}
