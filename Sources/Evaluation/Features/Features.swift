import Platform

/// A matrix of features, one row an image, with the images' classes where they are known.
public struct Features: Sendable {
  /// Number of rows.
  public let count: Int
  /// Number of features a row.
  public let width: Int
  /// The features, row-major `[count, width]`, all finite.
  public let values: [Float]
  /// Class index of each row, into `classNames`; empty when the rows are unlabelled.
  public let labels: [Int]
  /// Where an image may have several classes, those of each row, ascending; `labels` is empty then.
  public let labelSets: [[Int]]?
  /// Names of the classes, all different. A class may have no row.
  public let classNames: [String]
  /// Where the features come from, for messages: a path or a phrase such as `train images`.
  public let origin: String

  /// Checks and holds a feature matrix.
  ///
  /// - Parameters:
  ///   - values: row-major `[count, width]`.
  ///   - labels: one class index a row, or empty.
  ///   - origin: what messages call these features.
  /// - Throws: `Failure` when there is no row or no column, sizes disagree, a value is not finite, a label
  ///   has no class name, or a class name occurs twice.
  public init(
    count: Int, width: Int, values: [Float], labels: [Int] = [], labelSets: [[Int]]? = nil,
    classNames: [String] = [], origin: String
  ) throws(Failure) {
    guard count > 0, width > 0 else {
      throw Failure(
        "the feature matrix is empty (\(count) rows of \(width))", at: origin,
        mend: "give at least one image")
    }
    let size = count.multipliedReportingOverflow(by: width)
    guard !size.overflow, size.partialValue == values.count else {
      throw Failure(
        "\(values.count) values do not fill \(count) rows of \(width)", at: origin,
        mend: "give count × width values")
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw Failure(
        "feature \(index % width) of row \(index / width) is \(values[index])", at: origin,
        mend: "check the weights (a diverged run gives NaN) and the image of that row")
    }
    guard labels.isEmpty || labels.count == count, labelSets == nil || labelSets?.count == count else {
      throw Failure(
        "\(labelSets?.count ?? labels.count) labels for \(count) rows", at: origin,
        mend: "give one label a row, or none")
    }
    let sets = labelSets ?? labels.map { [$0] }
    if let row = sets.firstIndex(where: { !$0.allSatisfy(classNames.indices.contains) }) {
      throw Failure(
        "label \(sets[row]) of row \(row) has no name among \(classNames.count) classes", at: origin,
        mend: "labels are indices into the class names, from 0")
    }
    var seen = Set<String>()
    if let name = classNames.first(where: { !seen.insert($0).inserted }) {
      throw Failure("two classes are named “\(name)”", at: origin, mend: "give each class its own name")
    }
    self.count = count
    self.width = width
    self.values = values
    self.labels = labelSets == nil ? labels : []
    self.labelSets = labelSets
    self.classNames = classNames
    self.origin = origin
  }
}

extension Features {
  /// Refuses a test set of another width.
  ///
  /// - Throws: `Failure` when these train features have another.
  func requireWidth(of test: Features) throws(Failure) {
    guard width == test.width else {
      throw Failure(
        "train features have width \(width), test features \(test.width)", at: test.origin,
        mend: "extract both with the same weights and the same pooling")
    }
  }
}
