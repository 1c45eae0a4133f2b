import Foundation
import Imaging
import Platform
import Testing

@Suite("vitrail dataset describe")
struct DescribeTests {
  @Test("prints a text, writes JSON and a contact sheet, and names what is odd")
  func describe() throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("data")
      try SampleImages.write(to: data, count: 7)
      try Data("text".utf8).write(to: data.appendingPathComponent("ash/text.png"))
      try SampleImages.hugePNG(side: 60_000).write(to: data.appendingPathComponent("ash/huge.png"))
      try SampleImages.jpeg.write(to: data.appendingPathComponent("birch/copy.jpg"))
      try SampleImages.jpeg.write(to: data.appendingPathComponent("birch/original.jpg"))
      let json = folder.appendingPathComponent("out.json")
      let sheet = folder.appendingPathComponent("out.png")
      let outcome = try Vitrail.run(
        "dataset", "describe", data.path, "--json-file", json.path, "--sheet", sheet.path)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let lines = [
        "images        25", "classes       3, the largest 1.29 times the smallest", "ash    9", "birch  9",
        "png, 1 channel, 8 bits   21", "jpeg, 1 channel, 8 bits  2", "width         8 … 12, median 12",
        "height        8 … 20, median 20", "8…15 × 16…31  21", "of 23 images of 1 channels",
        "duplicates    1 in 1 groups", "copy.jpg = ", "near constant", "unreadable    2",
        "ash/text.png: no image of a format that is read",
      ]
      for line in lines { #expect(outcome.output.contains(line), "wanted '\(line)' in:\n\(outcome.output)") }
      #expect(outcome.errors.contains("img/s") && outcome.errors.contains("left"))

      let entries = try parsed(String(contentsOf: json, encoding: .utf8)).entries
      #expect(
        Set(entries.keys) == [
          "path", "images", "surveyed", "readable", "encodedBytes", "decodedBytes", "classes", "unlabelled",
          "imbalance", "encodings", "channels", "width", "height", "aspectRatio", "sizes", "aspectRatios",
          "duplicates", "nearConstant", "unreadable", "passedOver", "pages", "storedValues",
        ])
      #expect(entries["images"] == .integer(25) && entries["readable"] == .integer(23))
      let picture = try ImageDecoder.decode(contentsOf: sheet)
      // Three columns of at most six images; the largest is 20 pixels high and drawn six times as large.
      #expect(picture.width == 3 * 20 * 6 + 16 && picture.height > 6 * 20 * 6)
    }
  }

  @Test("prints JSON alone when asked to, the same each time, of a sample too")
  func json() throws {
    let data = try TinyRun.shared.get().train
    let first = try Vitrail.run("dataset", "describe", data.path, "--json")
    #expect(first.code == 0, "\(first.errors)")
    #expect(try parsed(first.output)["images"] == .integer(36))
    #expect(try Vitrail.run("dataset", "describe", data.path, "--json").output == first.output)
    let sample = ["dataset", "describe", data.path, "--json", "--sample", "9", "--seed", "4"]
    let drawn = try Vitrail.run(sample).output
    #expect(try parsed(drawn)["surveyed"] == .integer(9) && parsed(drawn)["images"] == .integer(36))
    #expect(try Vitrail.run(sample).output == drawn)
  }

  @Test("takes the limits and the leniency of the other commands")
  func decoding() throws {
    try withTemporaryFolder { folder in
      try SampleImages.write(to: folder, count: 2, width: 40, height: 40)
      let cut = try Data(contentsOf: folder.appendingPathComponent("ash/0.png")).dropLast(400)
      try cut.write(to: folder.appendingPathComponent("ash/cut.png"))
      func unreadable(_ arguments: String..., code: Int32 = 0) throws -> Int? {
        let outcome = try Vitrail.run(["dataset", "describe", folder.path, "--json"] + arguments)
        #expect(outcome.code == code, "\(outcome.errors)")
        guard case .array(let files)? = try parsed(outcome.output)["unreadable"] else { return nil }
        return files.count
      }
      #expect(try unreadable() == 1)
      #expect(try unreadable("--truncated", "pad") == 0)
      #expect(try unreadable("--max-pixels", "1599", code: 1) == 7)
      #expect(try unreadable("--max-pixels", "1600") == 1)
    }
  }

  @Test("describes a split of an IDX set")
  func idx() throws {
    try withTemporaryFolder { folder in
      try SampleImages.writeIDX(to: folder, prefix: "train", count: 12)
      try SampleImages.writeIDX(to: folder, prefix: "t10k", count: 6)
      for (arguments, count) in [([], 12), (["--split", "train"], 12), (["--split", "test"], 6)] {
        let sheet = folder.appendingPathComponent("sheet.png")
        let outcome = try Vitrail.run(
          ["dataset", "describe", folder.path, "--sheet", sheet.path] + arguments)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("images        \(count)\n"))
        #expect(outcome.output.contains("raw, 1 channel, 8 bits  \(count)\n"))
        #expect(try ImageDecoder.decode(contentsOf: sheet).width > 300)
      }
    }
  }

  @Test("says what is wrong with a place that cannot be described")
  func failures() throws {
    try withTemporaryFolder { folder in
      expectError(try Vitrail.run("dataset", "describe", folder.path), "no images")
      expectError(try Vitrail.run("dataset", "describe", folder.path + "/none"), "none")
      try Data("text".utf8).write(to: folder.appendingPathComponent("text.png"))
      let sheet = folder.path + "/sheet.png"
      let bad = try Vitrail.run("dataset", "describe", folder.path, "--sheet", sheet)
      expectError(bad, "no image can be read")
      #expect(bad.output.contains("unreadable    1"))
      expectError(
        try Vitrail.run("dataset", "describe", folder.path), "none of 1 images can be read", "text.png")
      expectError(
        try Vitrail.run("dataset", "describe", folder.path, "--json-file", folder.path + "/no/such"),
        "/no/such")
    }
  }
}
