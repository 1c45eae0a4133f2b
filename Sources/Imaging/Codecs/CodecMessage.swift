import Foundation
import Platform

/// Counts the time that codecs take.
final class CodecClock {
  private(set) var nanoseconds = 0

  /// Counts the time of a decoder that is no C shim.
  func time<Result>(_ body: () -> Result) -> Result {
    let start = DispatchTime.now().uptimeNanoseconds
    defer { nanoseconds += Int(DispatchTime.now().uptimeNanoseconds - start) }
    return body()
  }

  /// Calls a C shim that answers false and a text of at most `capacity` bytes when it fails; nil, or that text.
  func codecMessage(capacity: Int32, _ body: (UnsafeMutablePointer<CChar>) -> Bool) -> String? {
    let start = DispatchTime.now().uptimeNanoseconds
    defer { nanoseconds += Int(DispatchTime.now().uptimeNanoseconds - start) }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(capacity)) { buffer in
      guard let message = buffer.baseAddress else { return "out of memory" }
      return body(message) ? nil : String(cString: message)
    }
  }
}

/// The failure for a file of a known format that its codec refuses.
func damaged(_ format: String, _ text: String, place: String) -> Failure {
  Failure("damaged \(format): \(text)", at: place, mend: "replace the file by an intact copy, or remove it")
}

/// The failure for an intact file of a known format, of a kind that is not decoded.
func notDecoded(
  _ format: String, _ text: String, place: String, mend: String = UnreadFormats.conversion
) -> Failure {
  Failure("a \(format) that is not decoded: \(text)", at: place, mend: mend)
}
