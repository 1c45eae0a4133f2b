/// The layout of tar headers (POSIX ustar and PAX, with GNU tar's extensions), for reading and writing.
enum TarFormat {
  /// Headers and data begin at multiples of this.
  static let blockSize = 512

  /// Where the fields that are used lie in a header.
  enum Field {
    static let name = 0..<100
    static let size = 124..<136
    static let checksum = 148..<156
    static let type = 156
    static let magic = 257..<263
    static let prefix = 345..<500
  }

  /// What a header stands before.
  enum Kind: UInt8 {
    case file = 0x30  // "0"
    case oldFile = 0
    case contiguousFile = 0x37  // "7"
    /// The data are PAX records about the next member.
    case extended = 0x78  // "x"
    /// The data are the name of the next member, in GNU tar's way.
    case longName = 0x4C  // "L"
    case sparseFile = 0x53  // "S"
  }

  /// Links, devices, folders and pipes, whatever size their headers say.
  static let kindsWithoutData: ClosedRange<UInt8> = 0x31...0x36

  /// Links to members and to paths.
  static let links: ClosedRange<UInt8> = 0x31...0x32

  /// `count` rounded up to whole blocks.
  static func padded(_ count: Int) -> Int { (count + blockSize - 1) / blockSize * blockSize }

  /// The sum of a header's bytes, its own field counted as spaces.
  static func checksum(_ header: ArraySlice<UInt8>) -> Int {
    let field = Field.checksum.map { Int(header[header.startIndex + $0]) }
    return header.reduce(0) { $0 + Int($1) } - field.reduce(0, +) + Field.checksum.count * 32
  }

  /// The number in a field: octal digits between blanks, or GNU tar's binary with the highest bit set; nil for anything
  /// else, and for what no `Int` holds.
  static func number(_ field: ArraySlice<UInt8>) -> Int? {
    guard let first = field.first else { return nil }
    var value = 0
    if first & 0x80 != 0 {
      for byte in [first & 0x7F] + field.dropFirst() {
        let (product, overflow) = value.multipliedReportingOverflow(by: 256)
        guard !overflow else { return nil }
        value = product | Int(byte)
      }
      return value
    }
    func isBlank(_ byte: UInt8) -> Bool { byte == 0 || byte == 0x20 }
    for byte in field.drop(while: isBlank).prefix(while: { !isBlank($0) }) {
      guard (0x30...0x37).contains(byte), value < Int.max >> 3 else { return nil }
      value = value << 3 | Int(byte - 0x30)
    }
    return value
  }

  /// The text in a field, which ends at its first zero.
  static func text(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> { field.prefix { $0 != 0 } }

  /// The records `length key=value\n` of a PAX header; nil where they are damaged.
  static func records(_ bytes: [UInt8]) -> [String: ArraySlice<UInt8>]? {
    var records: [String: ArraySlice<UInt8>] = [:]
    var rest = bytes[...]
    while let first = rest.first, first != 0 {
      guard let space = rest.prefix(20).firstIndex(of: 0x20),
        let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
        length > space - rest.startIndex + 1, length <= rest.count
      else { return nil }
      let record = rest[(space + 1)..<(rest.startIndex + length)]
      guard record.last == 0x0A, let equals = record.firstIndex(of: 0x3D) else { return nil }
      records[String(decoding: record[..<equals], as: UTF8.self)] = record[(equals + 1)...].dropLast()
      rest = rest[(rest.startIndex + length)...]
    }
    return records
  }
}
