import CSystemCalls
import Foundation

/// What this process has taken of the machine.
public enum ProcessMemory {
  /// Lets freed memory stay with the process: for programs in which buffers of images come and go by the thousand.
  public static func keepFreed() { allocator_keep_freed() }

  /// Bytes of addresses that are taken; nil where the system does not say.
  public static var addressBytes: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
      let pages = text.split(separator: " ").first.flatMap({ Int($0) })
    else { return nil }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }

  /// The most resident memory so far, in bytes.
  public static var peakBytes: Int {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    #else
      getrusage(RUSAGE_SELF, &usage)
    #endif
    #if os(Linux)
      return usage.ru_maxrss * 1024
    #else
      return usage.ru_maxrss
    #endif
  }
}
