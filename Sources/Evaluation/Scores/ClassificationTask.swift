import Datasets
import Platform

/// The labels of a train and a test set in one numbering.
///
/// Classes are matched by *name*, never by index; by value where all names of both sets are numbers. The classes of the
/// task are those with at least one train row, in the order of the train set's class names; a test row of any other class
/// has no label here and counts as always wrong.
public struct ClassificationTask: Sendable {
  /// Names of the classes that have train rows; at least two.
  public let classNames: [String]
  /// Class of each train row, an index into `classNames`.
  public let trainLabels: [Int]
  /// Class of each test row, an index into `classNames`; nil when the train set has no such class.
  public let testLabels: [Int?]
  /// Names of the classes of test rows that the train set does not have.
  public let unknownClassNames: [String]
  /// Class of each test row, an index into `classNames` followed by `unknownClassNames`.
  public let testClasses: [Int]

  /// Number of classes.
  public var classCount: Int { classNames.count }
  /// Test rows of classes that the train set does not have.
  public var unknownCount: Int { testLabels.count { $0 == nil } }

  /// Matches the sets of a task.
  ///
  /// - Throws: `Failure` as below, and when there is no test set.
  public init(_ task: EvaluationTask, for evaluator: any Evaluator.Type) throws(Failure) {
    try self.init(train: task.train, test: task.requireTest(for: evaluator))
  }

  /// Matches two labelled sets.
  ///
  /// - Throws: `Failure` when a set has no labels, the widths differ, the train rows are all of one class, or no test row
  ///   is of a class that a train row has.
  public init(train: Features, test: Features) throws(Failure) {
    try train.requireWidth(of: test)
    try self.init(train: train.rowLabels, test: test.rowLabels)
  }

  /// Matches the classes of two sets.
  init(train: RowLabels, test: RowLabels) throws(Failure) {
    for set in [train, test] { try Self.requireClasses(of: set) }
    var rowsOfClass = [Int](repeating: 0, count: train.classNames.count)
    for label in train.labels { rowsOfClass[label] += 1 }
    let present = rowsOfClass.indices.filter { rowsOfClass[$0] > 0 }
    guard present.count > 1 else {
      throw Failure(
        "every train image is of class “\(train.classNames[train.labels[0]])”", at: train.origin,
        mend: "give at least two classes: an accuracy over one says nothing")
    }
    var number = [Int](repeating: 0, count: train.classNames.count)
    for (index, label) in present.enumerated() { number[label] = index }
    self.init(
      classNames: present.map { train.classNames[$0] }, trainLabels: train.labels.map { number[$0] },
      testLabels: test.labels, testClassNames: test.classNames)
    guard unknownCount < testLabels.count else {
      throw Self.nothingInCommon(classNames, unknownClassNames, at: test.origin)
    }
  }

  private static func requireClasses(of set: RowLabels) throws(Failure) {
    guard set.labelSets == nil else {
      throw Failure(
        "the images have several labels each", at: set.origin,
        mend: "use --evaluators multiLabel, or give each image one label")
    }
    guard !set.labels.isEmpty else {
      throw Failure(
        "the images have no classes", at: set.origin,
        mend: "put each class in its own folder, or use an evaluator that needs no labels")
    }
    guard set.unlabelledCount == 0 else {
      throw Failure(
        "\(set.unlabelledCount) of \(set.labels.count) images have no class", at: set.origin,
        mend: "leave them out: Features.labelled, or an EvaluationTask, which does so")
    }
  }

  /// What is thrown where test images are of none of the classes of train.
  package static func nothingInCommon(
    _ train: [String], _ test: [String], at place: String
  ) -> Failure {
    let hint = ClassMatch(test, among: train).difference.map { "; \($0)" } ?? ""
    return Failure(
      "no test image is of a class of the train images: test has \(examples(test)), train has \(examples(train))",
      at: place, mend: "name the classes alike in both sets\(hint)")
  }

  /// What test rows of unknown classes come to, in a sentence.
  package var unknownNote: String {
    "\(unknownCount) of \(testLabels.count) test images are of \(Self.listed(unknownClassNames)) "
      + "that train lacks: scored as wrong"
  }

  /// Some classes by number and name.
  static func listed(_ names: [String]) -> String {
    "\(names.count == 1 ? "a class" : "\(names.count) classes") (\(examples(names)))"
  }

  /// A few of the names of classes, for messages.
  static func examples(_ names: [String]) -> String {
    let some = names.prefix(3).map { "“\($0)”" }.joined(separator: ", ")
    return some + (names.count > 3 ? ", …" : "")
  }

  /// Matches the labels of a test set with the classes that a classifier tells apart.
  ///
  /// - Parameters:
  ///   - trainLabels: the classes of what it learned from, places in `classNames`.
  ///   - testLabels: the class of each test row, a place in `testClassNames`.
  public init(
    classNames: [String], trainLabels: [Int], testLabels: [Int], testClassNames: [String]
  ) {
    let numberOfTestClass = ClassMatch(testClassNames, among: classNames).places
    self.classNames = classNames
    self.trainLabels = trainLabels
    self.testLabels = testLabels.map { numberOfTestClass[$0] }
    let used = Set(testLabels)
    let unknown = testClassNames.indices.filter { numberOfTestClass[$0] == nil && used.contains($0) }
    unknownClassNames = unknown.map { testClassNames[$0] }
    let numberOfUnknown = Dictionary(
      uniqueKeysWithValues: unknown.enumerated().map { ($1, classNames.count + $0) })
    testClasses = testLabels.map { numberOfTestClass[$0] ?? numberOfUnknown[$0] ?? 0 }
  }

  /// Share of the most frequent train class among the test rows: what a classifier that ignores the features
  /// scores. Of equally frequent train classes the first counts. 0.1 for ten balanced classes.
  public var chance: Double {
    var rows = [Int](repeating: 0, count: classCount)
    for label in trainLabels { rows[label] += 1 }
    var best = 0
    for index in rows.indices where rows[index] > rows[best] { best = index }
    return Double(testLabels.count { $0 == best }) / Double(testLabels.count)
  }

  /// Share of test rows for which `predictions`, one class a test row, are right.
  public func accuracy(of predictions: [Int]) -> Double {
    precondition(predictions.count == testLabels.count, "accuracy: one prediction a test row")
    let right = zip(predictions, testLabels).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
    return Double(right) / Double(testLabels.count)
  }
}
