import Foundation
import Platform

/// Files of weights by their kinds.
public enum WeightFiles {
  /// Opens a file of named tensors, whatever its kind is by its first bytes.
  ///
  /// - Throws: `Failure` when it is of no kind that is read, or not whole.
  public static func open(_ url: URL) throws(Failure) -> any TensorFile {
    if url.lastPathComponent.hasSuffix(".safetensors.index.json") {
      return try ShardedSafetensors(index: url)
    }
    return PyTorchFile.isOne(try Data(mappedWeights: url))
      ? try PyTorchFile(contentsOf: url) : try SafetensorsFile(contentsOf: url)
  }

  /// Names of the file with the weights in a folder that another library wrote, the preferred ones first.
  private static let names = ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"]

  /// The file with the weights: `url` itself, or that of the folder.
  ///
  /// - Throws: `Failure` when the folder has none.
  public static func weights(in url: URL) throws(Failure) -> URL {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
      return url
    }
    for name in names {
      let file = url.appending(path: name)
      if FileManager.default.fileExists(atPath: file.path) { return file }
    }
    throw Failure(
      "no weights in this folder", at: url.path,
      mend: "give a file, or a folder with one of \(names.joined(separator: ", "))")
  }
}
