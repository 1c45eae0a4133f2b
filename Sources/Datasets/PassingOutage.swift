import Foundation
import Platform
import Synchronization

/// Waits while a set cannot be reached: a network folder that is away for a while is no set of bad images.
final class PassingOutage: Sendable {
  private let source: any ImageSource
  private let patience: Double
  private let note: @Sendable (String) -> Void
  /// Whether the wait has been announced and not yet ended.
  private let isSaid = Mutex(false)

  /// How often an image is read again that can be opened now, or whose error may pass.
  private static let attempts = 3
  /// How many other images are asked whether they fail too.
  private static let witnesses = 8
  /// What disks, networks and full tables of files answer, and may not answer a moment later.
  private static let passing: Set<Int32> = [
    EIO, ESTALE, ENOTCONN, ETIMEDOUT, EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH, ECONNRESET,
    ECONNABORTED, ENODEV, ENXIO, EAGAIN, EMFILE, ENFILE, ENOMEM,
  ]
  /// What a folder answers that is not mounted, or moved away.
  private static let missing: Set<Int32> = [ENOENT, ENOTDIR, EACCES]

  /// - Parameters:
  ///   - patience: the most seconds of a wait.
  ///   - note: told when a wait begins and when it ends.
  init(of source: any ImageSource, patience: Double, note: @escaping @Sendable (String) -> Void) {
    (self.source, self.patience, self.note) = (source, patience, note)
  }

  /// Whether an image that could not be read deserves another try. Where the set is away, this returns when it is back.
  ///
  /// - Parameters:
  ///   - attempt: how often it was read, from 1.
  ///   - isStopping: asked during a wait, which then ends.
  /// - Throws: `Failure` when the set stays away.
  func deservesAnotherTry(
    _ index: Int, after failure: Failure, attempt: Int, isStopping: () -> Bool
  ) throws(Failure) -> Bool {
    guard failure.errorNumber != nil else { return false }
    let code = answer(of: index)
    if isAway(index, code) {
      try wait(for: index, after: failure, isStopping)
      return true
    }
    guard attempt <= Self.attempts, code == 0 || Self.passing.contains(code) else { return false }
    usleep(useconds_t(attempt * 100_000))
    return true
  }

  private func wait(for index: Int, after failure: Failure, _ isStopping: () -> Bool) throws(Failure) {
    let start = Clock.seconds
    say(
      true,
      "the images cannot be read (\(failure.problem)); waiting for up to \(Int(patience)) s: \(failure.place)"
    )
    var pause = 0.05
    while isAway(index, answer(of: index)) {
      guard !isStopping() else { throw failure }
      guard Clock.seconds - start < patience else {
        throw Failure(
          "the images cannot be read since \(Int(patience)) s (\(failure.problem))", at: failure.place,
          mend: "bring the set back; none of its images is entered as bad")
      }
      usleep(useconds_t(pause * 1e6))
      pause = min(2 * pause, 1)
    }
    say(false, "the images can be read again")
  }

  /// Tells it once for all threads that wait.
  private func say(_ begins: Bool, _ text: String) {
    let isNew = isSaid.withLock { said in
      defer { said = begins }
      return said != begins
    }
    if isNew { note(text) }
  }

  /// Whether it is not this image alone that fails so.
  private func isAway(_ index: Int, _ code: Int32) -> Bool {
    guard Self.passing.contains(code) || Self.missing.contains(code) && hasNoFolder(index) else {
      return false
    }
    let others = (1...Self.witnesses).map {
      (index + $0 * source.count / (Self.witnesses + 1)) % source.count
    }
    let witnesses = Set(others).subtracting([index])
    return Self.missing.contains(code) && witnesses.isEmpty
      || !witnesses.isEmpty
        && witnesses.allSatisfy { answer(of: $0) != 0 }
  }

  /// Whether the folder of an image is missing or holds nothing, as the place of a disk that is not mounted.
  private func hasNoFolder(_ index: Int) -> Bool {
    guard let file = source.files(of: index).first else { return false }
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
    guard let entries = opendir(folder) else { return true }
    defer { closedir(entries) }
    while let entry = readdir(entries) {
      let isDots = withUnsafeBytes(of: entry.pointee.d_name) { name in
        name[0] == UInt8(ascii: ".") && (name[1] == 0 || name[1] == UInt8(ascii: ".") && name[2] == 0)
      }
      if !isDots { return false }
    }
    return true
  }

  /// The `errno` with which the files of an image answer now; 0 when they can be read.
  private func answer(of index: Int) -> Int32 {
    for file in source.files(of: index) {
      let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      guard descriptor >= 0 else { return errno }
      defer { close(descriptor) }
      var byte: UInt8 = 0
      while read(descriptor, &byte, 1) < 0 {
        guard errno == EINTR else { return errno }
      }
    }
    return 0
  }
}
