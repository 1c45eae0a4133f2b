import Foundation
import Imaging
import Platform
import Testing

@Suite("vitrail on every kind of source")
struct SourceTests {
  private func lines(_ rows: [String], to url: URL) throws {
    try Data((rows.joined(separator: "\n") + "\n").utf8).write(to: url)
  }

  @Test("pretrains from a CSV list and evaluates from lists")
  func lists() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      func list(_ images: URL, _ name: String) throws -> URL {
        let url = folder.appendingPathComponent(name)
        let files = TinyRun.files(images).filter { $0.hasSuffix(".png") }
        try lines(
          ["label,path"] + files.map { "\"kind of \($0.prefix { $0 != "/" })\",\(images.path)/\($0)" },
          to: url)
        return url
      }
      let (train, test) = (try list(shared.train, "train.csv"), try list(shared.test, "test.csv"))
      let run = folder.appendingPathComponent("run")
      let outcome = try TinyRun.pretrain(train, out: run, "train.steps=2", "train.logSteps=1")
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(try TinyRun.loggedSteps(run) == [1, 2])
      let scores = try Vitrail.run(
        "evaluate", "--weights", run.path, "--train", train.path, "--test", test.path, "--json", "-")
      #expect(scores.code == 0, "\(scores.errors)")
      let report = try parsed(scores.output).entries
      #expect(report["train"] == .object(["images": .integer(36), "classes": .integer(3)]))
      #expect(report["test"] == .object(["images": .integer(12), "classes": .integer(3)]))

