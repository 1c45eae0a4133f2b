import Foundation

/// The three streams that every process is born with.
public enum StandardStreams {
  /// Opens those that the parent has closed, so that no file takes their numbers and receives what is said.
  ///
  /// Input is empty and errors go nowhere. Output is opened for reading, so that writing to it fails: a result that
  /// nobody can read is an error.
  public static func openMissing() {
    for (descriptor, mode) in [
      (STDIN_FILENO, O_RDONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY),
    ] where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is this one: those below are open.
      _ = open("/dev/null", mode)
    }
  }
}
