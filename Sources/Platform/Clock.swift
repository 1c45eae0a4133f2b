import Foundation

/// Monotonic time.
public enum Clock {
  /// Seconds since an arbitrary fixed moment.
  public static var seconds: Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  /// Seconds since this process was started, to the hundredth.
  public static var secondsSinceProcessStart: Double {
    #if os(Linux)
      // Field 22 of /proc/self/stat: start time in clock ticks since boot; the name in field 2 may hold spaces.
      guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
        let fields = stat.split(separator: ")").last?.split(separator: " "), fields.count > 19,
        let ticks = Double(fields[19])
      else { return 0 }
      var now = timespec()
      clock_gettime(CLOCK_BOOTTIME, &now)
      return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9 - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    #else
      return ProcessInfo.processInfo.systemUptime
    #endif
  }
}
