import Foundation
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Classifiers of other libraries with their heads, against timm and transformers in double precision.
struct OtherClassifierTests {
  private static let folder =
    Bundle.module.resourceURL?.appending(path: "Golden/layouts") ?? URL(filePath: "/")

  private func open(_ library: String) throws -> Classifier {
    var facts = EncoderFacts()
    // `save_pretrained` of a model writes no preprocessor_config.json.
    if library == "hf" { (facts.mean, facts.standardDeviation) = ([0.5], [0.5]) }
    return try Classifier(contentsOf: Self.folder.appending(path: "\(library)-classifier"), facts: facts)
  }

  @Test(arguments: ["hf", "timm"]) func logits(_ library: String) throws {
    let golden = try SafetensorsFile(contentsOf: Self.folder.appending(path: "classifiers.safetensors"))
    let patches = Tensor(shape: [4, 9, 48], values: try golden.values("patches", shape: [4, 9, 48]))
    let classifier = try open(library)
    let found = classifier.logits(patches, Tape(.evaluating))
    let wanted = try golden.values(library, shape: [4, 3])
    #expect(relativeError(found.values, to: wanted) <= bound(single: 2e-6, double: 1e-6))
    #expect(classifier.classNames == ["boot", "coat", "shirt"])
  }

  /// A head of which nobody has named the classes.
  @Test func classesWithoutNamesAreNumbered() throws {
    let folder = try TemporaryFolder()
    let source = Self.folder.appending(path: "timm-classifier")
    try FileManager.default.copyItem(at: source, to: folder("copy"))
    let config = folder("copy").appending(path: "config.json")
    let text = try String(contentsOf: config, encoding: .utf8).replacing("\"shirt\"", with: "\"coat\"")
    try Data(text.utf8).write(to: config)
    #expect(try Classifier(contentsOf: folder("copy")).classNames == ["class 0", "class 1", "class 2"])
  }
}
