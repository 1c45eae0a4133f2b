import Foundation
import Platform
import Records

/// The pieces of a run folder that a report shows; each may be absent.
struct RunContents: Sendable {
  /// The folder.
  let url: URL
  /// The metrics.
  let metrics: MetricsSummary
  /// How blocks fared; empty without `health.jsonl`.
  let health: HealthSummary
  /// Scores of the encoder while it trained.
  let monitor: MonitorSummary
  /// The lines of `warnings.txt`.
  let warnings: [String]
  /// The recipe's text.
  let recipe: String?
  /// What the run trained on; nil without `data.json`.
  let data: DataRecord?
  /// How many files were skipped; nil without `bad-images.txt`.
  let badImageCount: Int?
  /// The first few lines of `bad-images.txt`.
  let badImageExamples: [String]
  /// The newest pictures of reconstructions, newest first.
  let reconstructions: [EmbeddedPicture]
  /// The scores.
  let scores: EvaluationScores?
  /// The scores of a fine-tuned classifier.
  let classification: EvaluationScores?
  /// The pictures that belong to scores, by their places in the folder.
  let pictures: [String: EmbeddedPicture]
  /// The sessions that trained, in their order.
  let sessions: [Provenance]
  /// What was there and could not be shown, a sentence each.
  let remarks: [String]

  /// Larger files of text or JSON are not read.
  private static let largestText = 1 << 20
  /// Larger pictures are not embedded.
  private static let largestPicture = 8 << 20
  private static let pictureCount = 3
  private static let exampleCount = 10

  /// Reads a folder.
  ///
  /// - Throws: `Failure` when `metrics.jsonl` is absent, unreadable or without a readable line.
  init(_ url: URL) throws(Failure) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
      throw Failure(
        "there is no such run folder", at: url.path,
        mend: "name a folder that `vitrail pretrain` wrote, such as runs/…")
    }
    self.url = url
    metrics = try MetricsSummary(contentsOf: RunFile.metrics.url(in: url))
    var remarks: [String] = []
    health = try HealthSummary(contentsOf: RunFile.health.url(in: url))
    if health.unreadableCount > 0 {
      remarks.append("Some lines of health.jsonl could not be read and were left out.")
    }
    if health.startedFromOtherWeights {
      remarks.append("Layer rotation counts from the weights that the run started from, not from its seed's.")
    }
    monitor = MonitorSummary(contentsOf: RunFile.monitor.url(in: url))
    warnings =
      Self.bytes(of: url, RunFile.warnings.name, limit: Self.largestText, &remarks).map { data in
        String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
      } ?? []
    recipe = Self.bytes(of: url, RunFile.recipe.name, limit: Self.largestText, &remarks)
      .map { String(decoding: $0, as: UTF8.self) }
    data = RecordFile.read(DataRecord.self, from: RunFile.data.url(in: url))
    let json = Self.bytes(of: url, RunFile.evaluation.name, limit: Self.largestText, &remarks)
    scores = json.flatMap(EvaluationScores.init(json:))
    if json != nil && scores == nil {
      remarks.append("evaluation.json could not be understood; run vitrail evaluate again.")
    }
    classification = Self.bytes(of: url, RunFile.classification.name, limit: Self.largestText, &remarks)
      .flatMap(EvaluationScores.init(json:))
    (badImageCount, badImageExamples) = Self.badImages(RunFile.badImages.url(in: url), &remarks)
    sessions =
      Self.bytes(of: url, RunFile.provenance.name, limit: Self.largestText, &remarks)
      .map(Provenance.sessions) ?? []
    pictures = Self.pictures(of: [scores, classification].compactMap(\.self), in: url, &remarks)
    reconstructions = Self.reconstructions(in: RunFile.reconstructions.url(in: url), &remarks)
    self.remarks = remarks
  }

  /// A regular file's size in bytes; nil if there is none.
  static func size(of url: URL) -> Int? {
    let path = url.resolvingSymlinksInPath().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      attributes[.type] as? FileAttributeType == .typeRegular
    else { return nil }
    return (attributes[.size] as? NSNumber)?.intValue
  }

  private static func bytes(of folder: URL, _ name: String, limit: Int, _ remarks: inout [String]) -> Data? {
    let url = folder.appendingPathComponent(name)
    guard let size = size(of: url) else { return nil }
    guard size <= limit else {
      remarks.append(
        "\(name) is left out: \(NumberText.grouped(size)) bytes, shown up to \(NumberText.grouped(limit)).")
      return nil
    }
    guard let data = try? Data(contentsOf: url) else {
      remarks.append("\(name) could not be read.")
      return nil
    }
    return data
  }

  private static func badImages(_ url: URL, _ remarks: inout [String]) -> (count: Int?, examples: [String]) {
    guard size(of: url) != nil else { return (nil, []) }
    var count = 0
    var examples: [String] = []
    do throws(Failure) {
      try LineReader.forEachLine(of: url) { line in
        guard line.contains(where: { $0 > 32 }) else { return }
        count += 1
        if examples.count < exampleCount {
          examples.append(String(decoding: line.prefix(400), as: UTF8.self))
        }
      }
    } catch {
      remarks.append("bad-images.txt could not be read.")
      return (nil, [])
    }
    return (count, examples)
  }

  /// Pictures that scores name, in their folders alone; those that are gone are left out.
  private static func pictures(
    of scores: [EvaluationScores], in folder: URL, _ remarks: inout [String]
  ) -> [String: EmbeddedPicture] {
    let folders = [RunFile.evaluationFiles.name, RunFile.classificationFiles.name]
    var found: [String: EmbeddedPicture] = [:]
    for picture in scores.flatMap(\.pictures) {
      let parts = picture.file.split(separator: "/")
      guard parts.count == 2, folders.contains(String(parts[0])), parts[1] != "..",
        let data = bytes(of: folder, picture.file, limit: largestPicture, &remarks)
      else { continue }
      found[picture.file] = EmbeddedPicture(name: picture.file, caption: picture.caption, data: data)
    }
    return found
  }

  /// The newest by date, then by name, so that pictures of one second come in order of their step.
  private static func reconstructions(in folder: URL, _ remarks: inout [String]) -> [EmbeddedPicture] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let dated = names.filter { $0.lowercased().hasSuffix(".png") && !$0.hasPrefix(".") }.map { name in
      let path = folder.appendingPathComponent(name).path
      let date = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
      return (name: name, date: date ?? .distantPast)
    }
    let newest = dated.sorted { ($0.date, $0.name) > ($1.date, $1.name) }.prefix(pictureCount)
    return newest.compactMap { name, _ in
      guard let png = bytes(of: folder, name, limit: largestPicture, &remarks) else { return nil }
      guard let picture = EmbeddedPicture(name: name, caption: caption(ofReconstructions: name), data: png)
      else {
        remarks.append("reconstructions/\(name) is left out: it is no PNG file.")
        return nil
      }
      return picture
    }
  }

  /// What a picture of reconstructions shows, by its name: `step-00000100.png`.
  private static func caption(ofReconstructions name: String) -> String {
    guard name.hasSuffix(".png"), let step = StepName.step(of: name.dropLast(4)) else { return name }
    return
      "After step \(NumberText.grouped(step)): a row an image; as it is, what the encoder saw of it, and what "
      + "the decoder made of that"
  }
}
