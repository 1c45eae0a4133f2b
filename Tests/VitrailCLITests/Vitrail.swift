import Foundation
import Synchronization
import Testing

/// The built `vitrail` executable, which lies beside the test bundle.
enum Vitrail {
  /// How a process ended and what it wrote.
  struct Outcome {
    /// The exit code; −n when signal n ended the process.
    let code: Int32
    /// Standard output.
    let output: String
    /// Standard error.
    let errors: String

    /// The last line of standard error.
    var lastError: String { errors.split(separator: "\n").last.map(String.init) ?? "" }
  }

  static let executable = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("vitrail")

  /// Runs to the end.
  static func run(_ arguments: String..., timeout: Double = 100) throws -> Outcome {
    try start(arguments).finish(timeout: timeout)
  }

  /// Runs to the end.
  static func run(_ arguments: [String], timeout: Double = 100) throws -> Outcome {
    try start(arguments).finish(timeout: timeout)
  }

  /// Runs a line of shell to the end.
  static func run(shell line: String, timeout: Double = 100) throws -> Outcome {
    try Running(URL(fileURLWithPath: "/bin/bash"), ["-c", line]).finish(timeout: timeout)
  }

  /// Starts and returns at once; no file may grow beyond `fileLimit` KiB, as on a full disk. `errors` is standard error,
  /// where it is no file.
  static func start(
    _ arguments: [String], fileLimit: Int? = nil, errors: FileHandle? = nil
  ) throws -> Running {
    guard let fileLimit else { return try Running(executable, arguments, errors: errors) }
    return try start(arguments, limits: "-f \(fileLimit)")
  }

  /// Starts and returns at once, under limits as `ulimit` takes them.
  static func start(_ arguments: [String], limits: String?) throws -> Running {
    guard let limits else { return try Running(executable, arguments) }
    return try Running(
      URL(fileURLWithPath: "/bin/bash"),
      ["-c", "trap '' XFSZ; ulimit \(limits); exec \"$0\" \"$@\"", executable.path] + arguments)
  }

  /// Runs to the end with streams as a shell redirects them: `2>/dev/full`, `>&-`.
  static func run(_ arguments: [String], redirecting streams: String) throws -> Outcome {
    try Running(
      URL(fileURLWithPath: "/bin/bash"),
      ["-c", "exec \"$0\" \"$@\" \(streams)", executable.path] + arguments
    ).finish()
  }

  fileprivate static let caches = FileManager.default.temporaryDirectory
    .appendingPathComponent("vitrail-tests-cache-\(getpid())")

  /// A process at work.
  final class Running {
    private let process = Process()
    private let ended = DispatchSemaphore(value: 0)
    private let folder: URL

    fileprivate init(_ executable: URL, _ arguments: [String], errors: FileHandle? = nil) throws {
      folder = try temporaryFolder()
      process.executableURL = executable
      process.arguments = arguments
      process.environment = ProcessInfo.processInfo.environment.merging([
        "SWIFT_BACKTRACE": "enable=no", "OPENBLAS_NUM_THREADS": "1",
        // What a command keeps for the next is kept for the tests alone.
        "XDG_CACHE_HOME": Vitrail.caches.path,
      ]) { $1 }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = try Self.file(folder.appendingPathComponent("out"))
      let file = try Self.file(folder.appendingPathComponent("err"))
      process.standardError = errors ?? file
      process.terminationHandler = { [ended] _ in ended.signal() }
      try process.run()
    }

    var isRunning: Bool { process.isRunning }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for the end; a process that takes longer than `timeout` seconds is killed and fails the test.
    func finish(timeout: Double = 100) throws -> Outcome {
      if ended.wait(timeout: .now() + timeout) == .timedOut {
        send(SIGKILL)
        ended.wait()
        Issue.record("vitrail \(process.arguments ?? []) took more than \(timeout) s")
      }
      defer { try? FileManager.default.removeItem(at: folder) }
      let isSignal = process.terminationReason == .uncaughtSignal
      return Outcome(
        code: isSignal ? -process.terminationStatus : process.terminationStatus,
        output: try String(contentsOf: folder.appendingPathComponent("out"), encoding: .utf8),
        errors: try String(contentsOf: folder.appendingPathComponent("err"), encoding: .utf8))
    }

    private static func file(_ url: URL) throws -> FileHandle {
      try Data().write(to: url)
      return try FileHandle(forWritingTo: url)
    }
  }
}

/// A new folder for temporary files.
func temporaryFolder() throws -> URL {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("vitrail-cli-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  return url
}

/// A new folder for files that several tests read; it is removed when the process ends.
func sharedFolder() throws -> URL {
  let url = try temporaryFolder()
  sharedFolders.withLock { folders in
    if folders.isEmpty {
      atexit {
        sharedFolders.withLock { for folder in $0 { try? FileManager.default.removeItem(at: folder) } }
      }
    }
    folders.append(url)
  }
  return url
}

private let sharedFolders = Mutex<[URL]>([])

/// Calls `body` with a new folder and removes it afterwards.
func withTemporaryFolder(_ body: (URL) throws -> Void) throws {
  let folder = try temporaryFolder()
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder)
}

/// Expects one line `error: what · where · how to mend` that holds all of `words`, and no crash.
func expectError(
  _ outcome: Vitrail.Outcome, code: Int32 = 1, _ words: String...,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(outcome.code == code, "\(outcome.errors)", sourceLocation: sourceLocation)
  let line = outcome.lastError
  #expect(line.hasPrefix("error: "), "\(outcome.errors)", sourceLocation: sourceLocation)
  let parts = line.components(separatedBy: " · ")
  #expect(
    parts.count >= 3 && parts.allSatisfy { !$0.isEmpty }, "\(outcome.errors)", sourceLocation: sourceLocation)
  for word in words {
    #expect(line.contains(word), "wanted '\(word)' in: \(line)", sourceLocation: sourceLocation)
  }
}
