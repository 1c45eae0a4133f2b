import Platform

/// Why a DICOM file is not decoded. No text has a value of the file in it: values may tell of a patient.
enum DICOMProblem: Error {
  case damage(String)
  case unsupported(String)
  case endsEarly

  func failure(at place: String) -> Failure {
    switch self {
    case .damage(let text): damaged("DICOM", text, place: place)
    case .unsupported(let text):
      notDecoded(
        "DICOM", text, place: place,
        mend: "convert it to uncompressed monochrome, palette or RGB pixels, or to PNG")
    case .endsEarly: damaged("DICOM", "the file ends too early", place: place)
    }
  }
}

/// How the elements of a data set are written.
struct DICOMEncoding: Equatable {
  var isImplicit = false
  var isBigEndian = false
}

/// An element: its tag, group·2¹⁶ + element, and where its value is.
struct DICOMElement {
  let tag: Int
  /// From the first byte of the value on.
  let start: Int
  /// Bytes of the value; nil where a delimiter ends it.
  let length: Int?
  /// Whether elements inside of it come without value representations.
  let holdsImplicit: Bool
}

/// A list of elements, of the file or of an item of a sequence. (DICOM PS3.5, 7)
struct DICOMDataSet<Source: ByteSource> {
  /// Elements that are looked at before a file is given up.
  private static var maximumElements: Int { 1_000_000 }

  let source: Source
  let encoding: DICOMEncoding
  private(set) var elements: [Int: DICOMElement] = [:]

  /// Reads elements from `position` to `end`, to the delimiter of an item, or up to the pixel data, which is the last one
  /// taken; of the file's head, those of group 2 alone.
  init(
    of source: Source, from position: Int, to end: Int, encoding: DICOMEncoding, onlyHead: Bool = false
  ) throws(DICOMProblem) {
    self.source = source
    self.encoding = encoding
    self.end = position
    var position = position
    var left = Self.maximumElements
    while position < end {
      try Self.count(&left)
      let element = try Self.element(of: source, at: position, encoding: encoding)
      guard element.tag != DICOMTag.itemEnd, !onlyHead || element.tag >> 16 == 2 else { break }
      if elements[element.tag] == nil { elements[element.tag] = element }
      if DICOMTag.pixels.contains(element.tag) { break }
      position = try Self.end(of: element, in: source, encoding: encoding, &left)
      self.end = position
    }
  }

  /// Where the last element that was passed ends.
  private(set) var end: Int

  /// Counts an element that is looked at.
  private static func count(_ left: inout Int) throws(DICOMProblem) {
    left -= 1
    guard left >= 0 else { throw .unsupported("more than \(maximumElements) elements") }
  }

  /// The element at a position.
  private static func element(
    of source: Source, at position: Int, encoding: DICOMEncoding
  ) throws(DICOMProblem) -> DICOMElement {
    guard let head = source.bytes(8, at: position),
      let group = head.number(at: 0, bytes: 2, bigEndian: encoding.isBigEndian),
      let number = head.number(at: 2, bytes: 2, bigEndian: encoding.isBigEndian)
    else { throw .endsEarly }
    let tag = group << 16 | number
    var start = position + 8
    var length = head.number(at: 4, bytes: 4, bigEndian: encoding.isBigEndian)
    var holdsImplicit = encoding.isImplicit
    // Items and delimiters come without value representation.
    if !encoding.isImplicit, group != 0xFFFE {
      let representation = String(decoding: head[4..<6], as: UTF8.self)
      if ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"].contains(
        representation)
      {
        guard let rest = source.bytes(4, at: start) else { throw .endsEarly }
        start += 4
        length = rest.number(at: 0, bytes: 4, bigEndian: encoding.isBigEndian)
        // What is unknown and has no length was written as in implicit data sets.
        holdsImplicit = representation == "UN" && length == 0xFFFF_FFFF
      } else {
        length = head.number(at: 6, bytes: 2, bigEndian: encoding.isBigEndian)
      }
    }
    return DICOMElement(
      tag: tag, start: start, length: length == 0xFFFF_FFFF ? nil : length, holdsImplicit: holdsImplicit)
  }

  /// Where an element ends: behind its value or the delimiter of what it holds, however deep that goes.
  private static func end(
    of element: DICOMElement, in source: Source, encoding: DICOMEncoding, _ left: inout Int
  ) throws(DICOMProblem) -> Int {
    if let length = element.length {
      guard element.start + length <= source.count else { throw .endsEarly }
      return element.start + length
    }
    // Whether each of the sequences and items without a length that are open holds implicit elements.
    var open = [element.holdsImplicit]
    var position = element.start
    while let isImplicit = open.last {
      try count(&left)
      let inner = try Self.element(
        of: source, at: position,
        encoding: DICOMEncoding(isImplicit: isImplicit, isBigEndian: encoding.isBigEndian && !isImplicit))
      position = inner.start
      switch (inner.tag, inner.length) {
      case (DICOMTag.itemEnd, _), (DICOMTag.sequenceEnd, _): open.removeLast()
      case (_, nil): open.append(inner.tag == DICOMTag.item ? isImplicit : inner.holdsImplicit)
      case (_, let length?):
        position += length
        guard position <= source.count else { throw .endsEarly }
      }
    }
    return position
  }
}

