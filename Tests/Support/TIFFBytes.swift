/// A TIFF file of pages without compression, of one or two channels, written by hand.
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

  /// Adds a page of `width`×`height` and of one or two channels, samples pixel by pixel; a reduced one is a smaller copy of the page before.
  public mutating func add(
    _ samples: Samples, width: Int, height: Int, channels: Int = 1, isReduced: Bool = false
  ) {
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
    // Numbers of 32 bits, but those that come once a channel: of 16 bits, of which two fit in an entry.
    var entries: [(tag: Int, type: Int, count: Int, value: Int)] = [
      (254, 4, 1, isReduced ? 1 : 0), (256, 4, 1, width), (257, 4, 1, height),
      (258, 3, channels, channels == 1 ? bits : bits << 16 | bits), (259, 4, 1, 1), (262, 4, 1, 1),
      (273, 4, 1, strip), (277, 4, 1, channels), (278, 4, 1, height), (279, 4, 1, data.count),
    ]
    if channels == 2 { entries.append((338, 3, 1, 0)) }
    entries.append((339, 3, channels, channels == 1 ? format : format << 16 | format))
    bytes += little(entries.count, 2)
    for entry in entries {
      bytes += little(entry.tag, 2) + little(entry.type, 2) + little(entry.count, 4) + little(entry.value, 4)
    }
    link = bytes.count
    bytes += little(0, 4)
  }

  private func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
