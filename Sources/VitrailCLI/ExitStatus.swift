import ArgumentParser

/// How a command ends, for shells and batch systems.
enum ExitStatus: Int32 {
  /// All that was asked for is done.
  case finished = 0
  /// It failed; standard error says why.
  case failed = 1
  /// The command line is wrong; nothing was done.
  case usage = 64
  /// It was asked to stop and can go on: the same as EX_TEMPFAIL, try again.
  case interrupted = 75
  /// A second signal ended it at once.
  case endedAtOnce = 130

  /// What ends a command so without a message.
  var error: any Error { ExitCode(rawValue) }

  /// What all of them mean, for `--help`.
  static let summary =
    "Exit codes: 0 done, 1 failed, 64 wrong command line, 75 stopped by a signal and can go on, 130 ended at once by a second signal."
}
