/// What the boxes of a HEIF file say of the pictures that make up the one that is shown. (ISO/IEC 23008-12, 14496-12)
///
/// The library decodes them; this finds how much that takes, before memory is taken.
struct HEIFItems {
  /// A coded picture, of which one or several make up the one that is shown.
  struct CodedPicture {
    let width, height: Int
    let isGray: Bool
    /// Codes of its colours, where AV1 gives some.
    let colors: AV1SequenceHeader.Colors?
  }

  private struct Box {
    let type: String
    let content: Range<Int>
  }

  private struct Reference {
    let type: String
    let from: Int
    let to: [Int]
  }

  private struct Location {
    /// Whether places are those of the box `idat`, not of the file.
    let isInData: Bool
    let extents: [Range<Int>]
  }

  /// What is wrong with a file.
  enum Problem: Error {
    case damage(String)
    case unsupported(String)
  }

  /// Pictures that one may be made of: 256×256 tiles, alpha beside each, and a few more.
  private static let maximumPictures = 150_000
  /// How deep pictures may be made of pictures: tiles in a grid, turned, laid on a ground.
  private static let maximumDepth = 4

  private let bytes: UnsafeRawBufferPointer
  private var primary: Int?
  private var types: [Int: String] = [:]
  private var references: [Reference] = []
  private var referencesFrom: [Int: [Int]] = [:]
  private var auxiliaries: [Int: [Int]] = [:]
  private var locations: [Int: Location] = [:]
  private var properties: [Box] = []
  private var propertiesOfItem: [Int: [Int]] = [:]
  private var data = 0..<0

  /// Reads the boxes; what is damaged in one is left out.
  init(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
    self.bytes = bytes
    guard let meta = boxes(in: 0..<bytes.count).first(where: { $0.type == "meta" }), meta.content.count >= 4
    else { throw .damage("no box of metadata") }
    let parts = boxes(in: meta.content.dropFirst(4))
    for part in parts {
      switch part.type {
      case "pitm": readPrimary(part.content)
      case "iinf": readTypes(part.content)
      case "iref": readReferences(part.content)
      case "iloc": readLocations(part.content)
      case "iprp": readProperties(part.content)
      case "idat": data = part.content
      default: break
      }
    }
  }

  /// Every picture that has to be decoded for the one that is shown, in the order in which they are.
  func codedPictures() throws(Problem) -> [CodedPicture] {
    guard let primary else { throw .damage("no primary picture") }
    var found: [CodedPicture] = []
    var bytesLeft = bytes.count + 1 << 20
    var picturesLeft = Self.maximumPictures
    try collect(primary, depth: 0, &found, &bytesLeft, &picturesLeft)
    return found
  }

  /// Whether the picture that is shown is a coded one itself, made of no others.
  var isPrimaryCoded: Bool { primary.flatMap { types[$0] }.map { Self.isCoded($0) } ?? false }

  private static func isCoded(_ type: String) -> Bool { ["hvc1", "av01"].contains(type) }

  /// Tiles, pictures laid on a ground, a picture with other properties.
  private static func isDerived(_ type: String) -> Bool { ["grid", "iovl", "iden"].contains(type) }

  private func collect(
    _ item: Int, depth: Int, _ found: inout [CodedPicture], _ bytesLeft: inout Int, _ picturesLeft: inout Int
  ) throws(Problem) {
    picturesLeft -= 1
    guard depth <= Self.maximumDepth, picturesLeft >= 0 else {
      throw .unsupported("a picture made of too many others")
    }
    guard let type = types[item] else { throw .damage("a picture that is not there") }
    if Self.isCoded(type) {
      found += try pictures(of: item, isHEVC: type == "hvc1", &bytesLeft)
    } else if Self.isDerived(type) {
      let sources = referencesFrom[item, default: []].map { references[$0] }.filter { $0.type == "dimg" }
        .flatMap(\.to)
      guard !sources.isEmpty else { throw .damage("a picture made of none") }
      for source in sources { try collect(source, depth: depth + 1, &found, &bytesLeft, &picturesLeft) }
    } else {
      throw .unsupported("a picture coded by neither HEVC nor AV1")
    }
    // Alpha among them; what is of another kind is never decoded.
    for auxiliary in auxiliaries[item, default: []] {
      guard let type = types[auxiliary], Self.isCoded(type) || Self.isDerived(type) else { continue }
      try collect(auxiliary, depth: depth + 1, &found, &bytesLeft, &picturesLeft)
    }
  }

