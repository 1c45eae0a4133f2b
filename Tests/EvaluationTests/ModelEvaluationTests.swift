import Datasets
import Evaluation
import Foundation
import Imaging
import Platform
import Records
import Tensors
import Testing
import VisionTransformer

/// A weights file through evaluators, as a program that uses the library does it.
@Suite struct ModelEvaluationTests {
  private let preprocessing = Preprocessing(
    height: 4, width: 4, channels: 1, resizeShorterSide: 4, mean: [0.3], standardDeviation: [0.2])
  private let settings = FeatureSettings(lanes: 2, maximumBad: 1)
  private let sets = EvaluationSets(train: NoiseImages(count: 24), test: NoiseImages(count: 10, missing: [3]))

  private func withFile(_ body: (ModelFile) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vitrail-model-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var configuration = VisionTransformerConfiguration()
    (configuration.width, configuration.depth, configuration.headCount) = (12, 2, 3)
    (configuration.imageHeight, configuration.imageWidth, configuration.patchSize) = (4, 4, 2)
    configuration.channels = 1
    let url = folder.appendingPathComponent("model.safetensors")
    try VisionTransformer(configuration, parameters: ParameterStore(seed: 7)).write(
      to: url, preprocessing: preprocessing)
    try body(try ModelFile(contentsOf: url))
  }

  @Test func scoresAreThoseOfTheFeatures() throws {
    try withFile { file in
      let choice = try EvaluatorChoice(NearestNeighborVote.self, options: ["k": .array([.integer(3)])])
      var (notes, stages): ([String], Set<String>) = ([], [])
      let outcome = try ModelEvaluation(file, choices: [choice], settings: settings).run(
        sets, progress: { stage, _, _ in stages.insert(stage) }, note: { notes.append($0) })
      let scores = try #require(outcome.scores.first)
      #expect(outcome.scores.count == 1 && scores.evaluator == "knn" && outcome.failures.evaluators.isEmpty)
      #expect(Set(scores.baselines.keys) == ["pixels", "randomInit"])
      #expect(outcome.train.images == 24 && outcome.test?.images == 9)
      #expect(
        outcome.images.train.rows.count == 24 && outcome.images.test?.rows == [0, 1, 2] + Array(4..<10))
      #expect(notes == ["skipped 1 bad images in noise, such as noise#3: gone"])
      #expect(stages.contains("encoding 24 train images") && stages.contains("encoding 10 test images"))

      // By hand: the features of the same encoder, and the evaluator alone.
      let extraction = settings.extraction([.init(name: "own", model: try file.makeModel())], preprocessing)
      func features(_ source: (any ImageSource)?) throws -> Features {
        let found = try extraction.run(#require(source))
        return try #require(found.features["own"])
      }
      let (train, test) = (try features(sets.train), try features(sets.test))
      let task = EvaluationTask(train: train, test: test)
      let wanted = try choice.measure(task)
      #expect(scores.result.measures.map(\.value) == wanted.result.measures.map(\.value))
      #expect(scores.chance == wanted.chance)
      #expect(try choice.evaluate(task).score == wanted.result.score)
      #expect(outcome.directions == (try UsedDirections(task)))
    }
  }

  /// Another preprocessing is another encoder; the same file once more is the same.
  @Test func identitiesTellEncodersApart() throws {
    try withFile { file in
      let choices = [try EvaluatorChoice(NearestClassMean.self)]
      func identity(_ preprocessing: Preprocessing? = nil) throws -> EvaluationIdentity {
        try ModelEvaluation(
          file, choices: choices, includesBaselines: false, settings: settings, preprocessing: preprocessing
        ).run(sets).identity
      }
      let darker = Preprocessing(
        height: 4, width: 4, channels: 1, resizeShorterSide: 4, mean: [0.4], standardDeviation: [0.2])
      let (own, again, other) = (try identity(), try identity(), try identity(darker))
      #expect(again == own)
      #expect(other.encoder != own.encoder && other.data == own.data)
    }
  }

  /// What fails is kept for the end, and the others' scores are there; where all fail, that is thrown.
  @Test func oneFailureLeavesTheOthers() throws {
    try withFile { file in
      let wild = try EvaluatorChoice(
        LinearSGD.self,
        options: ["learningRates": .array([.number(1e300)]), "iterations": .integer(20)])
      let sound = try EvaluatorChoice(NearestClassMean.self)
      func run(_ choices: [EvaluatorChoice]) throws -> ModelEvaluation.Outcome {
        try ModelEvaluation(file, choices: choices, includesBaselines: false, settings: settings).run(sets)
      }
      let outcome = try run([wild, sound])
      #expect(outcome.scores.map(\.evaluator) == ["centroid"])
      #expect(outcome.failures.evaluators == ["linearSGD"])
      #expect(throws: Failure.self) { try outcome.failures.end { _ in } }
      #expect(throws: Failure.self) { try run([wild]) }
    }
  }

  @Test func whatCannotScoreIsLeftOutOrRefused() throws {
    let labels = try EvaluationSets(train: NoiseImages(count: 4), test: nil).labels()
    var notes: [String] = []
    let among = [
      try EvaluatorChoice(LinearProbe.self, isRequired: false),
      try EvaluatorChoice(NearestNeighborVote.self, isRequired: false),
    ]
    let usable = try among.checked(labels) { notes.append($0) }
    #expect(usable.map { $0.evaluator.name } == ["knn"])
    #expect(notes.first?.hasPrefix("left out linear: ") == true)
    #expect(throws: Failure.self) { try [EvaluatorChoice(LinearProbe.self)].checked(labels) { _ in } }
    #expect(throws: Failure.self) {
      try EvaluatorChoice(NearestNeighborVote.self, options: ["kk": .integer(1)])
    }
  }
}
