import Foundation
import Platform
import Tensors

/// The tensors of several safetensors files that an index lists: `model.safetensors.index.json` with a `weight_map`.
public struct ShardedSafetensors: TensorFile {
  /// Where the index is.
  public let path: String
  /// Lengths of the axes of each tensor.
  public let shapes: [String: [Int]]
  /// None.
  public let metadata: [String: String] = [:]
  private let shards: [String: SafetensorsFile]
  private let shardOf: [String: String]

  /// Bytes of an index, and files that it may list.
  private static let (largestIndex, mostShards) = (1 << 24, 1000)

  /// Opens all files of an index.
  ///
  /// - Throws: `Failure` when the index is none, a file is missing or damaged, or lacks a tensor that the index lists.
  public init(index url: URL) throws(Failure) {
    path = url.path
    guard let size = try? FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int,
      size <= Self.largestIndex, let data = try? Data(contentsOf: url),
      let tree = try? JSONDecoder().decode(JSONValue.self, from: data),
      case .object(let map)? = tree["weight_map"]
    else {
      throw Failure(
        "no index of safetensors files: JSON with a 'weight_map' of at most 16 MB", at: url.path,
        mend: "give the index that was written with the weights, or one .safetensors file")
    }
    let shardOf = map.compactMapValues(\.string)
    let names = Set(shardOf.values)
    guard shardOf.count == map.count, names.count <= Self.mostShards,
      names.allSatisfy({ !$0.contains("/") && $0.hasSuffix(".safetensors") })
    else {
      throw Failure(
        "an index whose 'weight_map' names no safetensors files of its folder", at: url.path,
        mend: "give the index that was written with the weights")
    }
    var shards: [String: SafetensorsFile] = [:]
    for name in names.sorted() {
      shards[name] = try SafetensorsFile(contentsOf: url.deletingLastPathComponent().appending(path: name))
    }
    var shapes: [String: [Int]] = [:]
    for (tensor, name) in shardOf {
      guard let shape = shards[name]?.shapes[tensor] else {
        throw Failure(
          "the tensor '\(tensor)' is not in '\(name)'", at: url.path,
          mend: "fetch all files of these weights again")
      }
      shapes[tensor] = shape
    }
    self.shards = shards
    self.shardOf = shardOf
    self.shapes = shapes
  }

  /// What the file holds a tensor as.
  public func type(of name: String) -> String? {
    shardOf[name].flatMap { shards[$0]?.type(of: name) }
  }

  /// The values of a tensor, the last axis fastest.
  ///
  /// - Throws: `Failure` when there is no such tensor.
  public func values(of name: String) throws(Failure) -> [Scalar] {
    guard let shard = shardOf[name].flatMap({ shards[$0] }) else {
      throw Failure.missingTensor(name, among: shapes.keys, at: path)
    }
    return try shard.values(of: name)
  }
}
