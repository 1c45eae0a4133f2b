import Foundation
import Imaging

/// Small made images.
enum SampleImages {
  /// Writes `count` noisy images a class to `folder/<class>/`; classes differ in brightness and stripes.
  static func write(
    to folder: URL, classes: [String] = ["ash", "birch", "cedar"], count: Int = 12, width: Int = 12,
    height: Int = 20, channels: Int = 1
  ) throws {
    for (number, name) in classes.enumerated() {
      let place = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for index in 0..<count {
        let image = image(
          class: number, seed: number * 1000 + index, width: width, height: height, channels: channels)
        try image.writePNG(to: place.appendingPathComponent("\(index).png"), durably: false)
      }
    }
  }

  /// Writes an IDX set of 10×10 images without compression.
  static func writeIDX(to folder: URL, prefix: String, count: Int, classes: Int = 3) throws {
    var images = Data([0, 0, 8, 3, 0, 0, UInt8(count >> 8), UInt8(count & 255), 0, 0, 0, 10, 0, 0, 0, 10])
    var labels = Data([0, 0, 8, 1, 0, 0, UInt8(count >> 8), UInt8(count & 255)])
    for index in 0..<count {
      let image = image(class: index % classes, seed: index, width: 10, height: 10, channels: 1)
      images.append(contentsOf: image.pixels)
      labels.append(UInt8(index % classes))
    }
    try images.write(to: folder.appendingPathComponent("\(prefix)-images-idx3-ubyte"))
    try labels.write(to: folder.appendingPathComponent("\(prefix)-labels-idx1-ubyte"))
  }

  static func image(class number: Int, seed: Int, width: Int, height: Int, channels: Int) -> Image {
    var state = UInt64(truncatingIfNeeded: seed) &* 0x9e37_79b9_7f4a_7c15 | 1
    let pixels = (0..<width * height * channels).map { place -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let stripe = place / channels % width % (number + 2) == 0 ? 80 : 0
      return UInt8(40 + number * 40 + stripe + Int(state >> 60))
    }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
  }

  /// A gray 8×8 JPEG.
  static let jpeg =
    Data(
      base64Encoded: """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hn\
        Pk1xeXBkeFxlZ2P/wAALCAAIAAgBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9\
        AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZn\
        aGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP0\
        9fb3+Pn6/9oACAEBAAA/AEg8Hf8ATP8ASv/Z
        """) ?? Data()

  /// A PNG whose header claims `side`×`side` gray pixels and whose data hold a few bytes.
  static func hugePNG(side: UInt32) -> Data {
    func bytes(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }
    func chunk(_ type: String, _ body: [UInt8]) -> [UInt8] {
      let named = Array(type.utf8) + body
      var crc: UInt32 = 0xffff_ffff
      for byte in named {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
      }
      return bytes(UInt32(body.count)) + named + bytes(~crc)
    }
    return Data(
      [137, 80, 78, 71, 13, 10, 26, 10] + chunk("IHDR", bytes(side) + bytes(side) + [8, 0, 0, 0, 0])
        + chunk("IDAT", [120, 156, 3, 0, 0, 0, 0, 1]) + chunk("IEND", []))
  }
}
