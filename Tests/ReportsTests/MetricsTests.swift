import Foundation
import Platform
import Records
import Reports
import TestSupport
import Testing

@Suite struct MetricsTests {
  private func summary(_ text: String) throws -> MetricsSummary {
    let folder = try TemporaryFolder()
    return try MetricsSummary(contentsOf: folder.write("metrics.jsonl", text))
  }

  @Test func summaryOfAShortRun() throws {
    let text = (1...4).map { step in
      "{\"step\":\(step),\"epoch\":\(Double(step) / 2),\"loss\":\(8 / step),\"imagesPerSecond\":\(step * 10),"
        + "\"dataWait\":\(step == 4 ? 0.6 : 0.1),\"seconds\":\(step * step)}"
    }
    let summary = try summary(text.joined(separator: "\n") + "\n")
    #expect(summary.last.step == 4 && summary.last[.epoch] == 2 && summary.last[.loss] == 2)
    #expect(summary.lineCount == 4 && summary.replacedCount == 0 && summary.unreadableCount == 0)
    #expect(summary.medianImagesPerSecond == 25)
    // Nine of sixteen seconds at 0.1, seven at 0.6.
    #expect(abs(summary.dataWait - 0.31875) <= 1e-12)
    #expect(summary[.loss]?.outline.map { $0?.y } == [8, 4, 2, 2])
    #expect(summary[.gradNorm] != nil && summary[.gradNorm]?.yRange == nil)
  }

  @Test func aBrokenLastLineIsSkippedAndCounted() throws {
    let summary = try summary("{\"step\":1,\"loss\":3}\n\n{\"step\":2,\"loss\":2}\n{\"step\":3,\"lo")
    #expect(summary.last.step == 2 && summary.lineCount == 2 && summary.unreadableCount == 1)
  }

  @Test func aLastLineWithoutNewlineCounts() throws {
    #expect(try summary("{\"step\":1,\"loss\":3}\n{\"step\":2,\"loss\":2}").last.step == 2)
  }

  @Test func whatAResumedRunLogsAgainReplacesWhatItLoggedBefore() throws {
    let steps = [10, 20, 30, 40, 20, 30, 40, 50, 25, 35, 60]
    let text = steps.enumerated().map { "{\"step\":\($1),\"loss\":\($0)}\n" }.joined()
    let summary = try summary(text)
    #expect(summary[.loss]?.outline.map { $0?.x } == [10, 20, 25, 35, 60])
    #expect(summary[.loss]?.outline.map { $0?.y } == [0, 4, 8, 9, 10])
    #expect(summary.replacedCount == 6 && summary.lineCount == 5)
  }

  @Test func aLineLoggedTwiceCountsOnce() throws {
    let summary = try summary("{\"step\":1,\"loss\":1}\n{\"step\":1,\"loss\":2}\n{\"step\":1,\"loss\":3}\n")
    #expect(summary.lineCount == 1 && summary.replacedCount == 2 && summary.last[.loss] == 3)
  }

  /// The rule said another way: a line counts if every later line has a higher step.
  @Test func replacedLinesAreThoseTheRuleSays() throws {
    var state: UInt64 = 1
    for _ in 0..<50 {
      let steps = (0..<30).map { index -> Int in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return index + Int(state >> 60) - 8 + 10
      }
      let expected = steps.indices.filter { index in steps[(index + 1)...].allSatisfy { $0 > steps[index] } }
      let text = steps.enumerated().map { "{\"step\":\($1),\"loss\":\($0)}\n" }.joined()
      #expect(try summary(text)[.loss]?.outline.map { $0?.y } == expected.map { Double($0) })
    }
  }

  @Test func missingEmptyAndUnreadableFilesAreFailures() throws {
    let folder = try TemporaryFolder()
    let absent = folder.url.appendingPathComponent("metrics.jsonl")
    let failure = #expect(throws: Failure.self) { try MetricsSummary(contentsOf: absent) }
    #expect(failure?.problem == "there is no metrics.jsonl" && failure?.place == absent.path)
    for text in ["", "\n", "{\"step\":1,"] {
      let failure = #expect(throws: Failure.self) { try summary(text) }
      #expect(failure?.problem == "metrics.jsonl has no readable line")
    }
  }
}
