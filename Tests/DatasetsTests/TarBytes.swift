/// The bytes of a tar archive; a member with a `link` is one to that path.
func tar(_ members: [(name: String, bytes: [UInt8])], links: [(name: String, link: String)] = []) -> [UInt8] {
  func header(_ name: String, size: Int, kind: UInt8, link: String = "") -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at place: Int) {
      header.replaceSubrange(place..<(place + text.utf8.count), with: Array(text.utf8))
    }
    func octal(_ number: Int, _ digits: Int) -> String {
      let text = String(number, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    put(name, at: 0)
    put(octal(size, 11), at: 124)
    header[156] = kind
    put(link, at: 157)
    put("ustar", at: 257)
    put(String(repeating: " ", count: 8), at: 148)
    put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\0", at: 148)
    return header
  }
  var bytes: [UInt8] = []
  for member in members {
    bytes += header(member.name, size: member.bytes.count, kind: 0x30) + member.bytes
    bytes += [UInt8](repeating: 0, count: (512 - member.bytes.count % 512) % 512)
  }
  for link in links { bytes += header(link.name, size: 0, kind: 0x31, link: link.link) }
  return bytes + [UInt8](repeating: 0, count: 1024)
}
