import Foundation
import Imaging
import Testing

struct DecodeTests {
  /// PNG pixels follow from the samples by arithmetic and must be equal, in 16 bits where the file has them. JPEG pixels are Pillow's; its
  /// libjpeg-turbo is newer, but the accurate transform and the upsampling are defined to the bit.
  @Test func decodesEveryKindOfFile() throws {
    let goldens = try Golden.images("decode")
    #expect(goldens.count > 80)
    for (entry, expected) in goldens {
      let file = try #require(entry.file)
      let image = try ImageDecoder.decode(contentsOf: Golden.folder.appendingPathComponent(file))
      #expect(image == expected, "\(file)")
    }
  }

  @Test func headerTellsTheDecodedShape() throws {
    for (entry, expected) in try Golden.images("decode") {
      let file = try #require(entry.file)
      let header = try ImageDecoder.header(ofContentsOf: Golden.folder.appendingPathComponent(file))
      #expect(header.width == expected.width && header.height == expected.height, "\(file)")
      #expect(header.channels == expected.channels, "\(file)")
      #expect(header.format == (file.hasSuffix(".png") ? .png : .jpeg), "\(file)")
    }
  }

  @Test func contentDecidesAboutTheFormat() throws {
    let png = try Golden.bytes("rgb8.png")
    let jpeg = try Golden.bytes("gray.jpg")
    try withTemporaryFolder { folder in
      try Data(png).write(to: folder.appendingPathComponent("a.jpg"))
      try Data(jpeg).write(to: folder.appendingPathComponent("b.png"))
      let fromPNG = try ImageDecoder.decode(contentsOf: folder.appendingPathComponent("a.jpg"))
      let fromJPEG = try ImageDecoder.decode(contentsOf: folder.appendingPathComponent("b.png"))
      #expect(try fromPNG == ImageDecoder.decode(png))
      #expect(try fromJPEG == ImageDecoder.decode(Data(jpeg)))
    }
  }

  /// Eight orientations of one picture are the same picture once upright or turned by hand.
  @Test func orientationsAgreeWithEachOther() throws {
    let stored = try ImageDecoder.decode(Golden.bytes("exif1-little.jpg"))
    let mirrored = try ImageDecoder.decode(Golden.bytes("exif2-big.jpg"))
    #expect(mirrored == stored.flippedHorizontally())
    let half = try ImageDecoder.decode(Golden.bytes("exif3-big.jpg"))
    let upsideDown = try ImageDecoder.decode(Golden.bytes("exif4-little.jpg"))
    #expect(half.flippedHorizontally() == upsideDown)
    let transposed = try ImageDecoder.decode(Golden.bytes("exif5-little.jpg"))
    let clockwise = try ImageDecoder.decode(Golden.bytes("exif6-little.jpg"))
    #expect(transposed.flippedHorizontally() == clockwise)
    #expect(clockwise.width == stored.height && clockwise.height == stored.width)
  }

  @Test func convertsChannels() throws {
    let golden = try #require(try Golden.images("luma").first)
    let colour = noise(width: 64, height: 4, channels: 3, seed: try #require(golden.entry.seed))
    #expect(colour.converted(toChannels: 1) == golden.image)
    let gray = golden.image
    let spread = gray.converted(toChannels: 3)
    #expect(spread.pixels == gray.pixels.flatMap { [$0, $0, $0] })
    #expect(spread.converted(toChannels: 1) == gray)
    #expect(gray.converted(toChannels: 1) == gray)
  }

  @Test(arguments: [1, 3]) func encodingAndDecodingIsIdentity(channels: Int) throws {
    for (seed, (width, height)) in [(1, 1), (40, 30), (17, 301)].enumerated() {
      let image = noise(width: width, height: height, channels: channels, seed: UInt64(seed))
      #expect(try ImageDecoder.decode(PNGEncoder.encode(image)) == image)
      try withTemporaryFolder { folder in
        let url = folder.appendingPathComponent("out.png")
        try image.writePNG(to: url)
        #expect(try ImageDecoder.decode(contentsOf: url) == image)
      }
    }
  }
}
