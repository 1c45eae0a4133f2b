import Foundation
import Platform
import Pretraining
import Testing

@Suite struct EventFileTests {
  @Test func checksumHasThePublishedValues() {
    #expect(CRC32C.checksum("123456789".utf8) == 0xE306_9283)
    // RFC 3720, appendix B.4: 32 bytes of zeros, of ones, ascending, descending.
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum(0..<32) == 0x46DD_794E)
    #expect(CRC32C.checksum((0..<32).reversed()) == 0x113F_DB5C)
    #expect(CRC32C.checksum([]) == 0)
  }

  /// The same events as `Scripts/golden/event_file.py`, byte for byte.
  @Test func wholeFileEqualsTheGolden() throws {
    let folder = try TemporaryFolder()
    let file = try EventFile(in: folder.url, wallTime: 1_700_000_000, host: "lab/one", process: 42)
    #expect(file.url.lastPathComponent == "events.out.tfevents.1700000000.lab-one.42")
    try file.append([.init(tag: "train/loss", value: 0.6931472)], step: 0, wallTime: 1_700_000_000.5)
    try file.append(
      [.init(tag: "train/loss", value: 0), .init(tag: "train/learningRate", value: 1.5e-4)],
      step: 1, wallTime: 1_700_000_001.25)
    try file.append(
      [.init(tag: "train/gradNorm", value: -2.5), .init(tag: "größe", value: .infinity)],
      step: 300, wallTime: 1_700_000_002)
    try file.append([.init(tag: "train/loss", value: .nan)], step: 1 << 40, wallTime: 1_700_000_003)
    try file.append([], step: (1 << 40) + 1, wallTime: 1_700_000_004)
    try file.flush()
    let golden = try #require(
      Bundle.module.url(forResource: "event_file", withExtension: "tfevents", subdirectory: "Golden"))
    #expect(try Data(contentsOf: file.url) == Data(contentsOf: golden))
  }

  /// Event { wall_time: 2, step: 5, session_log { status: START } } in a TFRecord.
  @Test func aSessionForgetsWhatEarlierFilesHoldFromItsStepOn() throws {
    let folder = try TemporaryFolder()
    let file = try EventFile(in: folder.url, wallTime: 1, host: "h", process: 1)
    try file.beginSession(step: 5, wallTime: 2)
    let record = try Data(contentsOf: file.url).dropFirst(40)
    #expect(Array(record.dropFirst(12).dropLast(4)) == [9, 0, 0, 0, 0, 0, 0, 0, 64, 16, 5, 58, 2, 8, 1])
  }

  @Test func aClockBefore1970IsNoReasonToStop() throws {
    let folder = try TemporaryFolder()
    let file = try EventFile(in: folder.url, wallTime: -5, host: "h", process: 1)
    #expect(file.url.lastPathComponent == "events.out.tfevents.0.h.1")
  }

  @Test func firstEventIsThereAtOnceAndOthersOnFlush() throws {
    let folder = try TemporaryFolder()
    let file = try EventFile(in: folder.url, wallTime: 1, host: "h", process: 1)
    let first = try Data(contentsOf: file.url).count
    // Frame of 16 bytes, wall time of 9, version string of 15.
    #expect(first == 40)
    try file.append([.init(tag: "a", value: 1)], step: 1, wallTime: 2)
    #expect(try Data(contentsOf: file.url).count == first)
    try file.flush()
    let second = try Data(contentsOf: file.url).count
    #expect(second > first)
    try file.flush()
    #expect(try Data(contentsOf: file.url).count == second)
  }

  @Test func closingWritesWhatIsPendingAndReopeningAppends() throws {
    let folder = try TemporaryFolder()
    func write() throws {
      let file = try EventFile(in: folder.url, wallTime: 1, host: "h", process: 1)
      try file.append([.init(tag: "a", value: 1)], step: 1, wallTime: 2)
    }
    let url = folder.url.appendingPathComponent("events.out.tfevents.1.h.1")
    try write()
    let once = try Data(contentsOf: url)
    try write()
    #expect(try Data(contentsOf: url) == once + once)
  }

  @Test func manyEventsReachTheFileUnasked() throws {
    let folder = try TemporaryFolder()
    let file = try EventFile(in: folder.url, wallTime: 1, host: "h", process: 1)
    for step in 1...5000 { try file.append([.init(tag: "loss", value: 1)], step: step, wallTime: 2) }
    #expect(try Data(contentsOf: file.url).count > 1 << 17)
  }

  @Test func missingFolderIsAFailureThatNamesThePath() throws {
    let folder = try TemporaryFolder()
    let missing = folder.url.appendingPathComponent("absent")
    let failure = #expect(throws: Failure.self) {
      _ = try EventFile(in: missing, wallTime: 1, host: "h", process: 1)
    }
    #expect(failure?.place == missing.path + "/events.out.tfevents.1.h.1")
    #expect(failure?.problem.contains("cannot create the event file") == true)
  }
}

/// A folder that goes away with its value.
private final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("vitrail-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}
