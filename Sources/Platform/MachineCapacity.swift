import Foundation

/// How much memory and disk there is to take.
public enum MachineCapacity {
  /// Bytes of memory that this process may use: the machine's, or the limit of its control group where that is lower.
  public static var memoryBytes: Int {
    let machine = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
    let limit = limits.compactMap { path in
      (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { text in
        Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }
    return ([machine] + limit.filter { $0 > 0 }).min() ?? machine
  }

  /// Bytes that may still be written to the disk that holds a folder.
  ///
  /// - Throws: `Failure` naming the folder when the system does not say.
  public static func freeDiskBytes(at folder: String) throws(Failure) -> Int {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { throw systemFailure("cannot ask for free space", folder) }
    let (bytes, overflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(
      by: Int(clamping: status.f_frsize))
    return overflow ? .max : bytes
  }
}
