import COpenBLAS
import CSystemCalls
import Foundation
import Platform
import Synchronization

/// The buffers that OpenBLAS packs operands into, one for each thread that is inside of a product.
///
/// OpenBLAS asks for a buffer when a product first needs it, and asks for ever where the system refuses. So all that
/// lanes will need are asked for before any of them works, where a refusal can still be said.
enum BLASBuffers {
  // The largest of all its builds for x86-64 and arm64 (its BUFFER_SIZE) and some pages; addresses, of which few become
  // memory.
  private static let bytes = 129 << 20
  private static let reserved = Mutex(0)

  /// Sees to it that `count` threads can be inside of products at once; ends the process where the system refuses.
  static func reserve(_ count: Int) {
    reserved.withLock { reserved in
      guard count > reserved else { return }
      guard memory_can_take(Int32(clamping: count - reserved), bytes) != 0 else {
        OutOfMemory.end(
          "matrix products want \(ByteCount(bytes)) of addresses a lane (lanes: \(count))",
          mend: "lower train.lanes, or raise the limit")
      }
      take(count)
      reserved = count
    }
  }

  /// Takes that many of OpenBLAS and gives them back, which keeps them for the next who asks. A build that hides these
  /// calls asks for each later.
  private static func take(_ count: Int) {
    typealias Allocate = @convention(c) (Int32) -> UnsafeMutableRawPointer?
    typealias Free = @convention(c) (UnsafeMutableRawPointer?) -> Void
    let program = dlopen(nil, RTLD_LAZY)
    defer { if let program { dlclose(program) } }
    guard let allocate = dlsym(program, "blas_memory_alloc"), let free = dlsym(program, "blas_memory_free")
    else { return }
    let (take, give) = (unsafeBitCast(allocate, to: Allocate.self), unsafeBitCast(free, to: Free.self))
    for buffer in (0..<count).map({ _ in take(0) }) { give(buffer) }
  }
}
