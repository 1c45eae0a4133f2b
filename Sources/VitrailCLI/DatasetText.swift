import Datasets
import Foundation
import Platform

/// What a set consists of, for people to read.
struct DatasetText: CustomStringConvertible {
  /// Entries of a list that are shown before the rest is only counted.
  private static let shown = 20
  private static let examples = 5

  let description: String

  init(_ statistics: DatasetStatistics) {
    var text = ""
    func line(_ label: String, _ value: String) {
      text += label.padding(toLength: 14, withPad: " ", startingAt: 0) + value + "\n"
    }
    func list(_ label: String, _ entries: [(name: String, count: Int)]) {
      let width = entries.prefix(Self.shown).map(\.name.count).max() ?? 0
      for (place, entry) in entries.prefix(Self.shown).enumerated() {
        let padding = String(repeating: " ", count: width - entry.name.count)
        line(place == 0 ? label : "", "\(entry.name)\(padding)  \(entry.count)")
      }
      if entries.count > Self.shown { line("", "and \(entries.count - Self.shown) more") }
    }
    func examples(_ label: String, _ found: String, _ entries: [String]) {
      line(label, found)
      for entry in entries.prefix(Self.examples) { line("", entry) }
      if entries.count > Self.examples { line("", "and \(entries.count - Self.examples) more") }
    }

    let isSample = statistics.surveyed < statistics.images
    line("data", statistics.path)
    line("images", "\(statistics.images)" + (isSample ? ", of which \(statistics.surveyed) were read" : ""))
    line("size", "\(ByteCount(statistics.encodedBytes)), decoded \(ByteCount(statistics.decodedBytes))")
    if statistics.classes.isEmpty {
      line("classes", "none")
    } else {
      let imbalance = statistics.imbalance.map { ", the largest \(fixed($0, 2)) times the smallest" }
      line("classes", "\(statistics.classes.count)" + (imbalance ?? ""))
      list("", statistics.classes.map { ($0.name, $0.images) })
      if statistics.unlabelled > 0 { line("", "\(statistics.unlabelled) images without a class") }
    }
    list("stored as", statistics.encodings.map { (Self.text($0), $0.images) })
    for stored in statistics.storedValues { line("stored values", Self.text(stored)) }
    let paged = statistics.pages.filter { $0.pages > 1 }
    if let least = paged.first?.pages, let most = paged.last?.pages {
      let images = paged.reduce(0) { $0 + $1.images }
      line(
        "pages", "\(images) images from files of \(least == most ? "\(least)" : "\(least) to \(most)") pages")
    }
    for (label, spread) in [("width", statistics.width), ("height", statistics.height)] {
      if let spread { line(label, Self.text(spread, digits: 0)) }
    }
    if let ratio = statistics.aspectRatio { line("width/height", Self.text(ratio, digits: 2)) }
    let ratios = statistics.aspectRatios.filter { $0.images > 0 }
    list("", ratios.map { (Self.text($0), $0.images) })
    list("sizes", statistics.sizes.map { (Self.text($0), $0.images) })
    for channels in statistics.channels {
      line(
        "mean", "\(Self.text(channels.mean))  of \(channels.images) images of \(channels.channels) channels")
      line("deviation", Self.text(channels.standardDeviation))
    }
    examples(
      "duplicates", "\(statistics.redundantImages) in \(statistics.duplicates.count) groups",
      statistics.duplicates.map { $0.prefix(2).joined(separator: " = ") + ($0.count > 2 ? " = …" : "") })
    examples("near constant", "\(statistics.nearConstant.count)", statistics.nearConstant)
    examples(
      "unreadable", "\(statistics.unreadable.count)",
      statistics.unreadable.map { "\($0.path): \($0.reason)" })
    description = text
  }

  private static func text(_ encoding: DatasetStatistics.Encoding) -> String {
    "\(encoding.format), \(encoding.channels) channel\(encoding.channels == 1 ? "" : "s"), \(encoding.depth) bits"
  }

  /// Of up to three channels each, of more all together: `-1024 … 3071  of 12 images of 1 channel`.
  private static func text(_ stored: DatasetStatistics.StoredValues) -> String {
    var spans = zip(stored.minimum, stored.maximum).map { ($0, $1) }
    if stored.channels > 3 {
      spans = [(stored.minimum.compactMap(\.self).min(), stored.maximum.compactMap(\.self).max())]
    }
    let texts = spans.map { low, high in
      if let low, let high { "\(number(low)) … \(number(high))" } else { "none" }
    }
    let plural = stored.channels == 1 ? "" : "s"
    return texts.joined(separator: ", ")
      + "  of \(stored.images) images of \(stored.channels) channel\(plural)"
      + (stored.missing > 0 ? "; \(stored.missing) samples without a value" : "")
  }

  /// A value as it is read best: without a fraction where it has none.
  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : "\(Float(value))"
  }

  private static func text(_ spread: DatasetStatistics.Spread, digits: Int) -> String {
    let numbers = [spread.minimum, spread.median, spread.maximum].map { fixed($0, digits) }
    return "\(numbers[0]) … \(numbers[2]), median \(numbers[1])"
  }

  private static func text(_ range: DatasetStatistics.RatioRange) -> String {
    guard let limit = range.limit else { return "\(fixed(range.minimum, 2)) or more" }
    return range.minimum > 0
      ? "\(fixed(range.minimum, 2)) … \(fixed(limit, 2))" : "below \(fixed(limit, 2))"
  }

  private static func text(_ range: DatasetStatistics.SizeRange) -> String {
    "\(range.minimumWidth)…\(range.maximumWidth) × \(range.minimumHeight)…\(range.maximumHeight)"
  }

  private static func text(_ values: [Double]) -> String {
    values.map { fixed($0, 4) }.joined(separator: " ")
  }
}