      try lines(["path,label", "\"a.png,x"], to: test)
      expectError(
        try Vitrail.run("evaluate", "--weights", run.path, "--train", train.path, "--test", test.path),
        "never closed", "test.csv, line 2, column 1")
    }
  }

  @Test("pretrains from CIFAR binaries")
  func cifar() throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("cifar-10-batches-bin")
      try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
      for name in (1...5).map({ "data_batch_\($0).bin" }) + ["test_batch.bin"] {
        let records = (0..<4).map { number in
          Data([UInt8(number)])
            + Data(SampleImages.image(class: number, seed: number, width: 32, height: 32, channels: 3).pixels)
        }
        try records.reduce(Data(), +).write(to: data.appendingPathComponent(name))
      }
      let run = folder.appendingPathComponent("run")
      let outcome = try TinyRun.pretrain(
        folder, out: run, "train.steps=2", "train.logSteps=1", "model.channels=3")
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(try TinyRun.loggedSteps(run) == [1, 2])
      let index = try parsed(Vitrail.run("dataset", "index", folder.path, "--split", "test", "--json").output)
      #expect(index.entries["kind"] == .string("cifar") && index.entries["images"] == .integer(4))
      #expect(index.entries["classes"] == .integer(10))
    }
  }

  @Test("pretrains from a folder of four bands, and embeds it")
  func bands() throws {
    try withTemporaryFolder { folder in
      let suffixes = ["_B02", "_B03", "_B04", "_B08"]
      let data = folder.appendingPathComponent("tiles")
      for (number, name) in suffixes.enumerated() {
        for kind in ["field", "forest"] {
          let place = data.appendingPathComponent(kind)
          try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
          for tile in 0..<4 {
            try SampleImages.image(class: number, seed: tile, width: 20, height: 20, channels: 1)
              .writePNG(to: place.appendingPathComponent("\(tile)\(name).png"), durably: false)
          }
        }
      }
      let run = folder.appendingPathComponent("run")
      let list = suffixes.map { $0 + ".png" }.joined(separator: ",")
      let four =
        TinyRun.options + TinyRun.settings(["model.channels=4", "train.steps=2", "train.logSteps=1"])
      let outcome = try TinyRun.pretrain(data, out: run, options: four + ["--bands", list])
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(try TinyRun.loggedSteps(run) == [1, 2])
      let recipe = try String(contentsOf: run.appendingPathComponent("recipe.yaml"), encoding: .utf8)
      #expect(recipe.contains("bands: [_B02.png, _B03.png, _B04.png, _B08.png]"), "\(recipe)")

      // The bands of the run, from its folder, its encoder and its checkpoint, and those that are given.
      let model = run.appendingPathComponent("model.safetensors").path
      let checkpoint = run.appendingPathComponent("checkpoints/last.safetensors").path
      let features = folder.appendingPathComponent("features")
      for (weights, bands) in [
        (run.path, []), (model, []), (checkpoint, []), (run.path, ["--bands", list]),
      ] {
        let embed = try Vitrail.run(
          ["embed", "--weights", weights, "--data", data.path, "--out", features.path] + bands)
        #expect(embed.code == 0 && embed.output.contains("8 × 16"), "\(embed.output)\(embed.errors)")
        let paths = try String(contentsOf: features.appendingPathComponent("paths.txt"), encoding: .utf8)
        #expect(paths.split(separator: "\n").first?.hasSuffix("tiles/field/0") == true)
      }
      let scores = try Vitrail.run(
        "evaluate", "--weights", run.path, "--train", data.path, "--hold-out", "0.25", "--evaluators", "knn",
        "--json", "-")
      #expect(scores.code == 0, "\(scores.errors)")
      #expect(
        try parsed(scores.output)["train"] == .object(["images": .integer(6), "classes": .integer(2)]))
      let grid = folder.appendingPathComponent("grid.png")
      for weights in [run.path, checkpoint] {
        let drawn = try Vitrail.run(
          "reconstruct", "--weights", weights, "--data", data.path, "--count", "3", "--out", grid.path)
        #expect(drawn.code == 0 && drawn.output.hasPrefix("3 images in "), "\(drawn.errors)")
      }
      // Without bands every file is an image, of which none has four channels.
      expectError(
        try Vitrail.run(
          "embed", "--weights", run.path, "--data", data.path, "--out", features.path, "--bands", "",
          "--max-bad", "1"))

      let describe = try Vitrail.run("dataset", "describe", data.path, "--bands", list)
      #expect(describe.code == 0, "\(describe.errors)")
      #expect(describe.output.contains("images        8\n"), "\(describe.output)")
      #expect(describe.output.contains("of 8 images of 4 channels"), "\(describe.output)")
      let views = try Vitrail.run(
        ["augment", "--data", data.path, "--out", grid.path, "--count", "2", "--bands", list] + four)
      #expect(views.code == 0 && views.output.hasPrefix("6 views of 2 images"), "\(views.errors)")
      // An RGB model takes three bands.
      let three = suffixes.dropLast().joined(separator: ",")
      for bench in [["loader", "--images", "32"], ["step", "--steps", "1"]] {
        let outcome = try Vitrail.run(["bench"] + bench + ["--data", data.path, "--bands", three, "--json"])
        #expect(outcome.code == 0, "\(outcome.errors)")
      }

      let wrong = folder.appendingPathComponent("wrong")
      expectError(
        try TinyRun.pretrain(data, out: wrong, options: four + ["--bands", "_B02,_B03"]),
        "2 bands for a model of 4 channels", "data.bands")
      expectError(
        try TinyRun.pretrain(data, out: wrong, options: four + ["--bands", "_B02,_B03,_B04,_B04"]), "twice",
        "data.bands")
    }
  }

  @Test("dataset index counts, as text and as JSON")
  func index() throws {
    let shared = try TinyRun.shared.get()
    let text = try Vitrail.run("dataset", "index", shared.train.path)
    #expect(text.code == 0 && text.output.hasPrefix("36 images in 3 classes (folder), indexed in "))
    let json = try parsed(Vitrail.run("dataset", "index", shared.train.path, "--json").output).entries
    #expect(
      Set(json.keys) == [
        "path", "kind", "images", "classes", "unlabelled", "files", "seconds", "peakBytes", "passedOver",
      ])
    #expect(json["images"] == .integer(36) && (json["seconds"]?.double ?? -1) > 0)
    expectError(try Vitrail.run("dataset", "index", "/proc/none"), "/proc/none")
  }
}
