import CSystemCalls
import Foundation

/// Which cores this process may use, and the binding of a thread to some of them.
///
/// A scheduler may keep two busy threads on one core for a while, those of virtual machines above all; lanes that each
/// own a core cannot be packed, and find their weights and buffers in its cache.
package enum CoreAffinity {
  /// The numbers of the cores that the calling thread may run on.
  package static var allowedCores: [Int] {
    var cores = [Int32](repeating: 0, count: 1024)
    let count = Int(affinity_allowed_cores(&cores, Int32(cores.count)))
    guard count > 0 else { return Array(0..<ProcessInfo.processInfo.activeProcessorCount) }
    return cores.prefix(count).map(Int.init)
  }

  /// Binds the calling thread, and threads and processes that it starts, to some cores; without effect where that is
  /// refused.
  package static func bind(to cores: [Int]) { affinity_bind(cores.map(Int32.init), Int32(cores.count)) }
}
