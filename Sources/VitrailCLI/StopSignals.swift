import CSystemCalls
import Foundation

/// Signals as a wish to stop: SIGINT, SIGTERM, SIGHUP, SIGUSR1, and those of limits and power.
enum StopSignals {
  /// Starts listening; `notice` answers the first signal.
  ///
  /// One more after two seconds ends the process at once, with `ExitStatus.endedAtOnce`.
  static func listen(notice: String = "stopping after this step; once more to stop without a checkpoint") {
    // A line that rewrites itself is taken away first.
    let start = isatty(2) == 1 ? LiveLine.erasure : ""
    stop_signals_listen("\(start)\(notice)\n", ExitStatus.endedAtOnce.rawValue)
  }

  /// Whether one has come.
  static var wantsStop: Bool { stop_signals_wanted() != 0 }
}
