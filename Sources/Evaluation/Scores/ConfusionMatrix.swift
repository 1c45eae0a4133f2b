/// How often rows of each class were taken for each class.
public struct ConfusionMatrix: Sendable, Equatable {
  /// The classes of the rows: those of the train set, then those that only the test set has.
  public let actual: [String]
  /// The classes of the predictions: those of the train set.
  public let predicted: [String]
  /// Row-major `[actual, predicted]`.
  public let counts: [Int]

  /// Counts predictions, one class of `task` a test row.
  public init(_ predictions: [Int], _ task: ClassificationTask) {
    precondition(predictions.count == task.testLabels.count, "ConfusionMatrix: one prediction a test row")
    let columns = task.classCount
    var counts = [Int](repeating: 0, count: (columns + task.unknownClassNames.count) * columns)
    for (row, prediction) in predictions.enumerated() {
      counts[task.testClasses[row] * columns + prediction] += 1
    }
    actual = task.classNames + task.unknownClassNames
    predicted = task.classNames
    self.counts = counts
  }

  /// Rows of class `actual` that were taken for `predicted`.
  public subscript(actual: Int, predicted: Int) -> Int { counts[actual * self.predicted.count + predicted] }

  /// Rows of a class.
  public func rows(of actual: Int) -> Int {
    predicted.indices.reduce(0) { $0 + self[actual, $1] }
  }

  /// Share of a class's rows that are right; nil for a class without rows.
  public func recall(of actual: Int) -> Double? {
    let rows = rows(of: actual)
    guard rows > 0 else { return nil }
    return actual < predicted.count ? Double(self[actual, actual]) / Double(rows) : 0
  }

  /// Share of the predictions of a class that are right; nil for a class that was never predicted.
  public func precision(of predicted: Int) -> Double? {
    let total = actual.indices.reduce(0) { $0 + self[$1, predicted] }
    return total > 0 ? Double(self[predicted, predicted]) / Double(total) : nil
  }

  /// The mean of the recalls of the classes that have rows.
  public var balancedAccuracy: Double {
    let recalls = actual.indices.compactMap { recall(of: $0) }
    return recalls.isEmpty ? 0 : recalls.reduce(0, +) / Double(recalls.count)
  }
}
