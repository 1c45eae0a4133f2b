import Foundation
import Testing

/// Limits of memory, as `ulimit` sets them, are kept to or said; none ends in a trap or in a wait without end.
@Suite("vitrail under limits of memory")
struct MemoryTests {
  private func pretrain(_ limits: String, _ pairs: String...) throws -> Vitrail.Outcome {
    let data = try TinyRun.shared.get().train
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let arguments =
      ["pretrain", "--data", data.path, "--out", folder.appendingPathComponent("run").path] + TinyRun.options
      + TinyRun.settings(["train.steps=2"] + pairs)
    return try Vitrail.start(arguments, limits: limits).finish(timeout: 60)
  }

  @Test("addresses of a fraction of the machine's memory are enough for a small run", arguments: [2, 8, 60])
  func few(_ gigabytes: Int) throws {
    let outcome = try pretrain("-v \(gigabytes << 20)", "train.lanes=2")
    #expect(outcome.code == 0, "\(outcome.errors)")
  }

  @Test(
    "too little is an error that says what was wanted and which limit is in force",
    arguments: ["-d 200000", "-d 100000"])
  func little(_ limits: String) throws {
    expectError(try pretrain(limits, "train.lanes=2"), "out of memory", "ulimit -d", "train.lanes")
  }

  @Test("a command that needs no memory ends, though OpenBLAS's own thread waits for some")
  func ending() throws {
    let limits = "-d 100000; export OPENBLAS_NUM_THREADS=2"
    #expect(try Vitrail.start(["list", "norms"], limits: limits).finish(timeout: 30).code == 0)
  }
}
