import Foundation
import Platform
import Testing
import VisionTransformer

/// Runs of a model so small that a step takes about a millisecond.
enum TinyRun {
  /// Options of `vitrail pretrain` for a gray 16-pixel model on one lane.
  static let options = settings([
    "model.width=16", "model.depth=1", "model.heads=2", "model.imageSize=16", "model.patchSize=4",
    "model.channels=1", "objective.decoderWidth=16", "objective.decoderDepth=1", "objective.decoderHeads=2",
    "train.batchSize=8", "train.lanes=1", "train.logSteps=2",
  ])

  static func settings(_ pairs: [String]) -> [String] { pairs.flatMap { ["--set", $0] } }

  /// Trains to the end.
  static func pretrain(_ data: URL, out: URL, _ pairs: String..., options: [String] = options) throws
    -> Vitrail.Outcome
  {
    try Vitrail.run(["pretrain", "--data", data.path, "--out", out.path] + options + settings(pairs))
  }

  /// The bits of every tensor of a safetensors file.
  static func tensors(_ url: URL) throws -> [String: [UInt32]] {
    let file = try SafetensorsFile(contentsOf: url)
    return try Dictionary(
      uniqueKeysWithValues: file.entries.keys.map { name in
        (name, try file.values(name).map { Float($0).bitPattern })
      })
  }

  /// The step that the newest checkpoint of a run was written at; nil before the first.
  static func checkpointStep(_ run: URL) -> Int? {
    let link = run.appendingPathComponent("checkpoints/last.safetensors").path
    guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: link) else { return nil }
    return Int(target.dropFirst("step-".count).prefix(while: \.isNumber))
  }

  /// The steps that `metrics.jsonl` holds, in its order.
  static func loggedSteps(_ run: URL) throws -> [Int] {
    struct Line: Decodable { let step: Int }
    let text = try String(contentsOf: run.appendingPathComponent("metrics.jsonl"), encoding: .utf8)
    return try text.split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8)).step
    }
  }

  /// The losses that `metrics.jsonl` holds, in its order.
  static func loggedLosses(_ run: URL) throws -> [Double] {
    struct Line: Decodable { let loss: Double }
    let text = try String(contentsOf: run.appendingPathComponent("metrics.jsonl"), encoding: .utf8)
    return try text.split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8)).loss
    }
  }

  /// The paths of all files in and below a folder, relative to it.
  static func files(_ folder: URL) -> [String] {
    (FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String] ?? []).sorted()
  }

  /// A finished run on two folders of labelled images, shared by tests that only read it.
  static let shared = Result { try Shared() }

  struct Shared {
    let run: URL
    let train: URL
    let test: URL

    /// A copy of the run in `folder`, for tests that write into it.
    func copy(in folder: URL) throws -> URL {
      let copy = folder.appendingPathComponent("run")
      try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
      for name in ["model.safetensors", "metrics.jsonl"] {
        try FileManager.default.copyItem(
          at: run.appendingPathComponent(name), to: copy.appendingPathComponent(name))
      }
      return copy
    }

    init() throws {
      let folder = try sharedFolder()
      run = folder.appendingPathComponent("run")
      train = folder.appendingPathComponent("train")
      test = folder.appendingPathComponent("test")
      try SampleImages.write(to: train)
      try SampleImages.write(to: test, count: 4)
      let outcome = try TinyRun.pretrain(train, out: run, "train.steps=6")
      try #require(outcome.code == 0, "\(outcome.errors)")
    }
  }
}

/// Decodes JSON text.
func parsed(_ text: String) throws -> JSONValue {
  try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
}

extension JSONValue {
  /// The elements, where this is a list.
  var list: [JSONValue] {
    if case .array(let elements) = self { return elements }
    return []
  }

  /// The entries of an object; empty for anything else.
  var entries: [String: JSONValue] {
    if case .object(let entries) = self { return entries }
    return [:]
  }

  /// The value as a number.
  var double: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }
}