extension DICOMDataSet {
  /// The bytes of a value, at most `limit` of them; nil where there is no such element.
  func bytes(_ tag: Int, limit: Int = 1024) -> [UInt8]? {
    guard let element = elements[tag], let length = element.length else { return nil }
    return source.bytes(min(length, limit), at: element.start)
  }

  /// A value of text, without the spaces around it.
  func text(_ tag: Int) -> String? {
    bytes(tag).map { bytes in
      let isPadding = { (byte: UInt8) in byte == 0x20 || byte == 0 }
      let text = bytes.drop(while: isPadding).reversed().drop(while: isPadding).reversed()
      return String(decoding: text, as: UTF8.self)
    }
  }

  /// The first of the numbers written as text in a value.
  func decimal(_ tag: Int) -> Double? {
    text(tag).flatMap { text in
      let first = text.split(separator: "\\", omittingEmptySubsequences: false).first ?? ""
      return Double(first.filter { $0 != " " })
    }
  }

  /// Unsigned numbers of two bytes.
  func words(_ tag: Int, limit: Int = 1024) -> [Int]? {
    bytes(tag, limit: limit).map { bytes in
      (0..<bytes.count / 2).compactMap {
        bytes.number(at: 2 * $0, bytes: 2, bigEndian: encoding.isBigEndian)
      }
    }
  }

  /// The first of the unsigned numbers of two bytes in a value.
  func word(_ tag: Int) -> Int? { words(tag)?.first }

  /// Calls `body` with the tag, the place and the length of each item of a sequence, up to its end or where `body`
  /// answers false; whether the end was reached.
  @discardableResult
  func forEachItem(
    of element: DICOMElement, _ body: (_ start: Int, _ length: Int?) throws(DICOMProblem) -> Bool
  ) throws(DICOMProblem) -> Bool {
    let end = element.length.map { element.start + $0 } ?? source.count
    let inner = itemEncoding(of: element)
    var position = element.start
    var left = Self.maximumElements
    while position < end {
      try Self.count(&left)
      let item = try Self.element(of: source, at: position, encoding: inner)
      if item.tag == DICOMTag.sequenceEnd { return true }
      guard item.tag == DICOMTag.item else { throw .damage("a sequence of other than items") }
      guard try body(item.start, item.length) else { return false }
      position = try Self.end(of: item, in: source, encoding: inner, &left)
    }
    return element.length != nil
  }

  /// An item of a sequence; nil where there is no such sequence or item.
  func item(_ index: Int, of tag: Int) throws(DICOMProblem) -> DICOMDataSet? {
    guard let element = elements[tag] else { return nil }
    var found: (start: Int, end: Int)?
    var number = 0
    try forEachItem(of: element) { (start, length) in
      if number == index { found = (start, length.map { start + $0 } ?? source.count) }
      number += 1
      return found == nil
    }
    guard let found else { return nil }
    return try DICOMDataSet(of: source, from: found.start, to: found.end, encoding: itemEncoding(of: element))
  }

  private func itemEncoding(of element: DICOMElement) -> DICOMEncoding {
    DICOMEncoding(
      isImplicit: element.holdsImplicit,
      isBigEndian: encoding.isBigEndian && element.holdsImplicit == encoding.isImplicit)
  }
}
