import CSystemCalls
import Foundation

/// How many cores, how much memory and disk there is to take.
public enum MachineCapacity {
  /// Cores that the calling thread may run on, 1 at least: as many lanes and threads there are where nobody says.
  public static var coreCount: Int { max(1, CoreAffinity.allowedCores.count) }

  /// Bytes of memory that this process may use: the machine's, or the lowest limit of its control groups, of its
  /// addresses (`ulimit -v`) and of its writable memory (`ulimit -d`) where one is lower.
  public static var memoryBytes: Int {
    let limits = [ControlGroup.memoryLimit(), addressLimit, dataLimit].compactMap(\.self)
    return min(Int(clamping: ProcessInfo.processInfo.physicalMemory), limits.min() ?? .max)
  }

  /// Bytes of addresses that this process may have (`ulimit -v`); nil without a limit.
  public static var addressLimit: Int? { limit(memory_address_limit()) }

  /// Bytes of writable memory that this process may have (`ulimit -d`); nil without a limit.
  public static var dataLimit: Int? { limit(memory_data_limit()) }

  private static func limit(_ bytes: UInt64) -> Int? { bytes == .max ? nil : Int(clamping: bytes) }

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
