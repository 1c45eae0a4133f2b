import Foundation
import Platform
import Records
import VisionTransformer

extension RunFolder {
  /// Sets checkpoints aside that came after the newest whole one, and lets `last` lead to that; returns what is wrong
  /// with each that was set aside. One of a newer format is whole for all that this version can tell.
  ///
  /// - Throws: `Failure` when there are checkpoints and none of them is whole, or when one cannot be read at all; then
  ///   they stay as they are.
  func setDamagedCheckpointsAside() throws(Failure) -> [Failure] {
    guard let newest = newestCheckpoint?.resolvingSymlinksInPath() else { return [] }
    var damaged: [(url: URL, failure: Failure)] = []
    for url in [newest] + checkpointsBesides(newest) {
      // Others' permissions and a disk that is away are not damage.
      guard FileManager.default.isReadableFile(atPath: url.path), let failure = Self.damage(of: url) else {
        guard !damaged.isEmpty else { return [] }
        for (url, _) in damaged {
          guard rename(url.path, url.path + CheckpointName.damagedSuffix) == 0 else {
            throw systemFailure("cannot set a damaged checkpoint aside", url.path)
          }
        }
        try AtomicFile.link(lastCheckpoint, to: url.lastPathComponent)
        return damaged.map(\.failure)
      }
      damaged.append((url, failure))
    }
    let names = damaged.map(\.url.lastPathComponent).joined(separator: ", ")
    throw Failure(
      "no checkpoint is whole (\(names)): \(damaged[0].failure.problem)", at: checkpoints.path,
      mend: "restore one from a backup, or start a new run; --from-weights goes on from a whole model file")
  }

  /// A whole checkpoint to take instead of a damaged file of the folder; the newest there is.
  ///
  /// None is to be taken instead of a file that is only of a newer format.
  public func wholeCheckpoint(besides damaged: URL) -> URL? {
    guard !Self.isOfNewerFormat(damaged) else { return nil }
    let damaged = damaged.resolvingSymlinksInPath()
    let newest = newestCheckpoint?.resolvingSymlinksInPath()
    return ([newest].compactMap(\.self) + checkpointsBesides(newest)).first {
      $0 != damaged && Self.damage(of: $0) == nil && !Self.isOfNewerFormat($0)
    }
  }

  /// The numbered checkpoints but one, the newest first.
  private func checkpointsBesides(_ newest: URL?) -> [URL] {
    checkpointNames.reversed().filter { $0 != newest?.lastPathComponent }
      .map { checkpoints.resolvingSymlinksInPath().appendingPathComponent($0) }
  }

  private static func isOfNewerFormat(_ url: URL) -> Bool {
    guard let file = try? SafetensorsFile(contentsOf: url) else { return false }
    return WeightFormat.isNewer(file.metadata)
  }

  private static func damage(of url: URL) -> Failure? {
    do throws(Failure) {
      _ = try SafetensorsFile(contentsOf: url)
      return nil
    } catch {
      return error
    }
  }
}
