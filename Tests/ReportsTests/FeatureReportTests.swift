import Foundation
import Platform
import Reports
import TestSupport
import Testing

@Suite struct FeatureReportTests {
  private func report(_ metrics: String, warnings: String? = nil) throws -> String {
    let folder = try TemporaryFolder()
    try folder.write("metrics.jsonl", metrics)
    if let warnings { try folder.write("warnings.txt", warnings) }
    return try String(contentsOf: RunReport.write(runFolder: folder.url), encoding: .utf8)
  }

  private func plot(_ html: String, _ title: String) throws -> Substring {
    try #require(html.split(separator: "<svg").first { $0.contains("aria-label=\"\(title)\"") })
  }

  private let metrics = """
    {"step":1,"loss":1.2,"rankMe":3.5,"featureStd":0.2,"baselineLoss":0.9}
    {"step":10,"loss":0.8}
    {"step":20,"loss":0.7,"rankMe":9.5,"featureStd":null,"baselineLoss":0.92}

    """

  @Test func whatLooksFoundIsDrawn() throws {
    let html = try report(metrics)
    #expect(html.matches(of: /<svg\s/).count == 3)
    let rank = try plot(html, "Effective rank (RankMe)")
    #expect(rank.matches(of: /vp-bold" d="M[\d.]+ [\d.]+L[\d.]+ [\d.]+"/).count == 1, "no gap at step 10")
    #expect(!rank.contains("not finite"))
    #expect(html.contains("Spread of the features") && !html.contains("Teacher entropy"))
    let loss = try plot(html, "Loss")
    #expect(loss.contains("dashed: blind to the images"))
    let dashed = loss.matches(of: /vp-other" d="M[\d.]+ ([\d.]+)L[\d.]+ ([\d.]+)"/)
    #expect(dashed.count == 1)
    let heights = dashed.flatMap { [Double($0.1) ?? .nan, Double($0.2) ?? .nan] }
    #expect(heights.count == 2 && heights[0] > heights[1] && heights[1] > 40 && heights[0] < 220)
    let body = try #require(html.firstRange(of: "<body>"))
    #expect(XMLCheck.isWellFormed(String(html[body.lowerBound...]).replacing("</html>", with: "")))
  }

  /// A baseline beyond the losses widens the axis.
  @Test func theBaselineIsInsideThePlot() throws {
    let loss = try plot(
      report("{\"step\":1,\"loss\":1,\"baselineLoss\":5}\n{\"step\":2,\"loss\":0.9}\n"), "Loss")
    let place = try #require(loss.firstMatch(of: /vp-other" d="M[\d.]+ ([\d.]+)h0"/))
    #expect((40...220).contains(Double(place.1) ?? .nan))
  }

  @Test func warningsAreListed() throws {
    let html = try report(metrics, warnings: "step 50 · trivial loss · a < b\nstep 60 · x\n")
    #expect(html.contains("<h2>Warnings</h2>"))
    #expect(html.contains("<li>step 50 · trivial loss · a &lt; b</li>\n<li>step 60 · x</li>"))
    #expect(try !report(metrics).contains("Warnings"))
  }

  @Test func withoutLooksNothingIsAdded() throws {
    let html = try report("{\"step\":1,\"loss\":0.5}\n")
    #expect(!html.contains("Features</h2>") && !html.contains("dashed"))
  }
}
