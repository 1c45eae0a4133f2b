import Datasets
import Evaluation
import Foundation
import Imaging
import Platform
import Tensors
import VisionTransformer

/// One encoder through the chosen evaluators: one pass over the images for all of them.
struct ModelEvaluation {
  /// What came of it.
  struct Outcome {
    let scores: [Scores]
    /// What evaluators could not do.
    let failures: EvaluatorFailures
    let directions: UsedDirections
    let identity: EvaluationIdentity
    let train: EvaluationReport.SetSummary
    let test: EvaluationReport.SetSummary?
    let images: (train: EvaluationFiles.RowImages, test: EvaluationFiles.RowImages?)
    let imagesPerSecond: Double?
  }

  private let chosen: [EvaluatorChoices.Chosen]
  private let readouts: [[FeatureReadout]]
  private let extraction: FeatureExtraction
  private let encoder: VisionTransformer
  private let includesBaselines: Bool
  private let decoding: DecodeOptions
  private let line: ProgressLine

  private static let modelName = "model"
  private static let untrainedName = "randomInit"

  /// Prepares the pass; `preprocessing` takes the place of the file's.
  init(
    _ file: ModelFile, chosen: [EvaluatorChoices.Chosen], includesBaselines: Bool,
    features: FeatureArguments, preprocessing: Preprocessing? = nil, line: ProgressLine
  ) throws(Failure) {
    let readouts = chosen.map { $0.readouts(of: file.configuration) }
    let all = readouts.flatMap { $0 }
    encoder = try file.makeModel()
    var encoders = [FeatureExtraction.Encoder(name: Self.modelName, model: encoder, readouts: all)]
    if includesBaselines {
      let untrained = try VisionTransformer(file.configuration, parameters: ParameterStore(seed: 0))
      encoders.append(.init(name: Self.untrainedName, model: untrained, readouts: all))
    }
    extraction = features.extraction(
      encoders, preprocessing ?? file.preprocessing, includesPixels: includesBaselines)
    decoding = features.decoding.options
    self.chosen = chosen
    self.readouts = readouts
    self.includesBaselines = includesBaselines
    self.line = line
  }

  /// Extracts features and measures; an evaluator that fails leaves the others' scores as they are.
  ///
  /// - Throws: `Failure` when the images cannot be read, or no evaluator gave a score.
  func run(train: any ImageSource, test: (any ImageSource)?) throws(Failure) -> Outcome {
    let trainSets = try pass(train, "train")
    let testSets = try test.map { (source) throws(Failure) in try pass(source, "test") }
    var scores: [Scores] = []
    var failures = EvaluatorFailures()
    for (choice, readouts) in zip(chosen, readouts) {
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
        scores.append(try choice.measure(own, baselines: baselines) { line.show($0, $1) })
      }
    }
    guard !scores.isEmpty else {
      try failures.end(line)
      preconditionFailure("at least one evaluator is chosen")
    }
    let own = task(Self.modelName, train, trainSets, testSets, [])
    func images(_ source: any ImageSource, _ sets: FeatureExtraction.Sets) -> EvaluationFiles.RowImages {
      // Rows of results are those that have a class, where any has.
      let labelled = features(Self.modelName, sets).rowLabels.labelledRows
      return .init(
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

  private func pass(_ source: any ImageSource, _ name: String) throws(Failure) -> FeatureExtraction.Sets {
    let sets = try extraction.run(source) { stage, fraction, rate in
      line.show("\(stage) \(source.count) \(name) images", fraction, rate: rate)
    }
    if let first = sets.skipped.first {
      line.say(
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

extension EvaluatorChoices.Chosen {
  /// Runs the evaluator with the options that were set.
  func measure(
    _ task: EvaluationTask, baselines: [String: EvaluationTask] = [:], progress: ProgressHandler
  ) throws(Failure) -> Scores {
    func measure<E: Evaluator>(_: E.Type) throws(Failure) -> Scores {
      try Scores.measure(
        E.self, task, baselines: baselines, options: selection.options(of: E.self),
        progress: progress)
    }
    return try measure(evaluator)
  }
}
