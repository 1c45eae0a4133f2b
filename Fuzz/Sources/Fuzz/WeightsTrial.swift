import Foundation
import VisionTransformer

/// All that a file of weights may meet: it is opened, each of its tensors read, and an encoder made of it.
struct WeightsTrial {
  static let endings = ["pth", "safetensors"]
  private static let folder = FileManager.default.temporaryDirectory

  /// What the files of other libraries do not tell.
  private static let facts: EncoderFacts = {
    var facts = EncoderFacts()
    (facts.headCount, facts.decoderHeadCount, facts.epsilon, facts.activation) = (2, 2, 1e-6, .gelu)
    (facts.mean, facts.standardDeviation) = ([0.5], [0.5])
    return facts
  }()

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
    _ = try? ModelFile(contentsOf: url, facts: Self.facts).makeModel()
    return 1
  }
}
