import Foundation
import Imaging
import Platform
import Pretraining
import Tensors
import Testing

@Suite("vitrail augment")
struct AugmentTests {
  private static let settings = TinyRun.settings([
    "model.imageSize=[20,12]", "model.patchSize=4", "model.channels=3",
    "data.augmentations=[randomResizedCrop, colorJitter, {kind: lowFrequency, until: 0.5}]",
  ])

  private func augment(_ data: URL, _ out: URL, _ arguments: String...) throws -> Vitrail.Outcome {
    try Vitrail.run(["augment", "--data", data.path, "--out", out.path] + Self.settings + arguments)
  }

  @Test("draws originals and views that depend on the seed alone")
  func grid() throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("data")
      try SampleImages.write(to: data, classes: ["ash"], count: 4, channels: 3)
      func picture(_ name: String, _ arguments: String...) throws -> Image {
        let out = folder.appendingPathComponent(name)
        let outcome = try Vitrail.run(
          ["augment", "--data", data.path, "--out", out.path, "--count", "4", "--views", "3"]
            + Self.settings + arguments)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output == "3 views of 4 images in \(out.path)\n")
        return try ImageDecoder.decode(contentsOf: out)
      }
      let first = try picture("a.png")
      // Four columns of 12 pixels and four rows of 20, six times as large, 4 pixels around each, headings above.
      #expect(first.width == 4 + 4 * (12 * 6 + 4) && first.channels == 3)
      let top = first.height - 4 * (20 * 6 + 4)
      #expect(first == (try picture("b.png", "--seed", "0")))
      let other = try picture("c.png", "--seed", "1")
      let late = try picture("d.png", "--progress", "0.5")
      func cell(_ picture: Image, _ row: Int, _ column: Int) -> Image {
        picture.cropped(
          to: CropRectangle(left: 4 + column * 76, top: top + row * 124, width: 72, height: 120))
      }
      for row in 0..<4 {
        let original = cell(first, row, 0)
        #expect(original == cell(other, row, 0) && original == cell(late, row, 0))
        for column in 1..<4 {
          #expect(cell(first, row, column) != original)
          #expect(cell(first, row, column) != cell(other, row, column))
          #expect(cell(first, row, column) != cell(late, row, column))
        }
        #expect(cell(first, row, 1) != cell(first, row, 2))
      }
      let file = data.appendingPathComponent("ash/0.png")
      #expect(isEnlarged(try ImageDecoder.decode(contentsOf: file), cell(first, 0, 0)))
      let pipeline = try AugmentationPipeline(
        ["randomResizedCrop", "colorJitter", "lowFrequency"], height: 20, width: 12, channels: 3)
      var stream = RandomStream(seed: 0, purpose: .augmentation, epoch: 0, sample: 0)
      let view = try pipeline.view(of: ImageReader(contentsOf: file.path), using: &stream)
      #expect(isEnlarged(view, cell(first, 0, 1)))
    }
  }

  /// Whether `shown` is a 12×20 RGB image, six times as large.
  private func isEnlarged(_ image: Image, _ shown: Image) -> Bool {
    (0..<20).allSatisfy { y in
      (0..<12 * 3).allSatisfy { place in
        let index: Int = 6 * y * 72 * 3 + 6 * (place / 3) * 3 + place % 3
        return shown.pixels[index] == image.pixels[y * 36 + place]
      }
    }
  }

  @Test("pretraining takes every augmentation, and its recipe keeps them")
  func pretraining() throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("data")
      try SampleImages.write(to: data, count: 4, channels: 3)
      let names = Augmentations.all.map { $0.name }.joined(separator: ", ")
      let run = folder.appendingPathComponent("run")
      let outcome = try TinyRun.pretrain(
        data, out: run, "model.channels=3", "train.steps=3", "data.augmentations=[\(names)]")
      #expect(outcome.code == 0, "\(outcome.errors)")
      let recipe = try RecipeFile.load(run.appendingPathComponent("recipe.yaml").path, folders: [])
      #expect(recipe.data.augmentations.map(\.name) == Augmentations.all.map { $0.name })
    }
  }

  @Test("leaves bad images out, and fails when there are no others")
  func badImages() throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("data")
      try SampleImages.write(to: data, classes: ["ash"], count: 3, channels: 3)
      let bad = data.appendingPathComponent("ash/9.png")
      try Data("nothing".utf8).write(to: bad)
      let out = folder.appendingPathComponent("grid.png")
      let outcome = try augment(data, out, "--views", "2")
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output == "2 views of 3 images in \(out.path)\nskipped 1 bad images\n")
      for index in 0..<3 {
        try FileManager.default.removeItem(at: data.appendingPathComponent("ash/\(index).png"))
      }
      let none = folder.appendingPathComponent("none.png")
      expectError(try augment(data, none), "no image of a format that is read", bad.path)
      #expect(!FileManager.default.fileExists(atPath: none.path))
    }
  }

  @Test("says what is wrong with a recipe, a size or a place")
  func refusals() throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("data")
      try SampleImages.write(to: data, count: 400, channels: 3)
      let out = folder.appendingPathComponent("grid.png")
      expectError(
        try augment(data, out, "--set", "data.augmentations=[colourJiter]"), "did you mean 'colorJitter'",
        "data.augmentations[0]")
      expectError(
        try augment(data, out, "--set", "data.augmentations=[{kind: gaussianBlur, sigma: [2, 1]}]"),
        "data.augmentations[0].sigma")
      expectError(try augment(data, out, "--recipe", "quickstar"), "did you mean 'quickstart'")
      expectError(try augment(data, out, "--count", "1000", "--views", "1000"), "million pixels", "--views")
      expectError(try augment(folder.appendingPathComponent("missing"), out), "missing", "No such file")
      expectError(
        try augment(data, URL(fileURLWithPath: "/proc/none/grid.png"), "--count", "1"), "/proc/none")
    }
  }
}
