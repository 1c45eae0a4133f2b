import Foundation
import Platform
import Tensors

/// A file that `torch.save` wrote since version 1.6 of PyTorch (2020): a zip archive with a pickle, and the bytes of its
/// tensors each in a member of its own.
///
/// The pickle is not run: of the functions that it asks for, those that make tensors and plain values are known by name,
/// and any other is refused. All is checked before a tensor is read: each lies in its member, and to open a
/// file takes no more memory than four times its size, or 16 MiB. Tensors are read from a mapping, one at a time.
public struct PyTorchFile: TensorFile {
  /// One tensor of the file.
  public struct Entry: Sendable, Equatable {
    /// `F32`, `F64`, `F16`, `BF16`, `I64`, …, as safetensors names types.
    public let dtype: String
    /// Lengths of the axes.
    public let shape: [Int]
    /// Where the bytes of its storage are.
    let storage: Range<Int>
    let layout: StridedLayout
  }

  /// The tensors by their paths: keys of dictionaries and indices of lists, joined by dots, as in
  /// `model.blocks.0.norm1.weight`.
  public let entries: [String: Entry]
  /// Lengths of the axes of each tensor.
  public let shapes: [String: [Int]]
  /// None: what lies beside tensors is not kept.
  public let metadata: [String: String] = [:]
  /// Where it is.
  public let path: String
  private let data: Data

  private static let smallestAllowance = 16 << 20

  /// Whether a file begins as such an archive does: a zip archive whose first members have names that torch gives.
  package static func isOne(_ data: Data) -> Bool {
    guard data.starts(with: Array("PK\u{3}\u{4}".utf8)) else { return false }
    let start = String(decoding: data.prefix(512), as: UTF8.self)
    return ["/data.pkl", "/data/", "/version", "/byteorder", "/code/", "/constants.pkl"]
      .contains { start.contains($0) }
  }

  /// Opens a file and checks all that it says of its tensors.
  ///
  /// - Throws: `Failure` when it cannot be read, is no such file or a damaged one, asks for code, or holds a tensor that
  ///   does not lie in its bytes.
  public init(contentsOf url: URL) throws(Failure) {
    path = url.path
    data = try Data(mappedWeights: url)
    guard Self.isOne(data) else {
      let foreign = ForeignFile(data)
      throw Failure(
        "\(foreign?.kind ?? "a file of \(data.count) bytes"), not a PyTorch file", at: path,
        mend: foreign?.remedy ?? "give a file that torch.save of PyTorch 1.6 or newer wrote")
    }
    let archive = try PyTorchArchive(data, at: path)
    // The copy of the pickle is one of the four times.
    var allowance = max(Self.smallestAllowance, 3 * data.count)
    let (graph, root) = try Unpickler.read(archive.pickle, allowance: &allowance, at: path)
    let tensors = try TensorNames.tensors(of: graph, from: root, allowance: allowance, at: path)
    var entries = [String: Entry](minimumCapacity: tensors.count)
    for (name, tensor) in tensors { entries[name] = try archive.entry(name, tensor) }
    self.entries = entries
    shapes = entries.mapValues(\.shape)
  }

  /// What the file holds a tensor as.
  public func type(of name: String) -> String? { entries[name]?.dtype }

  /// The values of a tensor in row-major order, whatever its strides.
  ///
  /// - Throws: `Failure` when there is no such tensor, or it is not of a type of floating-point numbers.
  public func values(of name: String) throws(Failure) -> [Scalar] {
    guard let entry = entries[name] else { throw Failure.missingTensor(name, among: entries.keys, at: path) }
    guard ScalarBytes.widths[entry.dtype] != nil else {
      throw Failure.noScalars(name, entry.dtype, at: path)
    }
    return data.withUnsafeBytes { bytes in
      ScalarBytes.scalars(UnsafeRawBufferPointer(rebasing: bytes[entry.storage]), entry.dtype, entry.layout)
    }
  }
}
