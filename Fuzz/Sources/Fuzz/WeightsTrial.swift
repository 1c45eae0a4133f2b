import Foundation
import VisionTransformer

/// All that a file of weights may meet: it is opened, and each of its tensors read.
struct WeightsTrial {
  static let endings = ["pth", "safetensors"]
  private static let folder = FileManager.default.temporaryDirectory

  let name: String
  let bytes: [UInt8]

  /// The number of files that were opened: 0 or 1.
  func run() throws -> Int {
    // One file a process, since it is read from a mapping.
    let url = Self.folder.appending(path: "fuzz-\(ProcessInfo.processInfo.processIdentifier)")
    try Data(bytes).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    if name.hasSuffix(".pth") {
      guard let file = try? PyTorchFile(contentsOf: url) else { return 0 }
      for name in file.entries.keys { _ = try? file.values(name) }
    } else {
      guard let file = try? SafetensorsFile(contentsOf: url) else { return 0 }
      for name in file.entries.keys { _ = try? file.values(name) }
    }
    return 1
  }
}
