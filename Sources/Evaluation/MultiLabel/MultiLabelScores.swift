import Foundation

/// What scores of classes say about a test set whose images may have any number of classes. Shares are fractions.
///
/// A class counts as found where its probability is above 0.5. Means are over the classes that a test row has.
public struct MultiLabelScores: Encodable, Sendable, Equatable {
  /// The mean of the classes' average precisions, mAP.
  public let meanAveragePrecision: Double
  /// F1 = 2·TP/(2·TP + FP + FN) of all decisions together.
  public let microF1: Double
  /// The mean of the classes' F1.
  public let macroF1: Double
  /// The classes, in the order of the train set.
  public let classes: [ClassScore]

  /// What was measured of a class.
  public struct ClassScore: Encodable, Sendable, Equatable {
    /// Its name.
    public let name: String
    /// Train rows that have it.
    public let trainRows: Int
    /// Test rows that have it.
    public let testRows: Int
    /// Its average precision; nil for a class without test rows.
    public let averagePrecision: Double?
    /// Its F1; nil for a class without test rows.
    public let f1: Double?
  }

  /// Scores logits, row-major `[test rows, classes]`.
  init(logits: [Float], _ task: MultiLabelTask) {
    let (classCount, rows) = (task.classCount, logits.count / task.classCount)
    var (right, wrong) = (0, 0)
    classes = (0..<classCount).map { label in
      let own = (0..<rows).map { logits[$0 * classCount + label] }
      let positives = Array(task.test[(label * rows)..<((label + 1) * rows)])
      let hits = (0..<rows).count { own[$0] > 0 && positives[$0] }
      let errors = (0..<rows).count { (own[$0] > 0) != positives[$0] }
      right += hits
      wrong += errors
      let count = positives.count { $0 }
      return ClassScore(
        name: task.classNames[label],
        trainRows: task.train[(label * task.trainCount)..<((label + 1) * task.trainCount)].count { $0 },
        testRows: count, averagePrecision: AveragePrecision.of(scores: own, positives: positives),
        f1: count > 0 ? Self.f1(hits, errors) : nil)
    }
    meanAveragePrecision = Self.mean(classes.compactMap(\.averagePrecision))
    microF1 = Self.f1(right, wrong)
    macroF1 = Self.mean(classes.compactMap(\.f1))
  }

  /// The mean of the average precisions of the classes that a row has; nil without any. `logits` are row-major `[rows,
  /// classes]`, `positives` `[classes, rows]`.
  static func meanAveragePrecision(_ logits: [Float], positives: [Bool], classes: Int) -> Double? {
    let rows = logits.count / classes
    let found = (0..<classes).compactMap { label in
      AveragePrecision.of(
        scores: (0..<rows).map { logits[$0 * classes + label] },
        positives: Array(positives[(label * rows)..<((label + 1) * rows)]))
    }
    return found.isEmpty ? nil : mean(found)
  }

  /// The sum over rows and classes of log σ(z) where the row has the class, log σ(−z) elsewhere; as above.
  static func logLikelihood(_ logits: [Float], positives: [Bool], classes: Int) -> Double {
    let rows = logits.count / classes
    var sum = 0.0
    for (index, logit) in logits.enumerated() {
      let (row, label) = index.quotientAndRemainder(dividingBy: classes)
      let z = positives[label * rows + row] ? Double(logit) : -Double(logit)
      sum -= max(-z, 0) + log1p(exp(-abs(z)))
    }
    return sum
  }

  /// A row a class: train and test images, average precision, F1.
  var classTable: EvaluationAttachment {
    func text(_ share: Double?) -> String { share.map { String(format: "%.4f", $0) } ?? "" }
    return .table(
      name: "classes", header: ["class", "train images", "test images", "average precision", "F1"],
      rows: classes.map {
        [$0.name, "\($0.trainRows)", "\($0.testRows)", text($0.averagePrecision), text($0.f1)]
      })
  }

  /// 0 where nothing is to be found and nothing was.
  private static func f1(_ right: Int, _ wrong: Int) -> Double {
    Double(2 * right) / Double(max(2 * right + wrong, 1))
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
}
