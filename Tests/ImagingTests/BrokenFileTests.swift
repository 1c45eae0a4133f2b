import CZlib
import Foundation
import Imaging
import Platform
import Testing

/// The files of Scripts/golden/broken_files.py.
struct BrokenFileTests {
  private struct BrokenFile {
    let name: String
    let outcome: String
    let bytes: [UInt8]
  }

  /// A limit that the largest bomb among them stays below.
  private let limit = 30_000_000

  private func files() throws -> [BrokenFile] {
    let entries = try #require(
      try JSONSerialization.jsonObject(with: Data(Golden.bytes("broken/files.json"))) as? [[Any]])
    let packed = try Golden.bytes("broken/files.zlib")
    let total = entries.reduce(0) { $0 + ($1[1] as? Int ?? 0) }
    var bytes = [UInt8](repeating: 0, count: total)
    var count = uLongf(total)
    try #require(uncompress(&bytes, &count, packed, uLong(packed.count)) == Z_OK && count == uLongf(total))
    var start = 0
    return try entries.map { entry in
      let name = try #require(entry[0] as? String)
      let end = start + (try #require(entry[1] as? Int))
      defer { start = end }
      return BrokenFile(
        name: name, outcome: try #require(entry[2] as? String), bytes: [UInt8](bytes[start..<end]))
    }
  }

  @Test func eachDecodesOrFailsAsItHasTo() throws {
    let files = try files()
    #expect(files.count > 1000)
    let options = DecodeOptions(maximumPixels: limit)
    for file in files {
      let start = processorSeconds()
      var failure: Failure?
      do throws(Failure) {
        let image = try ImageDecoder.decode(file.bytes, options: options, place: file.name)
        #expect(image.width * image.height <= limit, "\(file.name)")
      } catch {
        failure = error
        #expect(error.place == file.name && !error.problem.isEmpty && !error.remedy.isEmpty, "\(file.name)")
      }
      let seconds = processorSeconds() - start
      #expect(seconds < 1, "\(file.name) took \(seconds) s")
      switch file.outcome {
      case "fails": #expect(failure != nil, "\(file.name) decodes")
      case "decodes": #expect(failure == nil, "\(file.name): \(failure?.problem ?? "")")
      default: #expect(file.outcome == "either")
      }
    }
  }

  @Test(arguments: TruncatedImages.allCases) func cropsDecodeOrFail(truncated: TruncatedImages) throws {
    var generator = SplitMix64(seed: 4)
    let options = DecodeOptions(maximumPixels: limit, truncated: truncated)
    for file in try files() {
      let start = processorSeconds()
      do throws(Failure) {
        let reader = try ImageReader(EncodedBytes(file.bytes), options: options, place: file.name)
        let crop = RandomResizedCrop(scale: 0.01...1, ratio: 0.2...5)
          .sample(width: reader.width, height: reader.height, using: &generator)
        let image = try reader.resized(cropping: crop, width: 9, height: 7, filter: .bicubic)
        #expect(image.width == 9 && image.height == 7 && image.channels == reader.channels, "\(file.name)")
      } catch {
        #expect(error.place == file.name && !error.problem.isEmpty, "\(file.name)")
      }
      let seconds = processorSeconds() - start
      #expect(seconds < 1, "\(file.name) took \(seconds) s")
    }
  }

  /// What this thread has computed for: other tests and processes do not count.
  private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
