import Foundation
import Platform
import Reports
import TestSupport
import Testing

@Suite struct HealthReportTests {
  private func line(_ step: Int, gradients: [String], origin: String = "seed") -> String {
    "{\"step\":\(step),\"rotationFrom\":\"\(origin)\",\"stacks\":{\"encoder\":{\"gradientNorm\":["
      + gradients.joined(separator: ",") + "],\"rotation\":[0,0,0]},\"decoder\":{\"variance\":[1,2]}}}\n"
  }

  private func report(_ health: String) throws -> String {
    let folder = try TemporaryFolder()
    try folder.write("metrics.jsonl", "{\"step\":1,\"loss\":0.5}\n")
    try folder.write("health.jsonl", health)
    return try String(contentsOf: RunReport.write(runFolder: folder.url), encoding: .utf8)
  }

  private func plot(_ html: String, _ title: String) throws -> Substring {
    try #require(html.split(separator: "<svg").first { $0.contains("aria-label=\"\(title)\"") })
  }

  @Test func everyQuantityThatWasLoggedIsDrawn() throws {
    let html = try report(line(1, gradients: ["1", "2", "3"]) + line(10, gradients: ["4", "null", "6"]))
    #expect(html.matches(of: /<svg\s/).count == 4)
    let gradients = try plot(html, "Encoder: gradient norm")
    #expect(gradients.matches(of: /class="vp-step"[^>]*>(\d+)</).map { String($0.1) } == ["1", "10"])
    let paths = gradients.matches(of: /vp-line vp-bold" d="([^"]*)" style="stroke:(hsl[^"]*)"/)
    #expect(paths.count == 2 && paths[0].2 != paths[1].2)
    // A block without a value breaks the line.
    #expect(paths.map { $0.1.filter { $0 == "M" }.count } == [1, 2])
    let points = paths[0].1.matches(of: /[ML]([\d.]+) ([\d.]+)/).map {
      (Double($0.1) ?? .nan, Double($0.2) ?? .nan)
    }
    #expect(points.map(\.0) == [60, 302, 544])
    #expect(points[0].1 > points[1].1 && points[1].1 > points[2].1)
    #expect(html.contains("Decoder: variance of the stream") && !html.contains("Decoder: gradient norm"))
    let body = try #require(html.firstRange(of: "<body>"))
    #expect(XMLCheck.isWellFormed(String(html[body.lowerBound...]).replacing("</html>", with: "")))
  }

  @Test func whatSpansDecadesIsLogarithmic() throws {
    let wide = try plot(report(line(1, gradients: ["0.001", "1", "1000"])), "Encoder: gradient norm")
    #expect(wide.contains("log scale"))
    let narrow = try plot(report(line(1, gradients: ["1", "2", "3"])), "Encoder: gradient norm")
    #expect(!narrow.contains("log scale"))
  }

  /// However long the run: its first and its last step and some between.
  @Test(arguments: [1, 7, 8, 100, 1000]) func aFewStepsAreShown(count: Int) throws {
    let html = try report((1...count).map { line($0 * 5, gradients: ["1", "2"]) }.joined())
    let steps = try plot(html, "Encoder: gradient norm").matches(of: /class="vp-step"[^>]*>([\d,]+)</)
      .compactMap {
        Int($0.1.replacing(",", with: ""))
      }
    #expect(steps.count == min(count, 7) && steps.first == 5 && steps.last == count * 5)
    let gaps = zip(steps.dropFirst(), steps).map { $0 - $1 }
    if count >= 100 { #expect((gaps.max() ?? 9) <= 2 * (gaps.min() ?? 0)) }
  }

  @Test func oddFilesAreRemarkedOn() throws {
    let html = try report(line(1, gradients: ["1"], origin: "start") + "{\"step\":2,\n")
    #expect(html.contains("Some lines of health.jsonl") && html.contains("that the run started from"))
    #expect(try !report("").contains("Health by depth"))
  }
}
