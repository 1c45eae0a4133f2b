import CSystemCalls
import Foundation

/// The end of a process that was refused memory: no allocation of a tensor can throw, and none must trap.
public enum OutOfMemory {
  /// Ends the process with `error: out of memory: … · … · …` and exit code 1.
  ///
  /// Other threads may be at work on what an orderly end would take from them, so nothing is torn down.
  ///
  /// - Parameters:
  ///   - request: what was wanted, with its bytes.
  ///   - remedy: what to lower.
  public static func end(_ request: String, mend remedy: String = usualRemedy) -> Never {
    let failure = Failure("out of memory: \(request)", at: limits, mend: remedy)
    memory_end("error: \(failure)\n")
  }

  /// Ends the process where the system would refuse the stacks of so many threads: a thread that was refused is waited
  /// for without end.
  public static func requireStacks(_ count: Int, of bytes: Int, for threads: String, mend remedy: String) {
    guard memory_can_take(Int32(clamping: count), bytes) == 0 else { return }
    end("\(count) \(threads) want a stack of \(ByteCount(bytes)) each", mend: remedy)
  }

  /// Answers traps for want of memory, of Swift's arrays and of libraries, by one line and exit code 1 too.
  ///
  /// For executables, at their start.
  public static func reportTraps() {
    let line = "\nerror: out of memory · \(limits) · \(usualRemedy)\n"
    // It is read until the process ends.
    if let text = strdup(line) { memory_report_exhaustion(text) }
  }

  /// What to lower where nothing better is known.
  public static let usualRemedy =
    "lower train.batchSize or train.lanes, set train.accumulation or train.recompute, use a smaller model or fewer images, or raise the limit"

  /// The limit that is in force, in words.
  private static var limits: String {
    let machine = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    let named: [(bytes: Int?, name: String)] = [
      (MachineCapacity.addressLimit, "limit of addresses, ulimit -v"),
      (MachineCapacity.dataLimit, "limit of data, ulimit -d"),
      (ControlGroup.memoryLimit(), "limit of the control group"), (machine, "memory of the machine"),
    ]
    let known = named.compactMap { limit in limit.bytes.map { (bytes: $0, name: limit.name) } }
    guard let lowest = known.min(by: { $0.bytes < $1.bytes }) else { return "this process" }
    return "\(lowest.name): \(ByteCount(lowest.bytes))"
  }
}
