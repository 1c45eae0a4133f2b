import Evaluation
import Platform
import Testing

@Suite struct LinearProbeTests {
  private func relabelled(_ features: Features, _ label: (Int) -> Int) throws -> Features {
    try Features(
      count: features.count, width: features.width, values: features.values,
      labels: features.labels.indices.map(label), classNames: features.classNames, origin: features.origin)
  }

  @Test func agreesWithScikitLearnAtOnePenalty() throws {
    let golden = try Golden.load()
    let names = ["a", "b", "c", "d"]
    let train = try Features(
      count: golden.labels.count, width: golden.width, values: golden.train, labels: golden.labels,
      classNames: names, origin: "train")
    let test = try Features(
      count: golden.testLabels.count, width: golden.width, values: golden.test, labels: golden.testLabels,
      classNames: names, origin: "test")
    for fit in golden.fits {
      var options = LinearProbeOptions()
      options.l2 = [fit.l2]
      let result = try LinearProbe.evaluate(
        EvaluationTask(train: train, test: test), options: options, threads: 2)
      let right = zip(try #require(fit.predictions), golden.testLabels).count { $0 == $1 }
      #expect(result.top1 == Double(right) / Double(golden.testLabels.count))
      #expect(result.top5 == 1)
      #expect(result.l2 == fit.l2)
      #expect(result.candidates.isEmpty)
    }
  }

  @Test func testLabelsDecideNothing() throws {
    let train = try clusters(count: 600, width: 8, classes: 6, seed: 1)
    let test = try clusters(count: 120, width: 8, classes: 6, seed: 2)
    let shuffled = try relabelled(test) { test.labels[($0 * 7 + 3) % test.count] }
    let first = try LinearProbe.evaluate(
      EvaluationTask(train: train, test: test), options: .init(), threads: 2)
    let second = try LinearProbe.evaluate(
      EvaluationTask(train: train, test: shuffled), options: .init(), threads: 2)
    #expect(first.l2 == second.l2)
    #expect(first.candidates == second.candidates)
    #expect(first.iterations == second.iterations)
    #expect(first.top1 != second.top1)
  }

  @Test func threadsDoNotMatter() throws {
    let train = try clusters(count: 3000, width: 9, classes: 7, seed: 1)
    let test = try clusters(count: 500, width: 9, classes: 7, seed: 2)
    let one = try LinearProbe.evaluate(EvaluationTask(train: train, test: test), options: .init(), threads: 1)
    let five = try LinearProbe.evaluate(
      EvaluationTask(train: train, test: test), options: .init(), threads: 5)
    #expect(one == five)
  }

  @Test func choosesThePenaltyThatHeldOutRowsPrefer() throws {
    let train = try clusters(count: 300, width: 60, classes: 5, seed: 1)
    let result = try LinearProbe.evaluate(
      EvaluationTask(train: train, test: train), options: .init(), threads: 2)
    let best = try #require(result.candidates.map(\.heldOutAccuracy).max())
    #expect(result.candidates.first { $0.heldOutAccuracy == best }?.l2 == result.l2)
    #expect(result.candidates.map(\.l2) == result.candidates.map(\.l2).sorted(by: >))
    #expect(result.top5 == 1)
    #expect(result.top1 > 0.5)
  }

  @Test func topFiveCountsTheFiveBest() throws {
    let train = try clusters(count: 400, width: 4, classes: 20, seed: 1)
    let result = try LinearProbe.evaluate(
      EvaluationTask(train: train, test: train), options: .init(), threads: 2)
    #expect(result.top5 > result.top1 && result.top5 < 1)
  }

  @Test func aTestClassThatTrainLacksIsAlwaysWrong() throws {
    let train = try clusters(count: 90, width: 3, classes: 3, spread: 0.1, seed: 1)
    let test = try clusters(count: 120, width: 3, classes: 4, spread: 0.1, seed: 2)
    let result = try LinearProbe.evaluate(
      EvaluationTask(train: train, test: test), options: .init(), threads: 2)
    #expect(result.top1 == 0.75)
    #expect(result.top5 == 0.75)
  }

  @Test func oneRowAClassTakesTheMiddlePenalty() throws {
    let train = try clusters(count: 3, width: 3, classes: 3, spread: 0.1, seed: 1)
    let result = try LinearProbe.evaluate(
      EvaluationTask(train: train, test: train), options: .init(), threads: 2)
    #expect(result.l2 == 1e-3)
    #expect(result.candidates.isEmpty)
    #expect(result.top1 == 1)
  }

  @Test func featuresThatSayNothingScoreChance() throws {
    let labels = [0, 0, 0, 1, 1, 0, 0, 1, 0, 0]
    let train = try Features(
      count: 10, width: 2, values: [Float](repeating: 3, count: 20), labels: labels, classNames: ["a", "b"],
      origin: "constant")
    let result = try LinearProbe.evaluate(
      EvaluationTask(train: train, test: train), options: .init(), threads: 2)
    #expect(result.top1 == 0.7)
    #expect(try LinearProbe.chance(EvaluationTask(train: train, test: train)) == 0.7)
  }

  @Test func impossibleOptionsAreRefused() throws {
    let train = try clusters(count: 30, width: 3, classes: 3, seed: 1)
    func refused(_ change: (inout LinearProbeOptions) -> Void) -> Bool {
      var options = LinearProbeOptions()
      change(&options)
      do throws(Failure) {
        _ = try LinearProbe.evaluate(EvaluationTask(train: train, test: train), options: options, threads: 1)
        return false
      } catch {
        return error.place.hasPrefix("linear.")
      }
    }
    #expect(refused { $0.l2 = [] })
    #expect(refused { $0.l2 = [0] })
    #expect(refused { $0.l2 = [1, .nan] })
    #expect(refused { $0.heldOutShare = 0 })
    #expect(refused { $0.heldOutShare = 1 })
    #expect(refused { $0.selectionRows = 0 })
    #expect(refused { $0.maximumIterations = 0 })
    #expect(!refused { $0.l2 = [0.1] })
  }
}
