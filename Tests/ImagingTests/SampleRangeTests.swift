import Foundation
import Platform
import Testing

@testable import Imaging

/// What floating-point samples become as a codec delivers them.
struct SampleRangeTests {
  private func converted(
    _ samples: [Float], _ layout: PixelLayout, _ native: SampleRange.Pair = .init(low: 0, high: 1),
    _ options: DecodeOptions = DecodeOptions()
  ) throws -> [Float] {
    let pixels = samples.count / layout.storedChannels
    let header = ImageHeader(
      format: .png, storedWidth: pixels, storedHeight: 1, layout: layout, sampleFormat: .float,
      nativeRange: native)
    let stored = try StoredPixels(header, options, place: "test")
    var samples = samples
    samples.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { stored.convert(pixels, at: base) }
    }
    return Array(samples.prefix(pixels * stored.channels))
  }

  @Test func nativeRangesBecomeZeroToOne() throws {
    #expect(
      try converted([-128, 0, 127], .gray, .init(low: -128, high: 127)) == [0, Float(128.0 / 255), 1])
    #expect(try converted([0.5, 2], .gray) == [0.5, 2])
  }

  @Test func aGivenRangeIsOfAllChannelsOrOfEach() throws {
    #expect(try converted([10, 20, 30, 40], .bands(2), in: [(10, 20)]) == [0, 1, 2, 3])
    #expect(try converted([10, 20, 30, 40], .bands(2), in: [(10, 20), (0, 40)]) == [0, 0.5, 2, 1])
    let failure = #expect(throws: Failure.self) {
      try converted([1, 2, 3], .bands(3), in: [(0, 1), (0, 1)])
    }
    #expect(failure?.problem.contains("3 channels, where data.range has 2 pairs") == true)
  }

  private func converted(
    _ samples: [Float], _ layout: PixelLayout, in pairs: [(Double, Double)]
  ) throws -> [Float] {
    var options = DecodeOptions()
    options.range = SampleRange(pairs.map { SampleRange.Pair(low: $0.0, high: $0.1) })
    return try converted(samples, layout, .init(low: 0, high: 1), options)
  }

  @Test func missingSamplesAreBlackUnlessTheyAreMeasured() throws {
    #expect(try converted([.nan, 30, .infinity], .gray, in: [(20, 40)]) == [0, 0.5, 0])
    var stored = DecodeOptions()
    stored.keepsStoredValues = true
    stored.range = SampleRange(low: 20, high: 40)
    let kept = try converted([.nan, 30], .gray, .init(low: 0, high: 1), stored)
    #expect(kept[0].isNaN && kept[1] == 30)
  }

  @Test func alphaIsComposited() throws {
    #expect(try converted([0.5, 0.25], .grayAlpha) == [0.5 * 0.25 + 0.75])
    #expect(
      try converted([0.1, 0.2, 0.25, 0.25], .rgbPremultipliedAlpha)
        == [Float(0.1) + 1 - 0.25, Float(0.2) + 1 - 0.25, 1])
    // The range is that of the colours; alpha keeps its own.
    #expect(try converted([100, 0.5], .grayAlpha, in: [(0, 200)]) == [0.5 * 0.5 + 0.5])
  }

  @Test func encodedAsPairs() throws {
    for (text, range) in [
      ("[0,4095]", SampleRange(low: 0, high: 4095)),
      ("[[-1,1],[0,2.5]]", SampleRange([.init(low: -1, high: 1), .init(low: 0, high: 2.5)])),
    ] {
      #expect(try JSONDecoder().decode(SampleRange.self, from: Data(text.utf8)) == range)
      #expect(try JSONDecoder().decode(SampleRange.self, from: JSONEncoder().encode(range)) == range)
    }
    for text in ["[]", "[1]", "[2,1]", "[[0,1],[3,3]]", "[0,1,2]", "\"wide\"", "[[]]"] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(SampleRange.self, from: Data(text.utf8))
      }
    }
  }
}
