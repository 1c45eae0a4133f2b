import Foundation
import Platform
import Tensors

/// The safetensors format: a JSON header, then the tensors' bytes, little-endian.
///
/// Reads F32, F64, F16 and BF16; writes F32. The header is checked against the size of the file before any tensor
/// is read, and tensors are read from a mapping, one at a time. A file that says its checksum is checked whole when
/// it is opened. Of a Vitrail file of a newer format, what this version does not know is left out, and no values are given.
public struct SafetensorsFile: TensorFile {
  /// One tensor of the file.
  public struct Entry: Sendable, Equatable {
    /// `F32`, `F16`, ….
    public let dtype: String
    /// Lengths of the axes.
    public let shape: [Int]
    let range: Range<Int>
  }

  /// The tensors by name.
  public let entries: [String: Entry]
  /// Lengths of the axes of each tensor.
  public let shapes: [String: [Int]]
  /// Free text by key; without the checksum.
  public let metadata: [String: String]
  /// Whether the contents were checked against a checksum; false for a file that says none.
  public let isVerified: Bool
  /// Where it is.
  public let path: String
  private let data: Data

  /// Opens a file and checks its header, and its contents where it says their checksum.
  ///
  /// - Throws: `Failure` when it cannot be read, is no safetensors file, claims more than it holds, or is damaged.
  public init(contentsOf url: URL) throws(Failure) {
    path = url.path
    data = try Data(mappedWeights: url)
    func refuse(_ why: String) -> Failure {
      Failure(
        "not a whole safetensors file: \(why)", at: url.path,
        mend: "give a .safetensors file that was written to its end")
    }
    if let foreign = ForeignFile(data) {
      throw Failure("\(foreign.kind), not a safetensors file", at: url.path, mend: foreign.remedy)
    }
    guard data.count >= 8 else { throw refuse("it has \(data.count) bytes") }
    let headerSize = data.prefix(8).enumerated().reduce(UInt64(0)) {
      $0 | UInt64($1.element) << (8 * $1.offset)
    }
    guard headerSize <= 100 << 20 else { throw refuse("it does not begin with the size of a header") }
    guard Int(headerSize) <= data.count - 8 else {
      throw refuse("its header claims \(headerSize) bytes of \(data.count)")
    }
    let body = 8 + Int(headerSize)
    let header = data.subdata(in: 8..<body)
    if let problem = HeaderScan.problem(in: header) { throw refuse(problem) }
    guard let tree = try? JSONDecoder().decode([String: JSONValue].self, from: header) else {
      throw refuse("its header is not JSON")
    }
    var entries: [String: Entry] = [:]
    var metadata = Self.metadata(in: tree)
    // What does not fit this format may fit a newer one.
    let isNewer = WeightFormat.isNewer(metadata)
    var isUnderstood = true
    for (name, value) in tree {
      guard case .object(let fields) = value else { throw refuse("'\(name)' is not described by keys") }
      guard name != "__metadata__" else { continue }
      if let entry = Self.entry(fields, bodyStart: body, fileSize: data.count) {
        entries[name] = entry
      } else {
        guard isNewer else {
          throw refuse("the tensor '\(name)' has a shape, type or place that does not fit the file")
        }
        isUnderstood = false
      }
    }
    let ranges = entries.values.map(\.range).filter { !$0.isEmpty }.sorted { $0.lowerBound < $1.lowerBound }
    if !zip(ranges, ranges.dropFirst()).allSatisfy({ $0.upperBound <= $1.lowerBound }) {
      guard isNewer else { throw refuse("two of its tensors share bytes") }
      isUnderstood = false
    }
    let checksum = isUnderstood ? SafetensorsChecksum(foundIn: metadata) : nil
    if let checksum {
      let isWhole = data.withUnsafeBytes { bytes in
        checksum.holds(
          header: bytes[8..<body],
          tensors: ranges.map { ContentHash(of: UnsafeRawBufferPointer(rebasing: bytes[$0])) })
      }
      guard isWhole else {
        throw Failure(
          "the file is damaged: its contents are not those that its checksum was taken of", at: url.path,
          mend: "take another copy of the file, or make it anew; "
            + "if a program changed it on purpose, let it leave out '\(SafetensorsChecksum.key)'")
      }
      metadata[SafetensorsChecksum.key] = nil
    }
    isVerified = checksum != nil
    self.entries = entries
    shapes = entries.mapValues(\.shape)
    self.metadata = metadata
  }

  /// What the file holds a tensor as.
  public func type(of name: String) -> String? { entries[name]?.dtype }

  /// The values of a tensor, the last axis fastest.
  ///
  /// - Throws: `Failure` when there is no such tensor.
  public func values(of name: String) throws(Failure) -> [Scalar] {
    guard let entry = entries[name] else {
      throw Failure.missingTensor(name, among: entries.keys, at: path)
    }
    guard ScalarBytes.widths[entry.dtype] != nil else {
      throw Failure.noScalars(name, entry.dtype, at: path)
    }
    return data.withUnsafeBytes { bytes in
      ScalarBytes.scalars(UnsafeRawBufferPointer(rebasing: bytes[entry.range]), entry.dtype)
    }
  }

  private static func metadata(in tree: [String: JSONValue]) -> [String: String] {
    guard case .object(let fields)? = tree["__metadata__"] else { return [:] }
    return fields.compactMapValues(\.string)
  }

  private static func entry(_ fields: [String: JSONValue], bodyStart: Int, fileSize: Int) -> Entry? {
    guard case .string(let dtype)? = fields["dtype"],
      let size = ScalarBytes.widths[dtype] ?? ScalarBytes.otherWidths[dtype],
      case .array(let axes)? = fields["shape"], case .array(let offsets)? = fields["data_offsets"],
      offsets.count == 2, case .integer(let start) = offsets[0], case .integer(let end) = offsets[1]
    else { return nil }
    var shape: [Int] = []
    var count = 1
    for axis in axes {
      guard case .integer(let length) = axis, length >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow, product <= fileSize else { return nil }
      count = product
      shape.append(length)
    }
    guard start >= 0, end >= start, end <= fileSize - bodyStart, end - start == count * size else {
      return nil
    }
    return Entry(dtype: dtype, shape: shape, range: bodyStart + start..<bodyStart + end)
  }
}
