import Foundation
import Records
import Tensors

/// What probabilities of classes say about a labelled test set. A test row whose class the train set does not have is
/// always wrong. Shares are fractions.
public struct ClassificationScores: Encodable, Sendable, Equatable {
  /// Share of rows whose class has the highest probability; of equal ones the first class counts.
  public let top1: Double
  /// Share of rows whose class is among the five highest; with five classes or fewer, the share of rows whose class
  /// occurs in train.
  public let top5: Double
  /// The mean over classes of the share of their rows that are right.
  public let balancedAccuracy: Double
  /// The expected calibration error over fifteen bins of confidence (Guo et al., 2017).
  public let calibrationError: Double
  /// Bounds of `top1` that hold 95 % of a thousand resamplings of the test rows (Efron, 1979).
  public let top1Interval: ClosedRange<Double>
  /// Who is taken for whom.
  public let confusion: ConfusionMatrix
  /// The class of highest probability of each test row.
  public let predictions: [Int]
  /// Whether that is the row's class.
  public let isRight: [Bool]

  /// Scores probabilities, row-major `[test rows, classes]`.
  public init(probabilities: [Float], _ task: ClassificationTask) {
    let classes = task.classCount
    precondition(probabilities.count == task.testLabels.count * classes, "ClassificationScores: sizes")
    let ranks = task.testLabels.enumerated().map { row, label in
      Self.rank(of: label, in: probabilities[(row * classes)..<((row + 1) * classes)])
    }
    predictions = Self.predictions(probabilities, classes: classes)
    let right = ranks.map { $0 < 1 }
    isRight = right
    top1 = Double(right.count { $0 }) / Double(ranks.count)
    top5 = Double(ranks.count { $0 < 5 }) / Double(ranks.count)
    confusion = ConfusionMatrix(predictions, task)
    balancedAccuracy = confusion.balancedAccuracy
    let confidences = predictions.enumerated().map { Double(probabilities[$0 * classes + $1]) }
    calibrationError = Self.calibrationError(confidences, right)
    top1Interval = BootstrapInterval.ofMean(right.map { $0 ? 1 : 0 })
  }

  /// The numbers for tables.
  public var measures: [Measure] {
    [
      Measure("top-1", top1), Measure("top-5", top5, .share),
      Measure("balanced accuracy", balancedAccuracy, .share),
      Measure("calibration error", calibrationError, .share, .lowerIsBetter),
    ]
  }

  /// The confusion matrix and the table of the classes.
  public var attachments: [EvaluationAttachment] { [.confusion(confusion), classTable] }

  /// Encodes all but the confusion matrix and the predictions.
  public func encode(to encoder: any Encoder) throws {
    try ClassificationRecord(
      top1: top1, top5: top5, balancedAccuracy: balancedAccuracy, calibrationError: calibrationError,
      top1Interval: [top1Interval.lowerBound, top1Interval.upperBound]
    ).encode(to: encoder)
  }

  /// A row a class: images, recall, precision.
  public var classTable: EvaluationAttachment {
    func text(_ share: Double?) -> String { share.map { String(format: "%.4f", $0) } ?? "" }
    return .table(
      name: "classes", header: ["class", "images", "recall", "precision"],
      rows: confusion.actual.indices.map { index in
        [
          confusion.actual[index], "\(confusion.rows(of: index))", text(confusion.recall(of: index)),
          text(index < confusion.predicted.count ? confusion.precision(of: index) : nil),
        ]
      })
  }

  /// How many classes score above a row's own, of equal scores the lower class first; `Int.max` for a class that the
  /// train set does not have. A score that overflowed to NaN counts as wrong.
  static func rank(of label: Int?, in scores: ArraySlice<Float>) -> Int {
    guard let label else { return .max }
    let own = scores[scores.startIndex + label]
    return scores.indices.count { index in
      let other = index - scores.startIndex
      let isBelow = scores[index] < own || (scores[index] == own && other > label)
      return other != label && !isBelow
    }
  }

  /// Σ over bins of the share of rows in it × |accuracy − mean confidence|; the bins are ((i − 1)/15, i/15].
  static func calibrationError(_ confidences: [Double], _ right: [Bool], bins: Int = 15) -> Double {
    var sums = [(confidence: Double, right: Double)](repeating: (0, 0), count: bins)
    for (confidence, isRight) in zip(confidences, right) where confidence.isFinite {
      let bin = min(max(Int((confidence * Double(bins)).rounded(.up)) - 1, 0), bins - 1)
      sums[bin].confidence += confidence
      sums[bin].right += isRight ? 1 : 0
    }
    return sums.reduce(0) { $0 + abs($1.right - $1.confidence) } / Double(max(confidences.count, 1))
  }

  /// The class of the highest score of each row of `scores`, row-major `[rows, classes]`; of equal ones the first.
  static func predictions(_ scores: [Float], classes: Int) -> [Int] {
    stride(from: 0, to: scores.count, by: classes).map { base in
      var best = 0
      for label in 1..<classes where scores[base + label] > scores[base + best] { best = label }
      return best
    }
  }
}
