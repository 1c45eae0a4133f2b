import Foundation

/// Where what can be made again is kept for a user.
public enum UserCache {
  /// `$XDG_CACHE_HOME/vitrail/NAME`, or in `~/.cache`; nil where there is no home.
  public static func folder(
    _ name: String, _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String? {
    // What is not absolute is to be passed over (XDG Base Directory Specification).
    let bases = [environment["XDG_CACHE_HOME"], environment["HOME"].map { $0 + "/.cache" }]
    return bases.compactMap { $0 }.first { $0.hasPrefix("/") }.map { "\($0)/vitrail/\(name)" }
  }
}