  /// What the coder's configuration says of a picture, and what the coded data say instead.
  private func pictures(of item: Int, isHEVC: Bool, _ bytesLeft: inout Int) throws(Problem) -> [CodedPicture]
  {
    let wanted = isHEVC ? "hvcC" : "av1C"
    let configuration = propertiesOfItem[item, default: []].lazy.filter { properties.indices.contains($0) }
      .map { properties[$0] }.first { $0.type == wanted }?.content
    guard let configuration else { throw .damage("a picture without its coder's configuration") }
    guard let location = locations[item] else { throw .damage("a picture without data") }
    let extents = try checkedExtents(location)
    let total = extents.reduce(0) { $0 + $1.count }
    guard total > 0 else { throw .damage("a picture without data") }
    bytesLeft -= total
    guard bytesLeft >= 0 else { throw .damage("pictures of more data than the file has") }
    let coded = CodedData(bytes: bytes, extents: extents)
    let pictures =
      isHEVC
      ? hevcParameterSets(configuration, coded).map { sets in
        let isGray = bytes.number(at: configuration.lowerBound + 16, bytes: 1).map { $0 & 3 == 0 }
        return sets.map {
          CodedPicture(width: $0.width, height: $0.height, isGray: isGray ?? false, colors: nil)
        }
      }
      : av1SequenceHeaders(configuration, coded).map { headers in
        let isGray = bytes.number(at: configuration.lowerBound + 2, bytes: 1).map { $0 & 0x10 != 0 }
        return headers.map {
          CodedPicture(width: $0.width, height: $0.height, isGray: isGray ?? false, colors: $0.colors)
        }
      }
    guard let pictures, !pictures.isEmpty else { throw .damage("a coded picture without a size") }
    return pictures
  }

  private func checkedExtents(_ location: Location) throws(Problem) -> [Range<Int>] {
    let whole = location.isInData ? data : 0..<bytes.count
    let extents = location.extents.map { extent in
      extent.lowerBound + whole.lowerBound..<extent.upperBound + whole.lowerBound
    }
    // No length would stand for all of the file; the library takes it for nothing.
    guard extents.allSatisfy({ !$0.isEmpty }) else { throw .damage("a picture without data") }
    guard extents.allSatisfy({ $0.upperBound <= whole.upperBound }) else {
      throw .damage("the file ends too early")
    }
    return extents
  }

  /// The parameter sets of the box `hvcC`, and those among units before which their length stands in four bytes.
  private func hevcParameterSets(_ configuration: Range<Int>, _ coded: CodedData) -> [HEVCParameterSet]? {
    var sets: [HEVCParameterSet] = []
    func add(_ unit: [UInt8]) -> Bool {
      guard unit.count >= 2, unit[0] >> 1 & 0x3F == 33 else { return true }
      guard let set = HEVCParameterSet(unit) else { return false }
      sets.append(set)
      return true
    }
    let own = UnsafeRawBufferPointer(rebasing: bytes[configuration])
    var position = 23
    for _ in 0..<(own.number(at: 22, bytes: 1) ?? 0) {
      guard let units = own.number(at: position + 1, bytes: 2) else { return nil }
      position += 3
      for _ in 0..<units {
        guard let length = own.number(at: position, bytes: 2), position + 2 + length <= own.count
        else { return nil }
        guard add([UInt8](own[position + 2..<position + 2 + length])) else { return nil }
        position += 2 + length
      }
    }
    position = 0
    while let length = coded.number(at: position, bytes: 4) {
      // What a size needs is at the beginning of a unit.
      if let start = coded.number(at: position + 4, bytes: 1), start >> 1 & 0x3F == 33 {
        guard add(coded.bytes(min(length, 256), at: position + 4)) else { return nil }
      }
      position += 4 + length
    }
    return sets
  }

