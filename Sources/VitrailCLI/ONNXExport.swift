import ArgumentParser
import Foundation
import ONNX
import Platform
import Pretraining
import VisionTransformer

/// What `vitrail convert --to FILE.onnx` takes and does.
struct ONNXExport: ParsableArguments {
  @Option(
    help: """
      Of an .onnx file: what it gives, features, tokens or probabilities, separated by commas. Default: features, or of a \
      classifier its probabilities.
      """,
    transform: onnxOutputs)
  var outputs: [ONNXOutput]?
  @Flag(
    help: """
      Of an .onnx file: let each run decide height and width, multiples of the patch size; positions are interpolated. \
      Default: the encoder's own size.
      """)
  var dynamicSize = false

  private struct Summary: Encodable {
    struct Output: Encodable {
      let name: String
      let shape: [String]
    }
    let to, type: String
    let operatorSet, nodes, bytes: Int
    let input: Output
    let outputs: [Output]
  }

  /// Whether `to` names an ONNX file; options that do not belong to what it names are refused.
  func isAsked(to: String, converting: Bool) throws -> Bool {
    guard to.lowercased().hasSuffix(".onnx") else {
      guard outputs == nil && !dynamicSize else {
        let option = outputs == nil ? "--dynamic-size" : "--outputs"
        throw ValidationError("\(option) is of ONNX files; name one: --to encoder.onnx")
      }
      return false
    }
    guard !converting else {
      throw ValidationError(
        "--fold, --norm and --to-layout make weights files; convert to one of Vitrail's first, and then that to ONNX"
      )
    }
    return true
  }

  func run(
    from: String, _ arguments: EncoderArguments, to: String, as type: WeightType, _ output: JSONOutput
  ) throws {
    guard let precision = ONNXPrecision(rawValue: type.rawValue) else {
      throw ValidationError("ONNX files are written as F32 or F16")
    }
    try OutputCheck.file(to)
    let argument = try WeightsArgument(from, arguments)
    let target = URL(fileURLWithPath: to)
    guard
      target.resolvingSymlinksInPath() != URL(fileURLWithPath: argument.model.path).resolvingSymlinksInPath()
    else {
      throw Failure("the input would be overwritten", at: target.path, mend: "choose another file for --to")
    }
    try ONNXModel.checkSize(of: argument.model.configuration, precision, at: argument.model.path)
    let line = ProgressLine()
    argument.tellOrigin(line.say)
    line.show("reading", 0)
    let source = try Source(argument, arguments.facts)
    line.show("tracing", 0.3)
    let model = try source.model(outputs, precision, ofAnySize: dynamicSize)
    line.show("writing", 0.6)
    try model.write(to: target)
    line.show("written", 1)
    line.finish()
    let summary = Summary(
      to: to, type: precision.rawValue, operatorSet: ONNXModel.operatorSet, nodes: model.nodeCount,
      bytes: model.byteCount, input: .init(name: model.input.name, shape: model.input.shape),
      outputs: model.outputs.map { .init(name: $0.name, shape: $0.shape) })
    let lines =
      (["\(model.input)"] + model.outputs.map { "→ \($0)" }) + [
        "written: \(to), \(ByteCount(model.byteCount)), opset \(ONNXModel.operatorSet)"
      ]
    try output.tell(lines.joined(separator: "\n"), summary)
  }

  /// What is exported: an encoder, or a classifier.
  private enum Source {
    case encoder(ModelFile, VisionTransformer)
    case classifier(ModelFile, Classifier)

    init(_ argument: WeightsArgument, _ facts: EncoderFacts) throws(Failure) {
      if let folder = argument.folder, FileManager.default.fileExists(atPath: folder.classifier.path) {
        self = .classifier(
          try ModelFile(contentsOf: folder.classifier), try Classifier(contentsOf: folder.classifier))
      } else if Classifier.isHeld(by: argument.model) {
        let url = URL(fileURLWithPath: argument.model.path)
        self = .classifier(argument.model, try Classifier(contentsOf: url, facts: facts))
      } else {
        self = .encoder(argument.model, try argument.model.makeModel())
      }
    }

    func model(
      _ outputs: [ONNXOutput]?, _ precision: ONNXPrecision, ofAnySize: Bool
    ) throws(Failure) -> ONNXModel {
      switch self {
      case .encoder(let file, let encoder):
        let outputs = outputs ?? [.features]
        guard !outputs.contains(.probabilities) else {
          throw Classifier.noHead(at: URL(fileURLWithPath: file.path))
        }
        return try ONNXModel(
          encoder, preprocessing: file.preprocessing, outputs: outputs,
          transfer: ofAnySize ? file.positionTransfer : nil, precision: precision,
          provenance: file.provenance + [.ofThisCommand], place: file.path)
      case .classifier(let file, let classifier):
        return try ONNXModel(
          classifier.encoder, head: ONNXHead(classNames: classifier.classNames, logits: classifier.logits),
          preprocessing: classifier.preprocessing, outputs: outputs ?? [.probabilities],
          transfer: ofAnySize ? file.positionTransfer : nil, precision: precision,
          provenance: file.provenance + [.ofThisCommand], place: file.path)
      }
    }
  }
}

/// Reads the names of outputs, separated by commas.
private func onnxOutputs(_ text: String) throws -> [ONNXOutput] {
  let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  let outputs = words.compactMap(ONNXOutput.init(rawValue:))
  guard outputs.count == words.count, Set(outputs).count == outputs.count else {
    throw ValidationError(
      "wanted some of \(ONNXOutput.allCases.map(\.rawValue).joined(separator: ", ")), each once")
  }
  return outputs
}
