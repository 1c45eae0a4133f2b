import Datasets
import Foundation
import Platform
import Pretraining
import VisionTransformer

/// What `--weights` may name: a weights file or a run folder.
struct WeightsArgument {
  /// The file that holds the encoder.
  let model: ModelFile
  /// The run folder, when one was named.
  let folder: RunFolder?

  init(_ path: String, _ encoder: EncoderArguments? = nil) throws(Failure) {
    let facts = encoder?.facts ?? EncoderFacts()
    (model, folder) = try Self.open(path) { url throws(Failure) in
      try ModelFile(contentsOf: url, facts: facts)
    }
  }

  /// Tells what of another library's file is read and what is not; nothing of Vitrail's own.
  func tellOrigin(_ say: (String) -> Void) {
    guard let origin = model.origin else { return }
    let width = model.configuration.width
    say(
      "weights: layout of \(origin.layout.title), width \(width), \(model.configuration.depth) blocks, "
        + "\(model.configuration.headCount) heads, \(model.configuration.pooling == .mean ? "mean of patches" : "class token")"
    )
    guard !origin.unread.isEmpty else { return }
    let names = Set(origin.unread.map { $0.split(separator: ".").prefix(2).joined(separator: ".") }).sorted()
    let shown = names.prefix(4).joined(separator: ", ") + (names.count > 4 ? ", …" : "")
    say("weights: \(origin.unread.count) tensors beside the encoder are not read: \(shown)")
  }

  /// Opens the file that holds the encoder: the named one, or that of the named run.
  static func open<Opened>(
    _ path: String, _ open: (URL) throws(Failure) -> Opened
  ) throws(Failure) -> (file: Opened, folder: RunFolder?) {
    let url = URL(fileURLWithPath: path)
    guard let folder = runFolder(url) else { return (try open(url), nil) }
    let file = try existing([folder.model, folder.lastCheckpoint], in: folder)
    return (try naming(folder, besides: file) { () throws(Failure) in try open(file) }, folder)
  }

  /// How files made up the images that the encoder was trained on; the default where the file does not say.
  var layout: FileLayout {
    guard let text = model.file.metadata["recipe"],
      let trained = try? JSONDecoder().decode(TrainedOn.self, from: Data(text.utf8))
    else { return FileLayout() }
    let images = trained.data
    return FileLayout(
      bands: images.bands, pages: images.pages ?? .images, anyExtension: images.anyExtension ?? false)
  }

  /// What counts here of the recipe in a file's metadata.
  private struct TrainedOn: Decodable {
    struct Images: Decodable {
      let bands: [String]
      // Files from before there were these keys have none.
      let pages: FileLayout.Pages?
      let anyExtension: Bool?
    }
    let data: Images
  }

  /// The file with decoder and optimiser: the named checkpoint, or the newest of the named run.
  static func checkpoint(_ path: String) throws(Failure) -> URL {
    let url = URL(fileURLWithPath: path)
    guard let folder = runFolder(url) else { return url }
    return try whole(existing([folder.lastCheckpoint], in: folder), in: folder)
  }

  /// The file to start training from: the named one, or the newest checkpoint of the named run, or else its encoder.
  static func startingPoint(_ path: String) throws(Failure) -> URL {
    let url = URL(fileURLWithPath: path)
    guard let folder = runFolder(url) else { return url }
    // The checkpoint itself: where `last` leads changes when that run goes on.
    if let newest = folder.newestCheckpoint { return try whole(newest.resolvingSymlinksInPath(), in: folder) }
    return try existing([folder.model], in: folder)
  }

  /// The file with encoder and head: the named one, or that of the named run.
  static func classifier(_ path: String) throws(Failure) -> URL {
    let url = URL(fileURLWithPath: path)
    guard let folder = runFolder(url) else { return url }
    guard FileManager.default.fileExists(atPath: folder.classifier.path) else {
      throw Classifier.noHead(at: url)
    }
    return try whole(folder.classifier, in: folder)
  }

  private static func runFolder(_ url: URL) -> RunFolder? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
      return nil
    }
    let folder = RunFolder(url)
    // Another library's folder is a place of weights, as a file is. A model alone in a folder is taken for a run's.
    func has(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }
    let isForeign =
      has(url.appending(path: "config.json"))
      || !has(folder.model) && !has(folder.checkpoints) && (try? WeightFiles.weights(in: url)) != nil
    return isForeign && !has(folder.recipe) ? nil : folder
  }

  /// A file of a run's folder that can be opened.
  private static func whole(_ url: URL, in folder: RunFolder) throws(Failure) -> URL {
    _ = try naming(folder, besides: url) { () throws(Failure) in try SafetensorsFile(contentsOf: url) }
    return url
  }

  /// Opens a file of a run's folder; a failure names the checkpoint to take instead, where there is one.
  private static func naming<Opened>(
    _ folder: RunFolder, besides url: URL, _ open: () throws(Failure) -> Opened
  ) throws(Failure) -> Opened {
    do throws(Failure) {
      return try open()
    } catch {
      guard let other = folder.wholeCheckpoint(besides: url) else { throw error }
      throw Failure(error.problem, at: error.place, mend: "give instead \(other.path), which is whole")
    }
  }

  private static func existing(_ candidates: [URL], in folder: RunFolder) throws(Failure) -> URL {
    for url in candidates where FileManager.default.fileExists(atPath: url.path) { return url }
    throw Failure(
      "no weights in this folder", at: folder.url.path,
      mend: "name a run folder that has reached its first checkpoint, or a .safetensors file")
  }
}
