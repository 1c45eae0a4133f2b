import Foundation
import Platform

/// This executable once more, as a process of its own.
struct ChildProcess {
  /// What asks it to stop: SIGINT where it can go on later, SIGKILL where it keeps nothing.
  var stopSignal = SIGINT
  /// Receives what it prints, after what is there.
  let log: URL
  /// Receives its standard output instead, where that is wanted apart.
  var output: URL?

  /// Runs a command to its end, or until it has stopped because `shouldStop` said so; returns the exit code.
  ///
  /// The process has the core affinity of the calling thread.
  ///
  /// - Throws: `Failure` when it cannot be started.
  func run(_ arguments: [String], shouldStop: () -> Bool) throws(Failure) -> Int32 {
    guard let executable = Bundle.main.executableURL else {
      throw Failure("cannot find this executable", at: "vitrail study", mend: "call vitrail by its full path")
    }
    let messages = try Self.open(log)
    let results = try output.map { (url) throws(Failure) in try Self.open(url) }
    defer { for file in [messages, results] { try? file?.close() } }
    let process = Process()
    let ended = DispatchSemaphore(value: 0)
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = results ?? messages
    process.standardError = messages
    process.terminationHandler = { _ in ended.signal() }
    do {
      try process.run()
    } catch {
      throw Failure(
        "cannot start a process: \(error.localizedDescription)", at: executable.path,
        mend: "check memory and the limit of processes")
    }
    var wasAsked = false
    while ended.wait(timeout: .now() + 0.05) == .timedOut {
      if !wasAsked && shouldStop() {
        kill(process.processIdentifier, stopSignal)
        wasAsked = true
      }
    }
    return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  /// A file to write behind what it holds.
  private static func open(_ url: URL) throws(Failure) -> FileHandle {
    if !FileManager.default.fileExists(atPath: url.path) { try AtomicFile.write(Data(), to: url) }
    guard let file = try? FileHandle(forWritingTo: url) else {
      throw systemFailure("cannot open the log", url.path)
    }
    file.seekToEndOfFile()
    return file
  }
}
