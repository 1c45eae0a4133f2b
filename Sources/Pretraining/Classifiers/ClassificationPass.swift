import Datasets
import Platform
import Synchronization
import Tensors

/// A pass of a classifier over a set of images.
public struct ClassificationPass {
  /// What came of it.
  public struct Outcome: Sendable {
    /// The number of each row's image in the set.
    public let rows: [Int]
    /// The probabilities of the classes, row-major `[rows, classes]`.
    public let probabilities: [Float]
    /// Images that could not be read: path and reason.
    public let skipped: [(path: String, reason: String)]
  }

  private let classifier: Classifier
  private let team: LaneTeam
  private let lanes: [Lane]
  private let batchSize: Int
  private let maximumBad: Double
  private let loading: LoadingOptions

  /// Prepares a pass; `maximumBad` is the share of files that may be undecodable.
  public init(
    _ classifier: Classifier, team: LaneTeam, batchSize: Int = 128,
    maximumBad: Double = BadImages.defaultMaximumShare, loading: LoadingOptions = LoadingOptions()
  ) {
    self.classifier = classifier
    self.team = team
    self.batchSize = batchSize
    self.maximumBad = maximumBad
    self.loading = loading
    lanes = (0..<team.count).map { _ in Lane() }
  }

  /// Runs over all images of `source`, in their order; `progress` is told how many are done.
  ///
  /// - Throws: `Failure` when too many images are bad, none can be read, or probabilities are not finite.
  public func run(_ source: any ImageSource, progress: (_ done: Int) -> Void = { _ in }) throws(Failure)
    -> Outcome
  {
    let bad = try BadImages(in: source, maximumShare: maximumBad)
    let loader = EvaluationLoader(
      source: source, preprocessing: classifier.preprocessing,
      patchSize: classifier.encoder.configuration.patchSize, batchSize: batchSize, badImages: bad,
      options: loading)
    defer { loader.stop() }
    var rows: [Int] = []
    var probabilities: [Float] = []
    while let batch = try loader.next() {
      rows += batch.indices
      probabilities += self.probabilities(batch.patches)
      progress(rows.count)
    }
    guard !rows.isEmpty else {
      throw Failure("no image could be read", at: source.path, mend: "check the files")
    }
    guard probabilities.allSatisfy(\.isFinite) else {
      throw Failure(
        "probabilities that are not finite", at: source.path, mend: "check the weights: a run that diverged?")
    }
    return Outcome(
      rows: rows, probabilities: probabilities,
      skipped: bad.entries.map { (source.location(of: $0.index), $0.reason) })
  }

  /// [B, L, P·P·C] → [B·K], the batch split over the lanes.
  private func probabilities(_ patches: Tensor) -> [Float] {
    let parts = Mutex([[Float]](repeating: [], count: team.count))
    team.run { [classifier, team, lanes] lane in
      let range = LaneTeam.range(of: lane, lanes: team.count, total: patches.shape[0])
      guard !range.isEmpty else { return }
      let found = classifier.probabilities(patches.slice(range), lanes[lane].tape(.evaluating)).values.map {
        Float($0)
      }
      parts.withLock { $0[lane] = found }
    }
    return parts.withLock { $0.flatMap { $0 } }
  }
}