  /// The sequence headers behind the four bytes of the box `av1C`, and those among the coded units.
  private func av1SequenceHeaders(_ configuration: Range<Int>, _ coded: CodedData) -> [AV1SequenceHeader]? {
    var headers: [AV1SequenceHeader] = []
    for units in [CodedData(bytes: bytes, extents: [configuration.dropFirst(4)]), coded] {
      var position = 0
      while let head = units.number(at: position, bytes: 1) {
        position += head & 4 == 0 ? 1 : 2
        var length = max(0, units.count - position)
        if head & 2 != 0 {
          guard let size = units.littleEndianBase128(at: &position) else { return nil }
          length = min(size, max(0, units.count - position))
        }
        if head >> 3 & 0xF == 1 {
          guard let header = AV1SequenceHeader(units.bytes(min(length, 1024), at: position)) else {
            return nil
          }
          headers.append(header)
        }
        position += length
      }
    }
    return headers
  }
}

extension HEIFItems {
  /// The boxes one after the other in a range, up to one that does not fit.
  private func boxes(in range: Range<Int>) -> [Box] {
    var boxes: [Box] = []
    var position = range.lowerBound
    while position + 8 <= range.upperBound, let size = bytes.number(at: position, bytes: 4) {
      var (length, header) = (size, 8)
      if size == 1 {
        guard let high = bytes.number(at: position + 8, bytes: 4), high < 1 << 24,
          let low = bytes.number(at: position + 12, bytes: 4)
        else { break }
        (length, header) = (high << 32 | low, 16)
      } else if size == 0 {
        length = range.upperBound - position
      }
      guard length >= header, position + length <= range.upperBound else { break }
      let type = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
      boxes.append(Box(type: type, content: position + header..<position + length))
      position += length
    }
    return boxes
  }

  private func version(_ range: Range<Int>) -> Int? {
    range.count < 4 ? nil : bytes.number(at: range.lowerBound, bytes: 1)
  }

  private mutating func readPrimary(_ range: Range<Int>) {
    guard let version = version(range) else { return }
    primary = bytes.number(at: range.lowerBound + 4, bytes: version == 0 ? 2 : 4)
  }

  private mutating func readTypes(_ range: Range<Int>) {
    guard let version = version(range) else { return }
    for entry in boxes(in: range.dropFirst(version == 0 ? 6 : 8)) where entry.type == "infe" {
      guard let version = self.version(entry.content), version >= 2 else { continue }
      let wide = version == 2 ? 2 : 4
      let start = entry.content.lowerBound + 4
      guard let item = bytes.number(at: start, bytes: wide), start + wide + 6 <= entry.content.upperBound
      else { continue }
      types[item] = String(decoding: bytes[start + wide + 2..<start + wide + 6], as: UTF8.self)
    }
  }

  private mutating func readReferences(_ range: Range<Int>) {
    guard let version = version(range) else { return }
    let wide = version == 0 ? 2 : 4
    for entry in boxes(in: range.dropFirst(4)) {
      let start = entry.content.lowerBound
      guard let from = bytes.number(at: start, bytes: wide),
        let count = bytes.number(at: start + wide, bytes: 2),
        start + wide + 2 + count * wide <= entry.content.upperBound
      else { continue }
      let to = (0..<count).compactMap { bytes.number(at: start + wide + 2 + $0 * wide, bytes: wide) }
      referencesFrom[from, default: []].append(references.count)
      references.append(Reference(type: entry.type, from: from, to: to))
      if entry.type == "auxl" { for item in to { auxiliaries[item, default: []].append(from) } }
    }
  }

