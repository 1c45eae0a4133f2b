import Datasets
import Foundation
import Imaging
import Platform
import Records
import Tensors
import VisionTransformer

/// One encoder through chosen evaluators: one pass over the images for all of them, and for the baselines.
public struct ModelEvaluation: Sendable {
  /// What came of it.
  public struct Outcome: Sendable {
    /// What each evaluator measured that did not fail.
    public let scores: [Scores]
    /// What evaluators could not do.
    public let failures: EvaluatorFailures
    /// How many directions the features fill.
    public let directions: UsedDirections
    /// What the scores belong to.
    public let identity: EvaluationIdentity
    /// The size of the train set.
    public let train: EvaluationReport.SetSummary
    /// The size of the test set, where there is one.
    public let test: EvaluationReport.SetSummary?
    /// Where the images of rows are, for pictures of them.
    public let images: (train: RowImages, test: RowImages?)
    /// Images of the train set a second; nil where all its features were kept from before.
    public let imagesPerSecond: Double?

    /// The report; `weights` names the encoder.
    public func report(weights: String) -> EvaluationReport {
      EvaluationReport(
        weights: weights, train: train, test: test, scores: scores, identity: identity, directions: directions
      )
    }
  }

  private let choices: [EvaluatorChoice]
  private let readouts: [[FeatureReadout]]
  private let extraction: FeatureExtraction
  private let encoder: VisionTransformer
  private let includesBaselines: Bool
  private let decoding: DecodeOptions

  private static let modelName = "model"
  private static let untrainedName = "randomInit"

  /// Prepares the pass.
  ///
  /// - Parameters:
  ///   - file: the encoder, and how its images are prepared.
  ///   - includesBaselines: whether raw pixels and an encoder of random weights are scored too.
  ///   - preprocessing: takes the place of the file's.
  /// - Throws: `Failure` when the file holds no such encoder.
  public init(
    _ file: ModelFile, choices: [EvaluatorChoice], includesBaselines: Bool = true,
    settings: FeatureSettings = FeatureSettings(), preprocessing: Preprocessing? = nil
  ) throws(Failure) {
    precondition(!choices.isEmpty, "ModelEvaluation: no evaluator")
    let readouts = choices.map { $0.readouts(of: file.configuration) }
    let all = readouts.flatMap { $0 }
    encoder = try file.makeModel()
    var encoders = [FeatureExtraction.Encoder(name: Self.modelName, model: encoder, readouts: all)]
    if includesBaselines {
      let untrained = try VisionTransformer(file.configuration, parameters: ParameterStore(seed: 0))
      encoders.append(.init(name: Self.untrainedName, model: untrained, readouts: all))
    }
    extraction = settings.extraction(
      encoders, preprocessing ?? file.preprocessing, includesPixels: includesBaselines)
    var decoding = settings.decoding
    decoding.range = extraction.preprocessing.range
    decoding.usesWindow = extraction.preprocessing.usesWindow
    self.decoding = decoding
    self.choices = choices
    self.readouts = readouts
    self.includesBaselines = includesBaselines
  }

  /// Extracts features and measures; an evaluator that fails leaves the others' scores as they are.
  ///
  /// - Parameter note: told what happened by the way, a sentence each.
  /// - Throws: `Failure` when the images cannot be read, or no evaluator gave a score.
  public func run(
    _ sets: EvaluationSets, progress: FeatureExtraction.Progress = { _, _, _ in },
    note: (String) -> Void = { _ in }
  ) throws(Failure) -> Outcome {
    let (train, test) = (sets.train, sets.test)
    let trainSets = try pass(train, "train", progress, note)
    let testSets = try test.map { (source) throws(Failure) in try pass(source, "test", progress, note) }
    var scores: [Scores] = []
    var failures = EvaluatorFailures()
    for (choice, readouts) in zip(choices, readouts) {
      var baselines: [String: EvaluationTask] = [:]
      if includesBaselines {
        baselines[Self.untrainedName] = task(Self.untrainedName, train, trainSets, testSets, readouts)
        if readouts.isEmpty {
          baselines[FeatureExtraction.pixelsName] = EvaluationTask(
            train: features(FeatureExtraction.pixelsName, trainSets),
            test: testSets.map { features(FeatureExtraction.pixelsName, $0) })
        }
      }
      let own = task(Self.modelName, train, trainSets, testSets, readouts)
      failures.collect(choice.evaluator.name) { () throws(Failure) in
        scores.append(try choice.measure(own, baselines: baselines) { progress($0, $1, nil) })
      }
    }
    guard !scores.isEmpty else {
      try failures.end(note)
      preconditionFailure("at least one evaluator is chosen")
    }
    let own = task(Self.modelName, train, trainSets, testSets, [])
    func images(_ source: any ImageSource, _ sets: FeatureExtraction.Sets) -> RowImages {
      // Rows of results are those that have a class, where any has.
      let labelled = features(Self.modelName, sets).rowLabels.labelledRows
      return RowImages(
        source: source, rows: labelled.map { $0.map { sets.rows[$0] } } ?? sets.rows, decoding: decoding)
    }
    return Outcome(
      scores: scores, failures: failures, directions: try UsedDirections(own),
      identity: EvaluationIdentity(
        encoder, extraction, train: (train, trainSets),
        test: test.flatMap { source in testSets.map { (source, $0) } }),
      train: .init(features(Self.modelName, trainSets), passedOver: train.passedOver),
      test: testSets.map { .init(features(Self.modelName, $0), passedOver: test?.passedOver) },
      images: (
        images(train, trainSets),
        test.flatMap { source in testSets.map { images(source, $0) } }
      ), imagesPerSecond: trainSets.imagesPerSecond)
  }

  private func pass(
    _ source: any ImageSource, _ name: String, _ progress: FeatureExtraction.Progress,
    _ note: (String) -> Void
  ) throws(Failure) -> FeatureExtraction.Sets {
    let sets = try extraction.run(source) { stage, fraction, rate in
      progress("\(stage) \(source.count) \(name) images", fraction, rate)
    }
    if let first = sets.skipped.first {
      note(
        "skipped \(sets.skipped.count) bad images in \(source.path), such as \(first.path): \(first.reason)")
    }
    return sets
  }

  /// The features of an encoder; augmented ones are computed when they are asked for.
  private func task(
    _ name: String, _ source: any ImageSource, _ train: FeatureExtraction.Sets,
    _ test: FeatureExtraction.Sets?, _ readouts: [FeatureReadout]
  ) -> EvaluationTask {
    var places: [FeatureReadout: EvaluationTask.Sets] = [:]
    for readout in readouts {
      if let found = train.readouts[name]?[readout] {
        places[readout] = (found, test?.readouts[name]?[readout])
      }
    }
    return EvaluationTask(
      train: features(name, train), test: test.map { features(name, $0) }, readouts: places
    ) { [extraction] (pass, readouts, progress) throws(Failure) in
      try extraction.augmented(source, as: train, encoder: name, pass: pass, readouts: readouts) {
        stage, fraction, rate in
        let speed = rate.map { String(format: " %.0f img/s", $0) } ?? ""
        progress("\(stage) augmented pass \(pass)\(speed)", fraction)
      }
    }
  }

  private func features(_ name: String, _ sets: FeatureExtraction.Sets) -> Features {
    guard let features = sets.features[name] else {
      preconditionFailure("features of \(name) were extracted")
    }
    return features
  }
}
