import Foundation
import Platform

/// This executable once more, as a process of its own.
struct ChildProcess {
  /// What asks it to stop: SIGINT where it can go on later, SIGKILL where it keeps nothing.
  var stopSignal = SIGINT
  /// Receives what it prints, after what is there.
  let log: URL

  /// Runs a command to its end, or until it has stopped because `shouldStop` said so; returns the exit code.
  ///
  /// The process has the core affinity of the calling thread.
  ///
  /// - Throws: `Failure` when it cannot be started.
  func run(_ arguments: [String], shouldStop: () -> Bool) throws(Failure) -> Int32 {
    guard let executable = Bundle.main.executableURL else {
      throw Failure("cannot find this executable", at: "vitrail study", mend: "call vitrail by its full path")
    }
    if !FileManager.default.fileExists(atPath: log.path) { try AtomicFile.write(Data(), to: log) }
    guard let output = try? FileHandle(forWritingTo: log) else {
      throw systemFailure("cannot open the log", log.path)
    }
    defer { try? output.close() }
    output.seekToEndOfFile()
    let process = Process()
    let ended = DispatchSemaphore(value: 0)
    process.executableURL = executable
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
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
}
