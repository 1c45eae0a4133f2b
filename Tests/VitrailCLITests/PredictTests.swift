import Foundation
import Platform
import Testing

@Suite("vitrail predict")
struct PredictTests {
  private func rows(_ file: URL) throws -> [[String]] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  @Test("writes a row an image, whose probabilities sum to 1, whatever the lanes")
  func sets() throws {
    let (shared, run) = (try TinyRun.shared.get(), try FineTuneRun.shared.get())
    try withTemporaryFolder { folder in
      var tables: [[[String]]] = []
      for (lanes, weights) in [("1", run), ("3", run.appendingPathComponent("classifier.safetensors"))] {
        let out = folder.appendingPathComponent("new/predictions-\(lanes).csv")
        let outcome = try Vitrail.run(
          "predict", "--weights", weights.path, "--data", shared.test.path, "--out", out.path, "--lanes",
          lanes)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("12 predictions in \(out.path)"))
        tables.append(try rows(out))
      }
      let table = tables[0]
      #expect(table.count == 13 && table[0] == ["path", "class", "ash", "birch", "cedar"])
      for (row, other) in zip(table.dropFirst(), tables[1].dropFirst()) {
        let shares = row.dropFirst(2).compactMap { Double($0) }
        #expect(shares.count == 3 && abs(shares.reduce(0, +) - 1) <= 1e-5)
        let largest = shares.indices.max { shares[$0] < shares[$1] } ?? 0
        #expect(row[1] == table[0][2 + largest])
        #expect(row[0] == other[0] && row[1] == other[1])
      }
      // What the run's own scores count as right.
      let right = table.dropFirst().count { $0[0].contains("/\($0[1])/") }
      let text = try String(contentsOf: run.appendingPathComponent("classification.json"), encoding: .utf8)
      let top1 = try parsed(text).entries["evaluators"]?.entries["classifier"]?.entries["top1"]?.double
      #expect(top1.map { abs($0 - Double(right) / 12) <= 1e-9 } == true)
    }
  }

  @Test("shows the likeliest classes of one image")
  func oneImage() throws {
    let (shared, run) = (try TinyRun.shared.get(), try FineTuneRun.shared.get())
    try withTemporaryFolder { folder in
      let image = shared.test.appendingPathComponent("cedar/1.png").path
      let json = folder.appendingPathComponent("one.json")
      let arguments = ["predict", "--weights", run.path, "--data", image]
      let outcome = try Vitrail.run(arguments + ["--top", "2", "--json", json.path])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.count == 2 && lines.allSatisfy { $0.contains(" %  ") })
      let document = try parsed(String(contentsOf: json, encoding: .utf8))
      guard case .array(let predictions)? = document.entries["predictions"],
        case .array(let top)? = predictions.first?["top"]
      else {
        Issue.record("no list of predictions")
        return
      }
      #expect(predictions.count == 1 && predictions[0]["path"] == .string(image) && top.count == 2)
      #expect(lines[0].hasSuffix(top[0]["class"]?.string ?? "?"))
      let out = folder.appendingPathComponent("set.csv")
      #expect(
        try Vitrail.run("predict", "--weights", run.path, "--data", shared.test.path, "--out", out.path).code
          == 0)
      let row = try #require(rows(out).first { $0[0].hasSuffix("cedar/1.png") })
      #expect(row[1] == predictions[0]["class"]?.string)
      let all = try Vitrail.run(arguments + ["--json", "-"])
      #expect(try parsed(all.output) != .null && !all.output.contains("%"))
    }
  }

  @Test("reports bad images, and says what it lacks")
  func badInput() throws {
    let (shared, run) = (try TinyRun.shared.get(), try FineTuneRun.shared.get())
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("data")
      try SampleImages.write(to: data, count: 5)
      let bad = data.appendingPathComponent("ash/bad.png")
      try Data("no image".utf8).write(to: bad)
      let out = folder.appendingPathComponent("p.csv").path
      let predict = ["predict", "--out", out, "--data", data.path, "--weights"]
      expectError(try Vitrail.run(predict + [run.path]), "images cannot be read", "--max-bad")
      let allowed = try Vitrail.run(predict + [run.path, "--max-bad", "0.2"])
      #expect(allowed.code == 0, "\(allowed.errors)")
      #expect(allowed.errors.contains("skipped \(bad.path)"))
      #expect(allowed.output.contains("15 predictions") && allowed.output.contains("1 bad images skipped"))

      for weights in ["", "/model.safetensors", "/checkpoints/last.safetensors"] {
        expectError(
          try Vitrail.run(predict + [shared.run.path + weights]), "no classification head", "vitrail finetune"
        )
      }
      expectError(
        try Vitrail.run(predict + [run.path + "/model.safetensors"]), "no classification head",
        "vitrail finetune")
      expectError(try Vitrail.run(predict + [folder.path + "/none.safetensors"]), "cannot read", "none")
      let single = ["predict", "--weights", run.path, "--data"]
      expectError(try Vitrail.run(single + [bad.path]), bad.path, "no image of a format that is read")
      expectError(try Vitrail.run(single + [folder.path + "/none.png"]), "No such file", "none.png")
      expectError(try Vitrail.run(single + [data.path, "--top", "0"]), code: 64, "--top")
    }
  }
}
