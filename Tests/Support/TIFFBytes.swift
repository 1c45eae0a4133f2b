/// A TIFF file of gray pages without compression, written by hand.
public struct TIFFBytes {
  /// The samples of a page, row by row.
  public enum Samples {
    /// Of 8 bits.
    case eightBit([UInt8])
    /// Of 16 bits.
    case sixteenBit([UInt16])
    /// In single precision.
    case float([Float])
  }

  /// The file as it is.
  public private(set) var bytes: [UInt8] = [0x49, 0x49, 42, 0, 0, 0, 0, 0]
  private var link = 4

  /// A file without pages.
  public init() {}

  /// Adds a page of `width`×`height`; a reduced one is a smaller copy of the page before.
  public mutating func add(_ samples: Samples, width: Int, height: Int, isReduced: Bool = false) {
    let data: [UInt8]
    let (bits, format): (Int, Int)
    switch samples {
    case .eightBit(let values): (data, bits, format) = (values, 8, 1)
    case .sixteenBit(let values): (data, bits, format) = (values.flatMap { little(Int($0), 2) }, 16, 1)
    case .float(let values): (data, bits, format) = (values.flatMap { little(Int($0.bitPattern), 4) }, 32, 3)
    }
    let strip = bytes.count
    bytes += data
    if bytes.count % 2 == 1 { bytes.append(0) }
    let directory = bytes.count
    bytes.replaceSubrange(link..<link + 4, with: little(directory, 4))
    let entries = [
      (254, isReduced ? 1 : 0), (256, width), (257, height), (258, bits), (259, 1), (262, 1), (273, strip),
      (277, 1), (278, height), (279, data.count), (339, format),
    ]
    bytes += little(entries.count, 2)
    for (tag, value) in entries { bytes += little(tag, 2) + little(4, 2) + little(1, 4) + little(value, 4) }
    link = bytes.count
    bytes += little(0, 4)
  }

  private func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
