import Foundation
import Platform
import Testing

@Suite("labels: missing, foreign, and checked before the work")
struct LabelsTests {
  /// A list of images of three classes below `images`; `label` gives the text of a row's label.
  private func list(
    _ file: URL, _ images: URL, count: Int = 4, header: String = "path,label",
    label: (_ row: Int, _ name: String) -> String
  ) throws -> String {
    let names = ["ash", "birch", "cedar"].flatMap { name in (0..<count).map { (name, $0) } }
    let rows = names.enumerated().map { row, image in
      "\(images.path)/\(image.0)/\(image.1).png,\(label(row, image.0))"
    }
    try Data((([header] + rows).joined(separator: "\n") + "\n").utf8).write(to: file)
    return file.path
  }

  private func scores(_ outcome: Vitrail.Outcome, _ evaluator: String) throws -> [String: JSONValue] {
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try parsed(outcome.output).entries["evaluators"]?.entries[evaluator]?.entries ?? [:]
  }

  @Test("one image without a label costs no other its own: embed, index, evaluate, stored features, monitor")
  func unlabelled() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      func file(_ name: String) -> URL { folder.appendingPathComponent(name) }
      let test = try list(file("some.csv"), shared.test) { $0 == 4 ? "" : $1 }
      let train = try list(file("train.csv"), shared.train, count: 12) { $0 == 0 || $0 == 20 ? "" : $1 }
      func embed(_ data: String, _ name: String) throws -> Vitrail.Outcome {
        try Vitrail.run(
          "embed", "--weights", shared.run.path, "--data", data, "--out", file(name).path, "--lanes", "1")
      }
      let embedded = try embed(test, "test")
      #expect(embedded.code == 0 && embedded.errors.contains("1 of 12 images have no class, such as"))
      let labels = try Data(contentsOf: file("test/labels.npy")).suffix(12 * 8)
      let values = labels.withUnsafeBytes { bytes in
        (0..<12).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self) }
      }
      #expect(values == [0, 0, 0, 0, -1, 1, 1, 1, 2, 2, 2, 2])

      let index = try parsed(Vitrail.run("dataset", "index", test, "--json").output).entries
      #expect(index["unlabelled"] == .integer(1) && index["classes"] == .integer(3))
      #expect(
        try Vitrail.run("dataset", "index", test).output.contains("3 classes (list), 1 without a class"))

      let options = ["--evaluators", "knn,retrieval", "--json", "-"]
      let images = try Vitrail.run(
        [
          "evaluate", "--weights", shared.run.path, "--train", train, "--test", test, "--no-baselines",
          "--out",
        ]
          + [file("out").path] + options)
      #expect(images.errors.contains("train: 2 of 36 images have no class, such as"))
      #expect(images.errors.contains("test: 1 of 12 images have no class, such as"))
      let top1 = try scores(images, "knn")["top1"]
      #expect(top1 != nil)
      #expect(try parsed(images.output)["train"]?["unlabelled"] == .integer(2))
      #expect(FileManager.default.fileExists(atPath: file("out/retrieval-neighbors.png").path))

      #expect(try embed(train, "train").code == 0)
      let stored = try Vitrail.run(
        ["evaluate", "--train-features", file("train").path, "--test-features", file("test").path] + options)
      #expect(try scores(stored, "knn")["top1"] == top1)
      #expect(stored.errors.contains("train: 2 of 36 images have no class, such as row 0"))

      let run = file("run")
      let monitored = try TinyRun.pretrain(
        shared.train, out: run, "train.steps=2", "train.monitor.everySteps=1", "train.monitor.train=\(train)",
        "train.monitor.test=\(test)", "train.monitor.evaluators=[knn]")
      #expect(monitored.code == 0, "\(monitored.errors)")
      #expect(monitored.errors.contains("monitor: test: 1 of 12 images have no class"))
    }
  }

  @Test("finetune learns from what has a class, and counts the rest")
  func fineTuning() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let train = try list(folder.appendingPathComponent("a.csv"), shared.train) { $0 == 4 ? "" : $1 }
      let test = try list(folder.appendingPathComponent("b.csv"), shared.test) {
        $0 == 0 ? "" : $0 == 11 ? "yew" : $1
      }
      let outcome = try Vitrail.run(
        [
          "finetune", "--weights", shared.run.path, "--train", train, "--test", test, "--out",
          folder.path + "/run", "--steps", "2", "--lanes", "1", "--set", "train.batchSize=4",
        ])
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("1 images without a class"))
      #expect(outcome.errors.contains("1 of 11 test images are of a class (“yew”) that train lacks"))
      let report = try parsed(
        String(contentsOfFile: folder.path + "/run/classification.json", encoding: .utf8))
      #expect(report["train"]?["images"] == .integer(11) && report["test"]?["images"] == .integer(11))
      let none = try list(folder.appendingPathComponent("c.csv"), shared.train) { _, _ in "" }
      expectError(
        try Vitrail.run(
          "finetune", "--weights", shared.run.path, "--train", none, "--out", folder.path + "/none"),
        "every image is without a class", none)
    }
  }

  @Test("test classes foreign to train are refused before any image is read, or counted")
  func foreign() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      func file(_ name: String) -> URL { folder.appendingPathComponent(name) }
      let arguments = ["evaluate", "--weights", shared.run.path, "--no-baselines", "--out", file("out").path]
      func evaluate(_ train: String, _ test: String, _ more: String...) throws -> Vitrail.Outcome {
        try Vitrail.run(
          arguments + ["--train", train, "--test", test, "--evaluators", "knn", "--json", "-"] + more)
      }
      let other = try list(file("other.csv"), shared.test) { "x" + $1 }
      let refused = try evaluate(shared.train.path, other)
      expectError(refused, "no test image is of a class of the train images", "“xash”", "“ash”", other)
      #expect(!refused.errors.contains("img/s"))
      expectError(
        try Vitrail.run(
          "compare", shared.run.path, shared.run.path + "/model.safetensors", "--train", shared.train.path,
          "--test", other), "no test image is of a class")
      let monitored = try TinyRun.pretrain(
        shared.train, out: file("run"), "train.monitor.everySteps=1",
        "train.monitor.train=\(shared.train.path)", "train.monitor.test=\(other)")
      expectError(monitored, "no test image is of a class")
      #expect(!FileManager.default.fileExists(atPath: file("run/metrics.jsonl").path))

      let some = try evaluate(
        shared.train.path, list(file("some.csv"), shared.test) { $0 == 3 ? "yew" : $1 })
      #expect(
        some.errors.contains("1 of 12 test images are of a class (“yew”) that train lacks: scored as wrong"))
      #expect(try (scores(some, "knn")["top1"]?["1"]?.double ?? 1) <= 11.0 / 12)

      // One meaning, written in two ways.
      let numbers = ["ash": 1, "birch": 2, "cedar": 10]
      let (whole, decimal) = (
        try list(file("int.csv"), shared.train, count: 12) { "\(numbers[$1] ?? 0)" },
        try list(file("float.csv"), shared.test) { " \(numbers[$1] ?? 0).0" }
      )
      let names = (
        try list(file("a.csv"), shared.train, count: 12) { $1 }, try list(file("b.csv"), shared.test) { $1 }
      )
      #expect(
        try scores(evaluate(whole, decimal), "knn")["top1"]
          == scores(evaluate(names.0, names.1), "knn")["top1"])
    }
  }

  @Test("all leaves out what stored features cannot give, a name is refused at the start")
  func storedFeatures() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let places = ["train": shared.train, "test": shared.test]
      for (name, data) in places {
        let outcome = try Vitrail.run(
          "embed", "--weights", shared.run.path, "--data", data.path, "--out", folder.path + "/" + name)
        #expect(outcome.code == 0, "\(outcome.errors)")
      }
      let arguments = [
        "evaluate", "--train-features", folder.path + "/train", "--test-features", folder.path + "/test",
        "--set", "linearSGD.iterations=20",
      ]
      let all = try Vitrail.run(arguments + ["--evaluators", "all", "--json", "-"])
      #expect(
        all.code == 0 && all.errors.contains("left out layers: layers wants features behind every block"))
      let found = try parsed(all.output).entries["evaluators"]?.entries ?? [:]
      #expect(found["linear"] != nil && found["layers"] == nil)
      let named = try Vitrail.run(Array(arguments.dropLast(2)) + ["--evaluators", "knn,layers"])
      expectError(named, "features behind every block")
      #expect(!named.output.contains("knn"))
      // Files of two results side by side are no result.
      try FileManager.default.removeItem(atPath: folder.path + "/train/paths.txt")
      try FileManager.default.copyItem(
        atPath: folder.path + "/test/paths.txt", toPath: folder.path + "/train/paths.txt")
      expectError(
        try Vitrail.run(Array(arguments.dropLast(2))), "paths.txt",
        "not the file that was written with origin.json")
    }
  }
}
