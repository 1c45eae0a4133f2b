import Datasets
import Platform

/// The images that evaluators learn from and are measured on.
public struct EvaluationSets: Sendable {
  /// What is learned from.
  public let train: any ImageSource
  /// What is measured on; nil where one set is all there is.
  public let test: (any ImageSource)?

  /// Both, where there are two.
  public var all: [any ImageSource] { [train] + (test.map { [$0] } ?? []) }

  /// Takes sets that are open.
  public init(train: any ImageSource, test: (any ImageSource)?) {
    self.train = train
    self.test = test
  }

  /// What there may be to be measured on.
  public enum Measured: Sendable, Equatable {
    /// Images of their own at a path.
    case path(String)
    /// The share of each class of the train set that is held out, drawn by a seed.
    case heldOut(share: Double, seed: UInt64)
  }

  /// Opens sets.
  ///
  /// - Parameters:
  ///   - limit: how many images each set has at most, drawn at random, each class by its share.
  ///   - layout: how files make up images.
  ///   - maximumBad: the share of files that may be undecodable.
  /// - Throws: `Failure` when a path cannot be opened, or both sets are one.
  public static func open(
    train: String, measured: Measured?, limit: Int? = nil, layout: FileLayout = FileLayout(),
    maximumBad: Double = BadImages.defaultMaximumShare
  ) throws(Failure) -> EvaluationSets {
    func open(_ path: String, _ split: DatasetSplit) throws(Failure) -> any ImageSource {
      try ImageSources.open(
        path, options: SourceOptions(split: split, layout: layout, maximumBad: maximumBad))
    }
    let all = try open(train, .train)
    switch measured {
    case nil:
      return EvaluationSets(train: SubsetImages.limited(to: limit, of: all), test: nil)
    case .heldOut(let share, let seed):
      let split = try SubsetImages.split(all, holdingOut: share, seed: seed)
      return EvaluationSets(
        train: SubsetImages.limited(to: limit, of: split.kept),
        test: SubsetImages.limited(to: limit, of: split.heldOut))
    case .path(let path):
      let test = try open(path, .test)
      // Of one class alone the evaluators say that it is too few, which matters more.
      if all.classNames.count != 1 { try requireDistinct(train: all, test: test) }
      return EvaluationSets(
        train: SubsetImages.limited(to: limit, of: all), test: SubsetImages.limited(to: limit, of: test))
    }
  }

  /// The classes of both.
  ///
  /// - Throws: `Failure` for classes that cannot be told apart.
  public func labels() throws(Failure) -> TaskLabels {
    TaskLabels(
      train: try RowLabels(of: train),
      test: try test.map { (source) throws(Failure) in try RowLabels(of: source) }, hasImages: true)
  }
}
