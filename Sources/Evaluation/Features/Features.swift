import Platform

/// A matrix of features, one row an image, with the images' classes where they are known.
public struct Features: Sendable {
  /// Number of rows.
  public let count: Int
  /// Number of features a row.
  public let width: Int
  /// The features, row-major `[count, width]`, all finite.
  public let values: [Float]
  /// The classes of the rows, and where they come from.
  public let rowLabels: RowLabels

  /// Class index of each row, into `classNames`, −1 for a row without a class; empty when no row has one.
  public var labels: [Int] { rowLabels.labels }
  /// Where an image may have several classes, those of each row, ascending; `labels` is empty then.
  public var labelSets: [[Int]]? { rowLabels.labelSets }
  /// Names of the classes, all different. A class may have no row.
  public var classNames: [String] { rowLabels.classNames }
  /// Where the features come from, for messages: a path or a phrase such as `train images`.
  public var origin: String { rowLabels.origin }

  /// Checks and holds a feature matrix.
  ///
  /// - Parameters:
  ///   - values: row-major `[count, width]`.
  ///   - labels: one class index a row, −1 for a row without a class; or empty.
  ///   - origin: what messages call these features.
  /// - Throws: `Failure` when there is no row or no column, sizes disagree, a value is not finite, a label
  ///   has no class name, or a class name occurs twice.
  public init(
    count: Int, width: Int, values: [Float], labels: [Int] = [], labelSets: [[Int]]? = nil,
    classNames: [String] = [], origin: String
  ) throws(Failure) {
    let rowLabels = try RowLabels(
      labels: labelSets == nil ? labels : [], labelSets: labelSets, classNames: classNames, origin: origin)
    guard labels.isEmpty || labels.count == count else {
      throw Self.wrongNumber(of: labels.count, count, origin)
    }
    try self.init(count: count, width: width, values: values, rowLabels: rowLabels)
  }

  /// Checks and holds a feature matrix whose classes are known.
  ///
  /// - Throws: `Failure` when there is no row or no column, sizes disagree, or a value is not finite.
  init(count: Int, width: Int, values: [Float], rowLabels: RowLabels) throws(Failure) {
    let origin = rowLabels.origin
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
    let labels = rowLabels.labelSets?.count ?? rowLabels.labels.count
    guard labels == count || (labels == 0 && rowLabels.labelSets == nil) else {
      throw Self.wrongNumber(of: labels, count, origin)
    }
    self.count = count
    self.width = width
    self.values = values
    self.rowLabels = rowLabels
  }

  private static func wrongNumber(of labels: Int, _ count: Int, _ origin: String) -> Failure {
    Failure("\(labels) labels for \(count) rows", at: origin, mend: "give one label a row, or none")
  }

  /// Some rows of a matrix that was checked.
  private init(_ rows: [Int], of other: Features) {
    count = rows.count
    width = other.width
    values = gatheredRows(rows, of: other.values, width: other.width)
    rowLabels = other.rowLabels.gathered(rows)
  }

  /// Some rows, at least one, each of which has a class where any row has.
  func gathered(_ rows: [Int]) -> Features { Features(rows, of: self) }

  /// The same without the rows that have no class, where others have one.
  public var labelled: Features { rowLabels.labelledRows.map { gathered($0) } ?? self }
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
