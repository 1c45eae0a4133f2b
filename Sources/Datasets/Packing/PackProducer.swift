import Foundation
import Imaging
import Platform
import Tensors

/// An image with its place in the order of packing and its members' names.
struct PackedSample: Sendable {
  /// Its place among all images.
  let position: Int
  let image: PackedImage
  /// The members: the image, and its class where it has one.
  let members: Data
}

/// Brings images into their form on several threads, in a random order.
struct PackProducer: BatchProducer {
  /// Images that threads take at a time.
  static let batchSize = 32

  let source: any ImageSource
  let form: PackedForm
  let badImages: BadImages
  private var decoding: DecodeOptions
  private let order: [Int32]
  private let digits: Int

  init(
    source: any ImageSource, form: PackedForm, decoding: DecodeOptions, badImages: BadImages, seed: UInt64
  ) {
    self.source = source
    self.form = form
    self.decoding = decoding
    self.decoding.keepsAlpha = form.keepsAlpha
    // Whoever reads the shards says what they range over.
    self.decoding.keepsStoredValues = true
    self.badImages = badImages
    var stream = RandomStream(seed: seed, purpose: .order)
    order = stream.permutation(source.count)
    digits = max(6, String(source.count - 1).count)
  }

  var batchCount: Int { (order.count + Self.batchSize - 1) / Self.batchSize }

  func draft(_ number: Int) -> (draft: Range<Int>, rowCount: Int) {
    let start = number * Self.batchSize
    let range = start..<min(start + Self.batchSize, order.count)
    return (range, range.count)
  }

  /// The image in its form; nil for a bad one.
  func fill(_ row: Int, of draft: Range<Int>) throws(Failure) -> PackedSample? {
    let position = draft.lowerBound + row
    let index = Int(order[position])
    do throws(Failure) {
      // A file whose data end early is written whole.
      let reader = try source.reader(at: index, options: decoding)
      let image = try PackedImage(reader, form: form, copies: decoding.truncated == .skip)
      let key = key(position, index)
      var members = TarWriter.member("\(key).\(image.ending)", image.data)
      if let label = source.label(of: index) {
        members.append(TarWriter.member("\(key).cls", Data("\(label)".utf8)))
      }
      return PackedSample(position: position, image: image, members: members)
    } catch {
      try badImages.record(index, error)
      return nil
    }
  }

  func finish(_ draft: Range<Int>, rows: [PackedSample?]) -> [PackedSample] { rows.compactMap { $0 } }

  /// The place in the order, the file's own name, in which no dot may be, since keys end at the first, and the page.
  private func key(_ position: Int, _ index: Int) -> String {
    let number = String(position)
    let path = PagedPath(String(source.location(of: index).split(separator: "/").last ?? ""))
    let (file, page) = (path.file, path.page.map { "-\($0)" } ?? "")
    let stem = file.split(separator: ".", omittingEmptySubsequences: false).dropLast().joined(separator: "_")
    let plain = (stem.isEmpty ? String(file) : stem).unicodeScalars.map { scalar -> Character in
      scalar.value < 0x20 || scalar == "." || scalar.value == 0x7F ? "_" : Character(scalar)
    }
    return String(repeating: "0", count: digits - number.count) + number + "-" + String(plain) + page
  }
}
