import Evaluation
import Foundation
import Platform
import Testing

@Suite struct MultiLabelTests {
  /// Values from scikit-learn; see `Scripts/golden/multi_label.py`.
  private struct Values: Decodable {
    struct Fit: Decodable {
      let l2: Double
      let objective: Double
      let weights: [Double]
      let intercepts: [Double]
      let averagePrecisions: [Double]
      let meanAveragePrecision: Double
      let microF1: Double
      let macroF1: Double
    }
    struct Case: Decodable {
      let scores: [Float]
      let positives: [Bool]
      let value: Double
    }
    let width: Int
    let classCount: Int
    let train: [Float]
    let test: [Float]
    let labels: [[Int]]
    let testLabels: [[Int]]
    let fits: [Fit]
    let averagePrecisions: [Case]

    var names: [String] { (0..<classCount).map { "class \($0)" } }

    func task() throws -> EvaluationTask {
      func features(_ values: [Float], _ sets: [[Int]]) throws -> Features {
        try Features(
          count: sets.count, width: width, values: values, labelSets: sets, classNames: names,
          origin: "golden")
      }
      return EvaluationTask(train: try features(train, labels), test: try features(test, testLabels))
    }
  }

  private let golden: Values

  init() throws {
    let url = try #require(
      Bundle.module.url(forResource: "multi-label", withExtension: "json", subdirectory: "Golden"))
    golden = try JSONDecoder().decode(Values.self, from: Data(contentsOf: url))
  }

  private func features(_ sets: [[String]], names: [String], origin: String = "set") throws -> Features {
    var noise = Noise(seed: 4)
    let labels = sets.map { $0.compactMap { names.firstIndex(of: $0) } }
    let values = labels.flatMap { set in
      names.indices.map { (set.contains($0) ? 1 : 0) + 0.2 * (noise.next() - 0.5) }
    }
    return try Features(
      count: sets.count, width: names.count, values: values, labelSets: labels, classNames: names,
      origin: origin)
  }

  private func problem(_ train: Features, _ test: Features) -> Failure? {
    do throws(Failure) {
      _ = try MultiLabelProbe.evaluate(
        EvaluationTask(train: train, test: test), options: .init(), threads: 1)
      return nil
    } catch {
      return error
    }
  }

  @Test func averagePrecisionAgreesWithScikitLearn() {
    #expect(golden.averagePrecisions.count == 15)
    for value in golden.averagePrecisions {
      let found = AveragePrecision.of(scores: value.scores, positives: value.positives) ?? .nan
      #expect(abs(found - value.value) <= 1e-12)
    }
    #expect(AveragePrecision.of(scores: [1, 2], positives: [false, false]) == nil)
    #expect(AveragePrecision.of(scores: [], positives: []) == nil)
  }

  @Test(arguments: [0, 1, 2]) func fitsAgreeWithScikitLearn(_ index: Int) throws {
    let fit = golden.fits[index]
    let task = try golden.task()
    let standardizer = Standardizer(values: golden.train, count: golden.labels.count, width: golden.width)
    let values = standardizer.apply(to: golden.train)
    let positives = (0..<golden.classCount).flatMap { label in golden.labels.map { $0.contains(label) } }
    let objective = SigmoidObjective(
      values: values, positives: positives, width: golden.width, classCount: golden.classCount, l2: fit.l2)
    let bound = CurvatureBound(
      values: values, width: golden.width, classCount: golden.classCount,
      curvature: SigmoidObjective.curvature, threads: 1)
    let model = LogisticRegression.fit(objective, bound: bound, start: nil, method: LimitedMemoryBFGS())
    #expect(model.converged)
    #expect(abs(model.objective - fit.objective) <= 1e-7 * fit.objective)
    // The fit stops at a finite gradient, as the softmax one does.
    #expect(largestDifference(model.weights, fit.weights) <= 2e-4)
    #expect(largestDifference(model.intercepts, fit.intercepts) <= 2e-4)

    var options = LinearProbeOptions()
    options.l2 = [fit.l2]
    let result = try MultiLabelProbe.evaluate(task, options: options, threads: 2)
    // The orders of the scores are the same, and everything else follows from them.
    #expect(abs(result.baseline - fit.meanAveragePrecision) <= 1e-12)
    #expect(
      largestDifference(result.scores.classes.compactMap(\.averagePrecision), fit.averagePrecisions) <= 1e-12)
    #expect(abs(result.scores.microF1 - fit.microF1) <= 1e-12)
    #expect(abs(result.scores.macroF1 - fit.macroF1) <= 1e-12)
    #expect(result.measures.map(\.name) == ["mAP", "micro F1", "macro F1"] && result.candidates.isEmpty)
  }

  /// The definition, row by row in Float64.
  @Test(arguments: [(1, 1, 1), (255, 5, 2), (1300, 33, 17)])
  func theObjectiveAgreesWithItsDefinition(_ count: Int, _ width: Int, _ classes: Int) throws {
    let features = try clusters(count: count, width: width, classes: 1, seed: 3)
    var noise = Noise(seed: 8)
    let positives = (0..<count * classes).map { _ in noise.next() < 0.3 }
    let objective = SigmoidObjective(
      values: features.values, positives: positives, width: width, classCount: classes, l2: 0.05, threads: 3)
    let point = (0..<objective.parameterCount).map { _ in 2 * Double(noise.next()) - 1 }
    let (value, gradient) = objective.evaluate(at: point)
    var exact = 0.025 * point[..<(classes * width)].reduce(0) { $0 + $1 * $1 }
    var slope = point.enumerated().map { $0 < classes * width ? 0.05 * $1 : 0 }
    for label in 0..<classes {
      for row in 0..<count {
        let x = (0..<width).map { Double(features.values[row * width + $0]) }
        let z = (0..<width).reduce(point[classes * width + label]) { $0 + point[label * width + $1] * x[$1] }
        let p = 1 / (1 + exp(-z))
        let target = positives[label * count + row]
        exact -= log(target ? p : 1 - p) / Double(count)
        let residual = (p - (target ? 1 : 0)) / Double(count)
        slope[classes * width + label] += residual
        for column in 0..<width { slope[label * width + column] += residual * x[column] }
      }
    }
    // Float32 logits of size about 5: 3e-7 each, less in the mean.
    #expect(abs(value - exact) <= 1e-6 * max(1, exact))
    #expect(largestDifference(gradient, slope) <= 1e-6)
    let alone = SigmoidObjective(
      values: features.values, positives: positives, width: width, classCount: classes, l2: 0.05, threads: 1)
    #expect(alone.evaluate(at: point).gradient == gradient)
  }

  @Test func thePenaltyOfTheBestHeldOutPrecisionIsChosen() throws {
    let task = try golden.task()
    let result = try MultiLabelProbe.evaluate(task, options: .init(), threads: 2)
    let best = try #require(result.candidates.map(\.heldOutMeanAveragePrecision).max())
    #expect(result.candidates.contains { $0.heldOutMeanAveragePrecision == best && $0.l2 == result.l2 })
    #expect(result.choices == ["l2": .number(result.l2)])
    #expect(try MultiLabelProbe.evaluate(task, options: .init(), threads: 5) == result)
  }

  @Test func classesAreMatchedByName() throws {
    let train = try features(
      (0..<40).map { [["cat", "dog"], ["dog"], [], ["cat"]][$0 % 4] }, names: ["ant", "cat", "dog"])
    let base = try features(
      [["dog"], ["cow", "cat"], [], ["cat", "dog"]], names: ["dog", "cow", "cat"])
    // The columns of the test set in the order of the train set's.
    let values = (0..<4).flatMap { row -> [Float] in [0, base.values[3 * row + 2], base.values[3 * row]] }
    let test = try Features(
      count: 4, width: 3, values: values, labelSets: base.labelSets, classNames: base.classNames,
      origin: "test")
    let task = EvaluationTask(train: train, test: test)
    let result = try MultiLabelProbe.evaluate(task, options: .init(), threads: 1)
    #expect(result.scores.classes.map(\.name) == ["cat", "dog"] && result.unknownClassNames == ["cow"])
    #expect(result.scores.classes.map(\.trainRows) == [20, 20])
    #expect(result.scores.classes.map(\.testRows) == [2, 2])
    #expect(result.baseline == 1 && result.scores.microF1 == 1 && result.scores.macroF1 == 1)
    #expect(try MultiLabelProbe.chance(task) == 0.5)
    guard case .table(let name, let header, let rows)? = result.attachments.first else {
      Issue.record("no table")
      return
    }
    #expect(name == "classes" && header.count == 5)
    #expect(rows == [["cat", "20", "2", "1.0000", "1.0000"], ["dog", "20", "2", "1.0000", "1.0000"]])
  }

  @Test func aClassWithoutTestRowsHasNoScore() throws {
    let train = try features((0..<40).map { [["cat"], ["dog"], []][$0 % 3] }, names: ["cat", "dog"])
    let test = try features([["cat"], []], names: ["cat", "dog"])
    var options = LinearProbeOptions()
    options.l2 = [1e-3]
    let result = try MultiLabelProbe.evaluate(
      EvaluationTask(train: train, test: test), options: options, threads: 1)
    #expect(result.scores.classes[1].averagePrecision == nil && result.scores.classes[1].f1 == nil)
    #expect(result.baseline == 1 && result.scores.macroF1 == 1)
    #expect(try JSONEncoder().encode(result).count > 0)
  }

  @Test func oneLabelAnImageIsASetOfOne() throws {
    let train = try clusters(count: 120, width: 4, classes: 4, spread: 0.1, seed: 1)
    let result = try MultiLabelProbe.evaluate(
      EvaluationTask(train: train, test: train), options: .init(), threads: 2)
    #expect(result.baseline == 1 && result.scores.classes.count == 4)
  }

  @Test func unusableSetsAreRefused() throws {
    let sound = try features([["cat"], ["dog"], []], names: ["cat", "dog"])
    let empty = try features([[], []], names: ["cat", "dog"], origin: "empty")
    let other = try features([["cow"], []], names: ["cow", "ewe"], origin: "other")
    let unlabelled = try Features(count: 1, width: 2, values: [0, 0], origin: "none")
    #expect(problem(empty, sound)?.place == "empty")
    #expect(problem(sound, empty)?.place == "empty")
    #expect(problem(sound, other)?.problem.contains("train has “cat”, “dog”") == true)
    #expect(problem(sound, unlabelled)?.problem == "the images have no classes")
    #expect(
      problem(try features([["cat"]], names: ["cat", "dog", "cow"]), sound)?.problem.contains("width") == true
    )
  }

  /// Where every penalty ranks all rows right, one is taken that decides for the classes too.
  @Test func ofEqualPenaltiesTheMostLikelyIsTaken() throws {
    let sets = (0..<40).map { [["cat"], ["owl"], ["cat", "owl"], []][$0 % 4] }
    let set = try features(sets, names: ["cat", "owl"])
    let result = try MultiLabelProbe.evaluate(
      EvaluationTask(train: set, test: set), options: .init(), threads: 1)
    #expect(
      result.candidates.count > 1 && result.candidates.allSatisfy { $0.heldOutMeanAveragePrecision == 1 })
    #expect(result.scores.meanAveragePrecision == 1 && result.scores.microF1 == 1)
    #expect(result.l2 < result.candidates[0].l2)
  }
}
