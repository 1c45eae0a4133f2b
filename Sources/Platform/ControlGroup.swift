import Foundation

/// The limit of memory of the control groups that a process is in (Linux; cgroups of version 1 and 2).
package enum ControlGroup {
  /// The lowest limit in bytes of the process's own group and all above it; nil where none has one.
  ///
  /// - Parameters:
  ///   - membership: what `/proc/self/cgroup` says, a line `number:controllers:path` a hierarchy.
  ///   - root: where the groups are mounted. In a container that may be the process's own group, whose path as the
  ///     machine sees it is not there then: the walk up to the root finds it all the same.
  package static func memoryLimit(
    membership: String? = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8),
    root: String = "/sys/fs/cgroup"
  ) -> Int? {
    let lines = (membership ?? "").split(separator: "\n").map {
      $0.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    }
    var limits: [Int] = []
    for line in lines where line.count == 3 {
      if line[0] == "0" {
        limits += found(["memory.max", "memory.high"], from: line[2], root: root)
      } else if line[1].split(separator: ",").contains("memory") {
        limits += found(["memory.limit_in_bytes"], from: line[2], root: "\(root)/memory")
      }
    }
    return limits.min()
  }

  /// The limits in files of these names, in the folder of a group and in all above it. The word `max` is no limit.
  private static func found(_ names: [String], from path: Substring, root: String) -> [Int] {
    var parts = path.split(separator: "/")
    var limits: [Int] = []
    while true {
      let folder = ([root] + parts.map(String.init)).joined(separator: "/")
      for name in names {
        guard let text = try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8),
          let limit = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)), limit > 0
        else { continue }
        limits.append(limit)
      }
      guard parts.popLast() != nil else { return limits }
    }
  }
}
