import Foundation
import Platform
import Tensors

/// What stays of a test's files, images and encoders' results where `VITRAIL_ONNX_OUT` names a folder, for
/// `Scripts/golden/onnx_check.py`.
enum KeptFiles {
  static let folder = ProcessInfo.processInfo.environment["VITRAIL_ONNX_OUT"]

  /// For `Scripts/golden/onnx_check.py`: with `VITRAIL_ONNX_OUT` files, images and what the encoder makes of them stay.
  static func keep(
    _ name: String, _ files: [String: Data], _ model: ExportedModel, features: Tensor, tokens: Tensor
  ) throws {
    guard let folder else { return }
    let url = URL(fileURLWithPath: folder)
    for (precision, file) in files { try file.write(to: url.appending(path: "\(name).\(precision).onnx")) }
    func tree(_ shape: [Int], _ values: [Double]) -> JSONValue {
      .object(["shape": .encoding(shape), "values": .encoding(values)])
    }
    let expected: JSONValue = .object([
      "images": tree(model.images.shape, model.images.values),
      "features": tree(features.shape, features.values.map { Double($0) }),
      "tokens": tree(tokens.shape, tokens.values.map { Double($0) }),
    ])
    try Data(expected.text.utf8).write(to: url.appending(path: "\(name).json"))
  }
}
