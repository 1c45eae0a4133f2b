import Datasets
import Platform

/// The classes of the rows of a set, which are known before its features are.
public struct RowLabels: Sendable, Equatable {
  /// Class index of each row, into `classNames`, −1 for a row without a class; empty when no row has one.
  public let labels: [Int]
  /// Where an image may have several classes, those of each row, ascending; `labels` is empty then.
  public let labelSets: [[Int]]?
  /// Names of the classes, all different. A class may have no row.
  public let classNames: [String]
  /// Where the rows come from, for messages.
  public let origin: String
  /// Where the first row without a class comes from, where others have one.
  let firstUnlabelled: String?

  /// Checks and holds the classes of rows.
  ///
  /// - Throws: `Failure` when a label has no class name, or a class name occurs twice.
  public init(
    labels: [Int] = [], labelSets: [[Int]]? = nil, classNames: [String] = [], origin: String
  ) throws(Failure) {
    let row = labels.firstIndex(of: -1)
    try self.init(
      labels: labels, labelSets: labelSets, classNames: classNames, origin: origin,
      firstUnlabelled: row.map { "row \($0)" })
  }

  /// The classes of all images of a set.
  ///
  /// - Throws: `Failure` when a class name occurs twice.
  public init(of source: any ImageSource) throws(Failure) {
    try self.init(of: source, rows: Array(0..<source.count), origin: source.path)
  }

  /// The classes of some images of a set.
  init(of source: any ImageSource, rows: [Int], origin: String) throws(Failure) {
    let labels = source.hasLabelSets ? [] : rows.map { source.label(of: $0) ?? -1 }
    let row = labels.firstIndex(of: -1)
    try self.init(
      labels: labels, labelSets: source.hasLabelSets ? rows.map { source.labels(of: $0) } : nil,
      classNames: source.classNames, origin: origin,
      firstUnlabelled: row.map { source.location(of: rows[$0]) })
  }

  private init(
    labels: [Int], labelSets: [[Int]]?, classNames: [String], origin: String, firstUnlabelled: String?
  ) throws(Failure) {
    let isValid = { (label: Int) in classNames.indices.contains(label) }
    let wrong =
      labelSets.map { $0.firstIndex { !$0.allSatisfy(isValid) } }
      ?? labels.firstIndex { $0 != -1 && !isValid($0) }
    if let wrong {
      throw Failure(
        "label \(labelSets?[wrong] ?? [labels[wrong]]) of row \(wrong) has no name among "
          + "\(classNames.count) classes",
        at: origin, mend: "labels are indices into the class names, from 0; −1 for a row without")
    }
    var seen = Set<String>()
    if let name = classNames.first(where: { !seen.insert($0).inserted }) {
      throw Failure("two classes are named “\(name)”", at: origin, mend: "give each class its own name")
    }
    let isLabelled = labelSets == nil && labels.contains { $0 != -1 }
    self.labels = isLabelled ? labels : []
    self.labelSets = labelSets
    self.classNames = classNames
    self.origin = origin
    self.firstUnlabelled = isLabelled ? firstUnlabelled : nil
  }

  private init(_ rows: [Int], of other: RowLabels) {
    labels = other.labels.isEmpty ? [] : rows.map { other.labels[$0] }
    labelSets = other.labelSets.map { sets in rows.map { sets[$0] } }
    classNames = other.classNames
    origin = other.origin
    firstUnlabelled = nil
  }

  /// Rows without a class, where others have one.
  public var unlabelledCount: Int { firstUnlabelled == nil ? 0 : labels.count { $0 == -1 } }

  /// How many rows have no class and which is the first, where others have one.
  package var unlabelledNote: String? {
    firstUnlabelled.map { "\(unlabelledCount) of \(labels.count) images have no class, such as \($0)" }
  }

  /// The rows that have a class, ascending; nil where all have, or none has.
  public var labelledRows: [Int]? {
    firstUnlabelled == nil ? nil : labels.indices.filter { labels[$0] != -1 }
  }

  /// The classes of some rows, each of which has one.
  func gathered(_ rows: [Int]) -> RowLabels { RowLabels(rows, of: self) }

  /// The same without the rows that have no class, where others have one.
  var labelled: RowLabels { labelledRows.map { gathered($0) } ?? self }
}
