import Platform

/// The classes of the sets of a task, without the rows that have none: what can be checked before features are computed.
public struct TaskLabels: Sendable {
  /// What is learned from.
  public let train: RowLabels
  /// What is measured on; nil where one set is all there is.
  public let test: RowLabels?
  /// Whether images and an encoder stand behind the features, so that there can be others of the same images.
  public let hasImages: Bool
  /// What scores leave out or count as wrong, a sentence each.
  public let notes: [String]

  /// The classes of two sets, or of one.
  public init(train: RowLabels, test: RowLabels?, hasImages: Bool) {
    self.train = train.labelled
    self.test = test?.labelled
    self.hasImages = hasImages
    let unlabelled = [("train", train.unlabelledNote), ("test", test?.unlabelledNote)].compactMap {
      set, note in
      note.map { "\(set): \($0); left out" }
    }
    notes = unlabelled + [Self.unknownNote(self.train, self.test)].compactMap { $0 }
  }

  /// What an evaluator that learns nothing is measured on.
  public var measured: RowLabels { test ?? train }

  /// How many test rows are of classes that train lacks, and which.
  private static func unknownNote(_ train: RowLabels, _ test: RowLabels?) -> String? {
    guard let test else { return nil }
    if train.labelSets != nil || test.labelSets != nil {
      guard let labels = try? MultiLabelTask(train: train, test: test), !labels.unknownClassNames.isEmpty
      else { return nil }
      return
        "test images are of \(ClassificationTask.listed(labels.unknownClassNames)) that train lacks: left out"
    }
    guard let labels = try? ClassificationTask(train: train, test: test), labels.unknownCount > 0 else {
      return nil
    }
    return labels.unknownNote
  }
}
