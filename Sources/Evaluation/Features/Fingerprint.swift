import Datasets
import Imaging
import Platform
import Tensors
import VisionTransformer

/// What tells one set of inputs from another, for features that are kept.
enum Fingerprint {
  /// Of the images of a set: what their files hold, in the order of the set. Names and classes do not count.
  static func images(
    of source: any ImageSource, decoding: DecodeOptions, progress: (Double) -> Void
  ) -> ContentHash {
    var hashes: [ContentHash] = []
    hashes.reserveCapacity(source.count)
    for block in rowRanges(count: source.count, multiple: 4096) {
      hashes += parallelMap(count: block.count, threads: MachineCapacity.coreCount) { place in
        image(block.lowerBound + place, of: source, decoding)
      }
      progress(Double(block.upperBound) / Double(source.count))
    }
    return ContentHash(of: hashes.flatMap { [$0.low, $0.high] })
  }

  /// Of an encoder: its configuration and all its weights.
  static func weights(of model: VisionTransformer) -> ContentHash {
    var words: [UInt64] = []
    for parameter in model.parameters.parameters {
      let values = parameter.value.values.withUnsafeBytes { ContentHash(of: $0) }
      let name = ContentHash(of: parameter.name)
      words += [name.low, name.high, values.low, values.high]
    }
    let configuration = ContentHash(of: JSONValue.encoding(model.configuration.weightsCoding).text)
    return ContentHash(of: words + [configuration.low, configuration.high])
  }

  private static func image(
    _ index: Int, of source: any ImageSource, _ decoding: DecodeOptions
  ) -> ContentHash {
    do throws(Failure) {
      let reader = try source.reader(at: index, options: decoding)
      guard let encoded = reader.encoded else { return ContentHash(of: try reader.image()) }
      return ContentHash(of: encoded.buffer)
    } catch {
      return ContentHash(of: "unreadable: \(error.problem)")
    }
  }
}
