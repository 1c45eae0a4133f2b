import Foundation

/// The pieces of an archive that any tar reads: ustar headers, with PAX records for what does not fit in them.
///
/// Owner, time and permissions are the same for all, so that equal images give equal archives.
enum TarWriter {
  /// What ends an archive.
  static let end = Data(count: 2 * TarFormat.blockSize)

  /// A member: header, data, and zeros up to a whole block.
  static func member(_ name: String, _ data: Data) -> Data {
    precondition(data.count < 1 << 33, "TarWriter: a member of \(data.count) bytes")
    let name = Array(name.utf8)
    var result = Data()
    if name.count > TarFormat.Field.name.count {
      let record = record("path", name)
      result.append(header(Array("././@PaxHeader".utf8), size: record.count, kind: .extended))
      append(Data(record), to: &result)
    }
    result.append(header(Array(name.prefix(TarFormat.Field.name.count)), size: data.count, kind: .file))
    append(data, to: &result)
    return result
  }

  private static func append(_ data: Data, to result: inout Data) {
    result.append(data)
    result.append(Data(count: TarFormat.padded(data.count) - data.count))
  }

  /// `length key=value\n`, where the length counts its own digits.
  private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
    let rest = Array(" \(key)=".utf8) + value + [UInt8(ascii: "\n")]
    var length = rest.count
    while String(length).utf8.count + rest.count != length { length = String(length).utf8.count + rest.count }
    return Array(String(length).utf8) + rest
  }

  private static func header(_ name: [UInt8], size: Int, kind: TarFormat.Kind) -> Data {
    var block = [UInt8](repeating: 0, count: TarFormat.blockSize)
    func write(_ text: some Sequence<UInt8>, at place: Int) {
      for (offset, byte) in text.enumerated() { block[place + offset] = byte }
    }
    func octal(_ number: Int, digits: Int) -> [UInt8] {
      let text = String(number, radix: 8)
      return Array((String(repeating: "0", count: digits - text.count) + text).utf8)
    }
    write(name, at: TarFormat.Field.name.lowerBound)
    write(octal(0o644, digits: 7), at: 100)
    write(octal(0, digits: 7), at: 108)
    write(octal(0, digits: 7), at: 116)
    write(octal(size, digits: 11), at: TarFormat.Field.size.lowerBound)
    write(octal(0, digits: 11), at: 136)
    block[TarFormat.Field.type] = kind.rawValue
    write("ustar\u{0}00".utf8, at: TarFormat.Field.magic.lowerBound)
    let sum = TarFormat.checksum(block[...])
    write(octal(sum, digits: 6) + [0, 0x20], at: TarFormat.Field.checksum.lowerBound)
    return Data(block)
  }
}
