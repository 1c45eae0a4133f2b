/// The sides and the colours that AV1 says its pictures have, whatever the file around it says.
struct AV1SequenceHeader {
  /// Codes of primaries, transfer characteristics and matrix coefficients. (ITU-T H.273)
  struct Colors {
    let primaries, transfer, matrix: Int
  }

  let width, height: Int
  /// Nil where none are given.
  let colors: Colors?

  /// Reads a sequence header, without the header of its unit; nil of a damaged one.
  /// (AV1 Bitstream & Decoding Process Specification, 5.5.1)
  init?(_ bytes: [UInt8]) {
    var reader = BitReader(bytes)
    guard let (size, colors) = try? Self.sizeAndColors(&reader) else { return nil }
    (width, height) = size
    self.colors = colors
  }

  private static func sizeAndColors(
    _ reader: inout BitReader
  ) throws(BitReader.EndOfBits) -> ((Int, Int), Colors?) {
    let profile = try reader.bits(3)
    // Of a still picture.
    try reader.skip(1)
    let isReduced = try reader.flag()
    if isReduced { try reader.skip(5) } else { try skipOperatingPoints(&reader) }
    let (widthBits, heightBits) = (try reader.bits(4) + 1, try reader.bits(4) + 1)
    let size = (try reader.bits(widthBits) + 1, try reader.bits(heightBits) + 1)
    try skipTools(&reader, isReduced: isReduced)
    return (size, try colors(&reader, profile: profile))
  }

  private static func skipTools(_ reader: inout BitReader, isReduced: Bool) throws(BitReader.EndOfBits) {
    if !isReduced, try reader.flag() { try reader.skip(7) }
    try reader.skip(3)
    if !isReduced {
      try reader.skip(4)
      let ordersFrames = try reader.flag()
      try reader.skip(ordersFrames ? 2 : 0)
      let choosesScreenTools = try reader.flag()
      let mayForceScreenTools = choosesScreenTools ? true : try reader.flag()
      if mayForceScreenTools, try !reader.flag() { try reader.skip(1) }
      try reader.skip(ordersFrames ? 3 : 0)
    }
    try reader.skip(3)
  }

  private static func colors(
    _ reader: inout BitReader, profile: Int
  ) throws(BitReader.EndOfBits) -> Colors? {
    let isDeep = try reader.flag()
    // Whether there are twelve bits, and whether the picture is gray.
    try reader.skip((profile == 2 && isDeep ? 1 : 0) + (profile == 1 ? 0 : 1))
    guard try reader.flag() else { return nil }
    return Colors(primaries: try reader.bits(8), transfer: try reader.bits(8), matrix: try reader.bits(8))
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
