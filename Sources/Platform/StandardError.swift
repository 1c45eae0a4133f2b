import Foundation

/// The standard error of this process.
public enum StandardError {
  /// Writes text. What cannot be written is lost: a full disk or a closed terminal behind a log is no reason to end
  /// hours of work.
  public static func write(_ text: String) {
    text.rawBytes.withUnsafeBytes { bytes in
      var rest = bytes
      while let start = rest.baseAddress, !rest.isEmpty {
        let count = Foundation.write(STDERR_FILENO, start, rest.count)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      }
    }
  }
}
