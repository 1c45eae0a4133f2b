import Foundation
import Platform
import Testing

@Suite("--json and --json-file")
struct JSONOutputTests {
  /// A command of each kind on the shared run; `OUT` is a fresh path.
  private static let commands = [
    "inspect RUN", "list norms", "list keys", "dataset index TRAIN", "dataset describe TRAIN",
    "evaluate --weights RUN --train TRAIN --test TEST --no-baselines --evaluators knn",
    "evaluate --weights RUN --train TRAIN --test TEST --evaluators knn --sweep-resize 12,16",
    "compare RUN RUN/model.safetensors --train TRAIN --test TEST --evaluators knn",
    "augment --data TEST --out OUT", "reconstruct --weights RUN --data TEST --out OUT",
    "convert --from RUN --to OUT --fold", "embed --weights RUN --data TEST --out OUT",
    "pack --data TEST --out OUT", "predict --weights TUNED --data TEST --out OUT", "report RUN",
    "pretrain --data TRAIN --out OUT --recipe RUN/recipe.yaml --steps 2",
    "finetune --weights RUN --train TRAIN --test TEST --out OUT --recipe TUNED/recipe.yaml --steps 2",
    "bench step --shape mini --steps 1 --batch 2", "bench loader --data TRAIN --images 4 --size 16 --patch 4",
  ]

  private func run(_ line: String, _ out: URL, _ more: [String]) throws -> Vitrail.Outcome {
    let shared = try TinyRun.shared.get()
    let places = [
      "RUN": shared.run.path, "TRAIN": shared.train.path, "TEST": shared.test.path, "OUT": out.path,
      "TUNED": try FineTuneRun.shared.get().path,
    ]
    let words = line.split(separator: " ").map { word in
      places.reduce(String(word)) { $0.hasPrefix($1.key) ? $1.value + $0.dropFirst($1.key.count) : $0 }
    }
    return try Vitrail.run(words + more)
  }

  @Test("mean the same in every command", arguments: commands)
  func everyCommand(_ line: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("numbers")
      let outcome = try run(line, folder.appendingPathComponent("a"), ["--json", "--json-file", file.path])
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(try parsed(outcome.output) != .null, "standard output is JSON alone")
      #expect(try String(contentsOf: file, encoding: .utf8) == outcome.output)
      let text = try run(line, folder.appendingPathComponent("b"), ["--json-file", file.path])
      #expect(text.code == 0 && !text.output.isEmpty)
      #expect(throws: (any Error).self, "text without --json") { try parsed(text.output) }
      #expect(try parsed(String(contentsOf: file, encoding: .utf8)) != .null)
    }
  }

  @Test("the old spelling, --json FILE and --json -, goes on to work")
  func oldSpelling() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("a.json").path
      let line = "dataset describe TEST"
      let written = try run(line, folder, ["--json", file])
      #expect(written.code == 0 && written.output.contains("images"))
      let printed = try run(line, folder, ["--json", "-"]).output
      #expect(try String(contentsOfFile: file, encoding: .utf8) == printed)
      #expect(try run(line, folder, ["--json"]).output == printed)
      #expect(try run(line, folder, ["--json=\(file)"]).output == written.output)
      expectError(try run(line, folder, ["--json", "/proc/none/x.json"]), "/proc/none/x.json")
    }
  }
}