  private mutating func readLocations(_ range: Range<Int>) {
    guard let version = version(range), let sizes = bytes.number(at: range.lowerBound + 4, bytes: 2) else {
      return
    }
    let (offsetSize, lengthSize, baseSize) = (sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15)
    let indexSize = version == 0 ? 0 : sizes & 15
    var position = range.lowerBound + 6
    func next(_ count: Int) -> Int? {
      defer { position += count }
      guard position + count <= range.upperBound else { return nil }
      switch count {
      case 0: return 0
      case 1...4: return bytes.number(at: position, bytes: count)
      case 8:
        guard let high = bytes.number(at: position, bytes: 4), high < 1 << 24 else { return nil }
        return bytes.number(at: position + 4, bytes: 4).map { high << 32 | $0 }
      default: return nil
      }
    }
    let wide = version < 2 ? 2 : 4
    guard let count = next(wide) else { return }
    for _ in 0..<count {
      guard let item = next(wide), let method = version == 0 ? 0 : next(2), next(2) != nil,
        let base = next(baseSize), let pieces = next(2)
      else { return }
      var extents: [Range<Int>] = []
      for _ in 0..<pieces {
        guard next(indexSize) != nil, let offset = next(offsetSize), let length = next(lengthSize) else {
          return
        }
        extents.append(base + offset..<base + offset + length)
      }
      // Data that are those of other items are left out; of two places the first holds.
      if method & 15 < 2, locations[item] == nil {
        locations[item] = Location(isInData: method & 15 == 1, extents: extents)
      }
    }
  }

  private mutating func readProperties(_ range: Range<Int>) {
    for part in boxes(in: range) {
      switch part.type {
      case "ipco": properties = boxes(in: part.content)
      case "ipma": readAssociations(part.content)
      default: break
      }
    }
  }

  private mutating func readAssociations(_ range: Range<Int>) {
    guard let version = version(range), let count = bytes.number(at: range.lowerBound + 4, bytes: 4) else {
      return
    }
    let isWide = (bytes.number(at: range.lowerBound + 3, bytes: 1) ?? 0) & 1 == 1
    let wide = version < 1 ? 2 : 4
    var position = range.lowerBound + 8
    for _ in 0..<count {
      guard position + wide < range.upperBound, let item = bytes.number(at: position, bytes: wide),
        let associations = bytes.number(at: position + wide, bytes: 1)
      else { return }
      position += wide + 1
      for _ in 0..<associations {
        guard position + (isWide ? 2 : 1) <= range.upperBound,
          let value = bytes.number(at: position, bytes: isWide ? 2 : 1)
        else { return }
        position += isWide ? 2 : 1
        // The highest bit says that it must be understood; properties count from 1.
        propertiesOfItem[item, default: []].append((value & (isWide ? 0x7FFF : 0x7F)) - 1)
      }
    }
  }
}

/// Bytes that lie in pieces of a file.
private struct CodedData {
  let bytes: UnsafeRawBufferPointer
  let extents: [Range<Int>]

  var count: Int { extents.reduce(0) { $0 + $1.count } }

  /// Up to `length` bytes from `position` on.
  func bytes(_ length: Int, at position: Int) -> [UInt8] {
    var result: [UInt8] = []
    var passed = 0
    for extent in extents {
      let start = position + result.count - passed
      if start >= 0, start < extent.count, result.count < length {
        let from = extent.lowerBound + start
        result += bytes[from..<min(extent.upperBound, from + length - result.count)]
      }
      passed += extent.count
    }
    return result
  }

  func number(at position: Int, bytes count: Int) -> Int? {
    bytes(count, at: position).number(at: 0, bytes: count)
  }

  /// A number of seven bits a byte, the lowest first; nil where it does not end, or above four bytes.
  func littleEndianBase128(at position: inout Int) -> Int? {
    var value = 0
    for shift in stride(from: 0, to: 35, by: 7) {
      guard let byte = number(at: position, bytes: 1) else { return nil }
      position += 1
      value |= (byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
    }
    return nil
  }
}
