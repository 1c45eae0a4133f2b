import Foundation
import Platform
import Tensors
import VisionTransformer

/// Tensors that an independent implementation computed; `Scripts/golden/` makes them.
public struct GoldenFile {
  private let file: SafetensorsFile

  /// Opens `Golden/<name>` of a test bundle.
  public init(_ name: String, in bundle: Bundle) throws {
    file = try SafetensorsFile(contentsOf: Self.url(name, in: bundle))
  }

  /// Where `Golden/<name>` of a test bundle is.
  public static func url(_ name: String, in bundle: Bundle) throws -> URL {
    guard let url = bundle.url(forResource: name, withExtension: nil, subdirectory: "Golden") else {
      throw Failure(
        "no golden file '\(name)'", at: bundle.bundlePath,
        mend: "run the script of Scripts/golden that makes it")
    }
    return url
  }

  /// The names of all tensors.
  public var names: [String] { file.entries.keys.sorted() }

  /// One tensor with its own shape.
  public func callAsFunction(_ name: String) throws -> Tensor {
    let values = try file.values(name)
    return Tensor(shape: file.entries[name]?.shape ?? [], values: values)
  }

  /// Gives every parameter the tensor of its name.
  public func load(into store: ParameterStore) throws {
    for parameter in store.parameters {
      parameter.assign(try file.values(parameter.name, shape: parameter.shape))
    }
  }
}
