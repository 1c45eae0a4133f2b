import CSystemCalls
import Foundation

/// The standard output of this process.
public enum StandardOutput {
  /// Hands what was printed to the operating system.
  ///
  /// - Throws: `Failure` when some of it, now or before, could not be written.
  public static func flush() throws(Failure) {
    guard let code = errorOfFlush() else { return }
    let reason = code == 0 ? "" : ": \(String(cString: strerror(code)))"
    throw Failure(
      "the results could not be printed\(reason)", at: "standard output",
      mend: "free some disk space, or send the output to a file or program that takes it")
  }

  /// The `errno` of a failed flush, 0 where only an earlier write failed; nil when all was written.
  private static func errorOfFlush() -> Int32? {
    let code = standard_output_flush()
    return code < 0 ? 0 : code == 0 ? nil : code
  }
}
