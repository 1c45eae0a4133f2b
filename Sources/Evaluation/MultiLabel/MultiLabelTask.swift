import Datasets
import Platform

/// The labels of a train and a test set in which an image may have any number of classes, in one numbering.
///
/// Classes are matched by name. Those of the task are the ones that a train row has, in the order of the train set's
/// class names; others are left out and counted. Where each image has one class, that is its only one.
struct MultiLabelTask {
  /// Names of the classes.
  let classNames: [String]
  /// Whether a train row has a class, row-major `[classes, train rows]`.
  let train: [Bool]
  /// Whether a test row has a class, row-major `[classes, test rows]`.
  let test: [Bool]
  /// Names of the classes of test rows that no train row has.
  let unknownClassNames: [String]

  /// Number of classes.
  var classCount: Int { classNames.count }
  /// Number of train rows.
  var trainCount: Int { train.count / classCount }

  /// Matches two labelled sets.
  ///
  /// - Throws: `Failure` when a set has no labels, the widths differ, no train row has a class, all have the same, or
  ///   no test row has one of these.
  init(train: Features, test: Features) throws(Failure) {
    try train.requireWidth(of: test)
    try self.init(train: train.rowLabels, test: test.rowLabels)
  }

  /// Matches the classes of two sets.
  init(train: RowLabels, test: RowLabels) throws(Failure) {
    let (trainSets, testSets) = (try train.requireLabelSets(), try test.requireLabelSets())
    let present = Set(trainSets.flatMap { $0 })
    guard !present.isEmpty else {
      throw Failure("no image has a class", at: train.origin, mend: "name the classes in a column 'labels'")
    }
    guard trainSets.contains(where: { Set($0) != present }) else {
      throw Failure(
        "every train image has the same classes", at: train.origin,
        mend: "give images that lack one: a score over rows that are all alike says nothing")
    }
    let names = present.sorted().map { train.classNames[$0] }
    let used = Set(testSets.flatMap { $0 }).sorted().map { test.classNames[$0] }
    let match = ClassMatch(used, among: names)
    guard match.places.contains(where: { $0 != nil }) else {
      throw ClassificationTask.nothingInCommon(names, used, at: test.origin)
    }
    classNames = names
    self.train = Self.positives(trainSets, train.classNames, names)
    self.test = Self.positives(testSets, test.classNames, names)
    unknownClassNames = zip(used, match.places).filter { $1 == nil }.map(\.0)
  }

  private static func positives(_ sets: [[Int]], _ own: [String], _ names: [String]) -> [Bool] {
    let number = ClassMatch(own, among: names).places
    var result = [Bool](repeating: false, count: names.count * sets.count)
    for (row, set) in sets.enumerated() {
      for label in set.compactMap({ number[$0] }) { result[label * sets.count + row] = true }
    }
    return result
  }

  /// The class of each train row that has the fewest train rows, of equals the first; `classCount` for a row without.
  ///
  /// A split by these has rare classes in both parts.
  var rarestClasses: [Int] {
    var result = [Int](repeating: classCount, count: trainCount)
    var fewest = [Int](repeating: .max, count: trainCount)
    for label in 0..<classCount {
      let rows = (0..<trainCount).filter { train[label * trainCount + $0] }
      for row in rows where rows.count < fewest[row] { (result[row], fewest[row]) = (label, rows.count) }
    }
    return result
  }

  /// Whether the train rows `rows` have a class, row-major `[classes, rows]`.
  func train(_ rows: [Int]) -> [Bool] {
    (0..<classCount).flatMap { label in rows.map { train[label * trainCount + $0] } }
  }
}

extension RowLabels {
  /// The classes of each row.
  ///
  /// - Throws: `Failure` when the rows have no labels.
  fileprivate func requireLabelSets() throws(Failure) -> [[Int]] {
    if let labelSets { return labelSets }
    guard !labels.isEmpty else {
      throw Failure(
        "the images have no classes", at: origin,
        mend:
          "give a .csv list with a column 'labels', such as 'cat|grass', or put each class in its own folder")
    }
    return labels.map { [$0] }
  }
}
