import Foundation
import Platform
import Tensors
import Testing

/// What cannot be had ends the process with a line and exit code 1, in every build.
@Suite("Out of memory")
struct OutOfMemoryTests {
  @Test func aTensorThatDoesNotFitSaysWhatItWanted() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
    ) {
      _ = Tensor(shape: [1 << 48], repeating: 0)
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    let wanted = ByteCount(MemoryLayout<Scalar>.stride << 48)
    #expect(text.contains("out of memory: a tensor wants \(wanted)") && text.contains("train.batchSize"))
  }

  #if os(Linux)
    @Test func anArrayThatDoesNotFitIsSaidToo() async throws {
      let result = await #expect(
        processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
      ) {
        OutOfMemory.reportTraps()
        let bytes = rlim_t(ProcessMemory.addressBytes ?? 0) + 32 << 20
        var limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
        setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
        let array = [UInt8](repeating: 1, count: 1 << 30)
        print(array.count)
      }
      let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(text.contains("error: out of memory · "))
    }
  #endif
}
