import Foundation
import Platform
import Reports
import TestSupport
import Testing

@Suite struct RunReportTests {
  private let png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3])

  private func metrics(_ count: Int) -> String {
    (1...count).map { step in
      "{\"step\":\(step * 10),\"epoch\":\(Double(step) / 100),\"loss\":\(1 / Double(step)),"
        + "\"learningRate\":0.00015,\"gradNorm\":1.5,\"imagesPerSecond\":61.5,\"dataWait\":0.021,"
        + "\"seconds\":\(step * 36)}\n"
    }.joined()
  }

  private func report(_ folder: TemporaryFolder) throws -> String {
    let url = try RunReport.write(runFolder: folder.url)
    #expect(url == folder.url.appendingPathComponent("report.html"))
    return try String(contentsOf: url, encoding: .utf8)
  }

  @Test func aFullFolderIsShownWhole() throws {
    let folder = try TemporaryFolder()
    try folder.write("metrics.jsonl", metrics(200))
    try folder.write("recipe.yaml", "objective: {kind: mae}\n")
    try folder.write("bad-images.txt", "a.jpg\ttruncated\nb.png\tempty\n")
    try folder.write("reconstructions/step-00000100.png", png)
    try folder.write(
      "evaluation.json",
      #"{"train":{"images":5000,"classes":10},"evaluators":{"linear":{"top1":0.7123,"#
        + #""baselines":{"chance":0.1,"pixels":0.4,"randomInit":0.352}}}}"#)
    let html = try report(folder)
    for piece in [
      ">2,000<", ">2.0<", ">0.005000<", ">61.50<", ">2.1 %<", ">2 h 0 min<", "objective: {kind: mae}",
      "2 files were skipped", "a.jpg\ttruncated", "data:image/png;base64,\(png.base64EncodedString())",
      "After step 100: ", "what the encoder saw of it", "Linear probe", ">71.2 %<", ">10.0 %<", ">40.0 %<",
      ">35.2 %<", "+31.2 points",
      "trained on 5,000 images in 10 classes", "vitrail embed --weights \(folder.url.path)",
    ] {
      #expect(html.contains(piece), "\(piece)")
    }
    #expect(html.matches(of: /<svg\s/).count == 4)
    #expect(!html.contains("Remarks"))
  }

  @Test func itNeedsNothingElse() throws {
    let folder = try TemporaryFolder()
    try folder.write("metrics.jsonl", metrics(20))
    let html = try report(folder)
    #expect(
      !html.contains("<script") && !html.contains("<link") && !html.contains("url(")
        && !html.contains("@import"))
    let addresses = html.matches(of: /(?:src|href)="([^"]*)"/).map(\.1)
    #expect(addresses.allSatisfy { $0.hasPrefix("data:") })
    #expect(html.contains("default-src 'none'"))
    let body = try #require(html.firstRange(of: "<body>"))
    #expect(XMLCheck.isWellFormed(String(html[body.lowerBound...]).replacing("</html>", with: "")))
  }

  @Test func absentPiecesAreLeftOut() throws {
    let folder = try TemporaryFolder()
    try folder.write("metrics.jsonl", "{\"step\":1,\"loss\":0.5}\n")
    let html = try report(folder)
    for piece in ["Recipe", "Bad images", "Reconstructions", "Scores", "Remarks", "Waiting", "Total time"] {
      #expect(!html.contains(piece), "\(piece)")
    }
    #expect(html.contains("vitrail evaluate --weights \(folder.url.path)"))
    #expect(html.matches(of: /<svg\s/).count == 1)
  }

  @Test func everyTextIsEscaped() throws {
    let evil = "<script>alert(1)</script>"
    let outer = try TemporaryFolder()
    let name = "it's <b>a</b> & \"run\""
    try outer.write("\(name)/metrics.jsonl", metrics(3))
    try outer.write("\(name)/recipe.yaml", "name: \(evil)\n\u{1}")
    try outer.write("\(name)/bad-images.txt", "\(evil).png\n")
    try outer.write("\(name)/reconstructions/<img onerror=x>.png", png)
    try outer.write(
      "\(name)/evaluation.json",
      #"{"weights":"<script>","evaluators":{"<script>":{"<script>":{"<script>":1}}}}"#)
    let url = try RunReport.write(runFolder: outer.url.appendingPathComponent(name))
    let html = try String(contentsOf: url, encoding: .utf8)
    #expect(!html.contains("<script") && !html.contains("<b>") && !html.contains("<img onerror"))
    #expect(html.contains("name: &lt;script&gt;alert(1)&lt;/script&gt;\n\u{FFFD}"))
    #expect(html.contains("&lt;script&gt;, &lt;script&gt;, &lt;script&gt;"))
    #expect(html.contains("it&#39;\\&#39;&#39;s &lt;b&gt;"))
  }

  @Test func brokenPiecesAreRemarkedOn() throws {
    let folder = try TemporaryFolder()
    try folder.write("metrics.jsonl", metrics(5) + metrics(3) + "{\"step\":90,\"loss\":null}\n{\"step\":1")
    try folder.write("evaluation.json", "{")
    try folder.write("reconstructions/a.png", "text")
    try folder.write("recipe.yaml", Data(count: (1 << 20) + 1))
    let html = try report(folder)
    for piece in [
      "5 lines logged before", "1 line of metrics.jsonl could not be read", "the run has diverged",
      "evaluation.json could not be understood", "reconstructions/a.png is left out: it is no PNG file",
      "recipe.yaml is left out", "not finite",
    ] {
      #expect(html.contains(piece), "\(piece)")
    }
  }

  @Test func theNewestPicturesAreShown() throws {
    let folder = try TemporaryFolder()
    try folder.write("metrics.jsonl", metrics(2))
    for (index, name) in ["d", "a", "c", "b", "e"].enumerated() {
      let file = try folder.write("reconstructions/\(name).png", png)
      let date = Date(timeIntervalSince1970: index < 3 ? 1000 : 2000)
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file.path)
    }
    try folder.write("reconstructions/notes.txt", "x")
    let names = try report(folder).matches(of: /<figcaption>(\w)\.png/).map { String($0.1) }
    #expect(names == ["e", "b", "d"])
  }

  @Test func theSameFolderGivesTheSameReport() throws {
    let folder = try TemporaryFolder()
    try folder.write("metrics.jsonl", metrics(3000))
    let first = try report(folder)
    #expect(try report(folder) == first)
    #expect(first.utf8.count < 200_000)
  }

  @Test func missingFolderAndMissingMetricsAreFailures() throws {
    let folder = try TemporaryFolder()
    let absent = folder.url.appendingPathComponent("absent")
    let first = #expect(throws: Failure.self) { try RunReport.write(runFolder: absent) }
    #expect(first?.problem == "there is no such run folder" && first?.place == absent.path)
    let second = #expect(throws: Failure.self) { try RunReport.write(runFolder: folder.url) }
    #expect(second?.problem == "there is no metrics.jsonl")
    #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("report.html").path))
  }

  /// A win is green and a loss red, whichever direction is the better one; words say which it is.
  @Test func measuresAreJudgedByTheirDirection() throws {
    let folder = try TemporaryFolder()
    try folder.write("metrics.jsonl", metrics(3))
    func measure(_ name: String, _ value: Double, _ direction: String, _ pixels: Double) -> String {
      #"{"name":"\#(name)","value":\#(value),"kind":"share","direction":"\#(direction)","#
        + #""baselines":{"pixels":\#(pixels),"randomInit":0.3}}"#
    }
    let measures = [
      measure("calibration error", 0.02, "lowerIsBetter", 0.05),
      measure("worse error", 0.07, "lowerIsBetter", 0.05), measure("top-5", 0.9, "higherIsBetter", 0.8),
      measure("balanced", 0.7, "higherIsBetter", 0.8), measure("same", 0.80001, "higherIsBetter", 0.8),
      measure("deviation", 0.1, "neither", 0.2),
    ]
    try folder.write(
      "evaluation.json",
      "{\"evaluators\":{\"linear\":{\"measures\":[\(measures.joined(separator: ","))]}}}")
    let html = try report(folder)
    let gains = html.matches(of: /<td( class="\w+")?>([^<]*points|–)<\/td><\/tr>/).map {
      "\($0.1 ?? "")\($0.2)"
    }
    #expect(
      gains == [
        " class=\"better\"−3.0 points", " class=\"worse\"+2.0 points", " class=\"better\"+10.0 points",
        " class=\"worse\"−10.0 points", "0.0 points", "–",
      ])
    #expect(html.matches(of: /lower is better/).count == 2)
  }

  @Test func theVerdictAndTheScoresComeFirst() throws {
    let folder = try TemporaryFolder()
    try folder.write("metrics.jsonl", metrics(30))
    try folder.write("recipe.yaml", "a: b\n")
    try folder.write("evaluation/knn-confusion.png", png)
    try folder.write("evaluation/layers-depth.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>")
    try folder.write("secret.png", png)
    try folder.write(
      "evaluation.json",
      #"""
      {"directions":{"used":56.2,"of":128},"test":{"images":2000},"evaluators":{
       "knn":{"top1":0.7,"pictures":[{"file":"evaluation/knn-confusion.png","caption":"knn: who is <taken>"}]},
       "layers":{"pictures":[{"file":"evaluation/layers-depth.svg","caption":"layers: by block"},
        {"file":"evaluation/../secret.png","caption":"secret"},{"file":"../secret.png","caption":"secret"},
        {"file":"evaluation/gone.png","caption":"gone"}]},
       "linear":{"top1":0.71,"leads":{"pixels":{"difference":0.019,"standardError":0.004,"pValue":0.001}}}},
       "earlier":[{"evaluators":{"centroid":{"top1":0.123}}}]}
      """#)
    let html = try report(folder)
    let order = [
      "Ahead of raw pixels by 1.9 ± 0.4 points; features use 56 of 128 directions",
      "Linear probe, top-1 on 2,000 images; ± is the standard error", "<h2>Scores</h2>",
      "data:image/png;base64,\(png.base64EncodedString())", "<figcaption>knn: who is &lt;taken&gt;",
      "data:image/svg+xml;base64,", "<figcaption>layers: by block", "Earlier, on other sets", ">12.3 %<",
      "<h2>Curves</h2>", "<summary>Recipe</summary>",
    ]
    let places = try order.map { try #require(html.firstRange(of: $0), "\($0)").lowerBound }
    #expect(places == places.sorted())
    #expect(!html.contains("secret") && !html.contains("gone"))
  }

  /// Before anybody has scored it a run says what its loss says, however short it was.
  @Test(arguments: [(0.9, "Loss 0.9000, not below the 0.9000"), (0.4, "Loss 0.4000, below the 0.9000")])
  func aRunSaysWhatItsLossSays(loss: Double, words: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "metrics.jsonl",
      "{\"step\":3,\"loss\":\(loss),\"baselineLoss\":0.9,\"rankMe\":2.04,\"directions\":16}\n")
    let html = try report(folder)
    #expect(
      html.contains("\(words) of an answer blind to the images; features use 2.0 of 16 directions"), "\(html)"
    )
  }
}
