import Datasets
import Evaluation
import Foundation
import Imaging
import Platform
import Reports

/// Writes the tables and pictures of scores into a folder.
struct EvaluationFiles {
  let folder: URL
  /// Where the images of train and test rows are, for pictures of them; nil for stored features.
  let images: Images?

  /// The images of both sets.
  typealias Images = (train: RowImages, test: RowImages?)

  /// What was written.
  struct Written {
    /// How many tables and pictures.
    var count = 0
    /// The pictures by evaluator, as from the folder above.
    var pictures: [String: [EvaluationReport.Picture]] = [:]
  }

  /// Writes everything that belongs to the scores.
  func write(_ scores: [Scores]) throws(Failure) -> Written {
    var written = Written()
    for score in scores where !score.result.attachments.isEmpty {
      try OutputMarks.createFolder(folder)
      for attachment in score.result.attachments {
        let files = try write(attachment, of: score.evaluator)
        written.count += files.count
        written.pictures[score.evaluator, default: []] += files.filter { $0.pathExtension != "csv" }.map {
          .init(
            file: "\(folder.lastPathComponent)/\($0.lastPathComponent)",
            caption: "\(score.evaluator): \(attachment.caption)")
        }
      }
    }
    return written
  }

  private func write(_ attachment: EvaluationAttachment, of evaluator: String) throws(Failure) -> [URL] {
    switch attachment {
    case .table(let name, let header, let rows):
      return [try write(CSV.text([header] + rows), "\(evaluator)-\(name).csv")]
    case .confusion(let matrix):
      let rows = matrix.actual.indices.map { actual in
        [matrix.actual[actual]] + matrix.predicted.indices.map { "\(matrix[actual, $0])" }
      }
      let table = try write(
        CSV.text([["actual"] + matrix.predicted] + rows), "\(evaluator)-confusion.csv")
      let picture = ConfusionPicture(
        rows: matrix.actual, columns: matrix.predicted, counts: matrix.counts
      ).render()
      return [table, try write(picture, "\(evaluator)-confusion.png")]
    case .curves(let name, let horizontal, let vertical, let lines):
      let plot = CurvePlot(title: "\(evaluator) \(name)", xLabel: horizontal, yLabel: vertical)
      return [
        try write(plot.svg(lines.map { .init(name: $0.name, points: $0.points) }), "\(evaluator)-\(name).svg")
      ]
    case .neighbors(let name, let queries, let found):
      guard let images, let picture = sheet(images, queries, found) else { return [] }
      return [try write(picture, "\(evaluator)-\(name).png")]
    }
  }

  private func sheet(
    _ images: Images, _ queries: [Int], _ found: [[Int]]
  ) -> Image? {
    func thumbnail(_ row: Int, of set: RowImages) -> Image {
      (try? ContactSheetImages.small(set.source.reader(at: set.rows[row], options: set.decoding)))
        ?? Image(width: 1, height: 1, channels: 1, pixels: [128])
    }
    let columns = (found.map(\.count).max() ?? 0) + 1
    let headings = ["query"] + (1..<columns).map { "\($0)" }
    return ContactSheet(
      headings.indices.map { column in
        .init(
          heading: headings[column],
          images: queries.indices.map { place in
            column == 0
              ? thumbnail(queries[place], of: images.test ?? images.train)
              : thumbnail(found[place][column - 1], of: images.train)
          })
      }
    ).render()
  }

  private func write(_ text: String, _ name: String) throws(Failure) -> URL {
    let url = folder.appendingPathComponent(name)
    try AtomicFile.write(Data(text.rawBytes), to: url)
    return url
  }

  private func write(_ picture: Image, _ name: String) throws(Failure) -> URL {
    let url = folder.appendingPathComponent(name)
    OutputMarks.note(url)
    try AtomicFile.write(PNGEncoder.encode(picture), to: url)
    return url
  }
}

extension EvaluationAttachment {
  /// What its picture shows.
  fileprivate var caption: String {
    switch self {
    case .table(let name, _, _): name
    case .confusion:
      "who is taken for whom; a row is an actual class, a column what it is taken for, in per cent of the row"
    case .curves(_, let horizontal, let vertical, _): "\(vertical) by \(horizontal)"
    case .neighbors:
      "an image to find others for (query), and beside it the nearest train images, the nearest first"
    }
  }
}
