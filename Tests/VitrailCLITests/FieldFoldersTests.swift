import Foundation
import Imaging
import Platform
import TestSupport
import Testing
import VisionTransformer

/// Folders as people have them, from `pretrain` to the report.
@Suite(.enabled(if: ImageCodecs.formats.contains(.tiff), "built without its library"))
struct FieldFoldersTests {
  /// Trains, scores by k-NN and reports; the run folder and what `pretrain` said.
  private func path(
    _ data: URL, in folder: URL, _ settings: [String], options: [String] = []
  ) throws -> (run: URL, said: String, train: JSONValue?) {
    let run = folder.appendingPathComponent("run")
    let outcome = try TinyRun.pretrain(
      data, out: run,
      options: TinyRun.options + TinyRun.settings(settings + ["train.steps=4"]) + options)
    #expect(outcome.code == 0, "\(outcome.errors)")
    let scores = try Vitrail.run(
      "evaluate", "--weights", run.path, "--train", data.path, "--hold-out", "0.25", "--evaluators", "knn",
      "--json", run.appendingPathComponent("evaluation.json").path)
    #expect(scores.code == 0, "\(scores.errors)")
    let report = try Vitrail.run("report", run.path)
    #expect(report.code == 0, "\(report.errors)")
    let evaluation = try parsed(
      String(contentsOf: run.appendingPathComponent("evaluation.json"), encoding: .utf8))
    return (run, outcome.errors, evaluation["train"])
  }

  private func text(_ name: String, in run: URL) throws -> String {
    try String(contentsOf: run.appendingPathComponent(name), encoding: .utf8)
  }

  private func write(_ file: TIFFBytes, _ name: String, in data: URL) throws {
    let url = data.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(file.bytes).write(to: url)
  }

  @Test("pretrains on microscopy stacks of 16 bits: every page is an image")
  func stacks() throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("cells")
      for (label, kind) in ["round", "long"].enumerated() {
        for number in 0..<3 {
          var stack = TIFFBytes()
          for page in 0..<4 {
            let image = SampleImages.image(
              class: label, seed: 10 * number + page, width: 18, height: 16, channels: 1)
            stack.add(.sixteenBit(image.pixels.map { UInt16($0) * 16 }), width: 18, height: 16)
          }
          try write(stack, "\(kind)/\(number).tif", in: data)
        }
      }
      try Data("scale 0.1".utf8).write(to: data.appendingPathComponent("round/scale.txt"))
      let (run, said, train) = try path(data, in: folder, [])
      #expect(said.contains("images   24 in ") && said.contains("files    6 .tif (24 images)"), "\(said)")
      #expect(said.contains("passed over: 1 .txt (no image)"))
      #expect(train?["images"] == .integer(18))
      let record = try parsed(text("data.json", in: run))
      #expect(record["images"] == .integer(24))
      #expect(
        record["files"]?.list
          == [.object(["kind": .string(".tif"), "files": .integer(6), "images": .integer(24)])])
      let report = try text("report.html", in: run)
      #expect(report.contains("6 .tif (24 images)") && report.contains("scale.txt"))
      #expect(try text("recipe.yaml", in: run).contains("range: none"))
    }
  }

  @Test("pretrains on float tiles of four bands: their range is measured, kept and used again")
  func tiles() throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("tiles")
      for (label, kind) in ["field", "forest"].enumerated() {
        for number in 0..<6 {
          let image = SampleImages.image(class: label, seed: number, width: 20, height: 20, channels: 1)
          let bands = image.samples.unitValues.flatMap { value -> [Float] in
            [1000, 2000, 3000, 4000].map { (scale: Float) -> Float in scale * value - 50 }
          }
          let tile = Image(width: 20, height: 20, channels: 4, samples: .float(bands))
          let url = data.appendingPathComponent("\(kind)/\(number).tif")
          try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
          try TIFFEncoder.encode(tile).write(to: url)
        }
      }
      let (run, said, train) = try path(
        data, in: folder, ["model.channels=4", "data.mean=auto", "data.standardDeviation=auto"])
      #expect(said.contains("images   12 in "), "\(said)")
      #expect(train?["images"] == .integer(9))
      let recipe = try text("recipe.yaml", in: run)
      #expect(recipe.contains("range:") && !recipe.contains("range: none"), "\(recipe)")
      let inspected = try Vitrail.run("inspect", run.path, "--json")
      #expect(inspected.output.contains("\"range\""), "\(inspected.output)")
      // Of values from −50 to 950 (4,950 for the last band) the range leaves out the outermost alone.
      let weights = try SafetensorsFile(contentsOf: run.appendingPathComponent("model.safetensors"))
      let range = try parsed(#require(weights.metadata["preprocessing"]))["range"]?.list ?? []
      #expect(range.count == 4)
      for (band, pair) in range.enumerated() {
        let (low, high) = (pair.list.first?.double ?? .nan, pair.list.last?.double ?? .nan)
        #expect(low >= -50 && high <= 1000 * Double(band + 1) - 50 && high > low + 400 * Double(band + 1))
      }
      let sheet = folder.appendingPathComponent("sheet.png")
      let described = try Vitrail.run("dataset", "describe", data.path, "--sheet", sheet.path)
      #expect(described.code == 0, "\(described.errors)")
      #expect(try ImageDecoder.decode(contentsOf: sheet).width > 40)
      let shards = folder.appendingPathComponent("shards")
      let packed = try Vitrail.run("pack", "--data", data.path, "--out", shards.path)
      #expect(packed.code == 0 && packed.output.hasPrefix("12 images"), "\(packed.errors)")
      let index = try parsed(Vitrail.run("dataset", "index", shards.path, "--json").output)
      #expect(index["images"] == .integer(12))
    }
  }

  @Test("pretrains on a mixed folder of a phone, and says what it leaves out")
  func phone() throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("phone")
      for (label, kind) in ["cat", "dog"].enumerated() {
        try FileManager.default.createDirectory(
          at: data.appendingPathComponent(kind), withIntermediateDirectories: true)
        for number in 0..<12 {
          let image = SampleImages.image(class: label, seed: number, width: 24, height: 18, channels: 3)
          let url = data.appendingPathComponent("\(kind)/IMG_\(number)")
          if number % 2 == 0 {
            try JPEGEncoder(quality: 90).encode(image).write(to: url.appendingPathExtension("JPG"))
          } else {
            try image.writePNG(to: url.appendingPathExtension("png"), durably: false)
          }
        }
      }
      for (name, content) in [
        ("cat/film.MOV", "0000ftypqt  "), ("cat/.DS_Store", "x"), ("dog/IMG_99.jxl", "none"),
      ] {
        try Data(content.utf8).write(to: data.appendingPathComponent(name))
      }
      let (run, said, _) = try path(data, in: folder, [])
      #expect(said.contains("images   24 in ") && said.contains("files    12 .jpg, 12 .png"), "\(said)")
      #expect(said.contains("1 .jxl (not read; convert to PNG or JPEG)") && said.contains("1 .mov (videos; "))
      #expect(!said.contains("DS_Store"))
      let report = try text("report.html", in: run)
      #expect(report.contains("IMG_99.jxl") && report.contains("extract their frames"))
    }
  }
}
