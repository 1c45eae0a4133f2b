import CZlib
import Foundation

/// A zip archive put together byte by byte, so that each field may lie.
struct ZipBytes {
  struct Member {
    var name: String
    var bytes: [UInt8]
    var method = 0
    var flags = 0
    /// What the directory says; the truth where it is nil.
    var claimedSize: UInt64?
    var claimedOffset: UInt64?
    var claimedChecksum: UInt64?
    /// The zip64 field of its entry.
    var wide: [UInt64]?
    var localName: String?

    init(_ name: String, _ bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }
  }

  var members: [Member]
  var comment: [UInt8] = []
  var count: UInt64?
  var directorySize: UInt64?
  var directoryOffset: UInt64?
  var disk: UInt64 = 0
  /// The zip64 record: offset of the record, its members, the size and the offset of the directory; the truth where nil.
  var wide: (place: UInt64?, count: UInt64?, size: UInt64?, offset: UInt64?)?

  init(_ members: [Member]) { self.members = members }

  var data: Data {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for member in members {
      let checksum = member.bytes.withUnsafeBytes { crc32_z(0, $0.baseAddress, $0.count) }
      let offset = member.claimedOffset ?? UInt64(file.count)
      let name = Array(member.name.utf8)
      let size = member.claimedSize ?? UInt64(member.bytes.count)
      let extra =
        member.wide.map { bytes(1, 2) + bytes(UInt64(8 * $0.count), 2) + $0.flatMap { bytes($0, 8) } } ?? []
      let localName = member.localName.map { Array($0.utf8) } ?? name
      file += bytes(0x0403_4B50, 4) + bytes(20, 2) + bytes(UInt64(member.flags), 2)
      file += bytes(UInt64(member.method), 2) + [UInt8](repeating: 0, count: 16)
      // torch puts a field there that the directory has not.
      file +=
        bytes(UInt64(localName.count), 2) + bytes(6, 2) + localName + [0x46, 0x42, 2, 0, 0x5A, 0x5A]
        + member.bytes
      directory += bytes(0x0201_4B50, 4) + bytes(20, 2) + bytes(20, 2) + bytes(UInt64(member.flags), 2)
      directory +=
        bytes(UInt64(member.method), 2) + bytes(0, 4) + bytes(member.claimedChecksum ?? UInt64(checksum), 4)
      directory +=
        bytes(size, 4) + bytes(size, 4) + bytes(UInt64(name.count), 2) + bytes(UInt64(extra.count), 2)
      directory += bytes(0, 10) + bytes(offset, 4) + name + extra
    }
    let place = UInt64(file.count)
    let end = place + UInt64(directory.count)
    file += directory
    let count = UInt64(members.count)
    if let wide {
      file += bytes(0x0606_4B50, 4) + bytes(44, 8) + bytes(0, 12)
      file += bytes(wide.count ?? count, 8) + bytes(wide.count ?? count, 8)
      file += bytes(wide.size ?? UInt64(directory.count), 8) + bytes(wide.offset ?? place, 8)
      file += bytes(0x0706_4B50, 4) + bytes(0, 4) + bytes(wide.place ?? end, 8) + bytes(1, 4)
    }
    file += bytes(0x0605_4B50, 4) + bytes(disk, 2) + bytes(disk, 2)
    file += bytes(self.count ?? count, 2) + bytes(self.count ?? count, 2)
    file += bytes(directorySize ?? UInt64(directory.count), 4) + bytes(directoryOffset ?? place, 4)
    return Data(file + bytes(UInt64(comment.count), 2) + comment)
  }
}

/// The opcodes of a pickle.
enum Pickle {
  static let empty: [UInt8] = [0x29]

  static func text(_ text: String) -> [UInt8] {
    [0x58] + bytes(UInt64(text.utf8.count), 4) + Array(text.utf8)
  }
  static func whole(_ number: Int) -> [UInt8] { [0x8A, 8] + bytes(UInt64(bitPattern: Int64(number)), 8) }
  static func tuple(_ items: [[UInt8]]) -> [UInt8] {
    Array("(".utf8) + items.flatMap { $0 } + Array("t".utf8)
  }
  static func tuple(_ numbers: [Int]) -> [UInt8] { tuple(numbers.map(whole)) }
  static func dictionary(_ pairs: [(String, [UInt8])]) -> [UInt8] {
    Array("}(".utf8) + pairs.flatMap { text($0.0) + $0.1 } + Array("u".utf8)
  }
  static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
  static func call(_ module: String, _ name: String, _ arguments: [[UInt8]]) -> [UInt8] {
    global(module, name) + tuple(arguments) + Array("R".utf8)
  }
  static func storage(_ key: String = "0", _ type: String = "FloatStorage", count: Int = 4) -> [UInt8] {
    tuple([text("storage"), global("torch", type), text(key), text("cpu"), whole(count)]) + Array("Q".utf8)
  }
  static func tensor(
    _ storage: [UInt8] = storage(), offset: Int = 0, shape: [Int] = [4], strides: [Int] = [1]
  ) -> [UInt8] {
    call(
      "torch._utils", "_rebuild_tensor_v2",
      [
        storage, whole(offset), tuple(shape), tuple(strides), [0x89],
        call("collections", "OrderedDict", []),
      ])
  }
  /// The whole of it, of protocol 2.
  static func of(_ value: [UInt8]) -> [UInt8] { [0x80, 2] + value + Array(".".utf8) }
}

/// An archive as torch writes it, with that pickle and members `data/<key>`.
func pyTorchArchive(
  _ pickle: [UInt8], storages: [(String, [UInt8])] = [("0", [UInt8](repeating: 0x3F, count: 16))],
  byteOrder: String = "little", others: [ZipBytes.Member] = []
) -> ZipBytes {
  ZipBytes(
    [.init("top/data.pkl", pickle), .init("top/byteorder", Array(byteOrder.utf8))]
      + storages.map { .init("top/data/\($0.0)", $0.1) } + [.init("top/version", Array("3\n".utf8))] + others)
}
