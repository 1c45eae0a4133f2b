import Evaluation
import Foundation
import Platform
import Synchronization
import Testing
import VisionTransformer

@Suite struct LinearSGDTests {
  private func task(_ width: Int = 8, classes: Int = 6, spread: Float = 2) throws -> EvaluationTask {
    EvaluationTask(
      train: try clusters(count: 300, width: width, classes: classes, spread: spread, seed: 1),
      test: try clusters(count: 120, width: width, classes: classes, spread: spread, seed: 2))
  }

  private func options(_ change: (inout LinearSGDOptions) -> Void = { _ in }) -> LinearSGDOptions {
    var options = LinearSGDOptions()
    options.iterations = 150
    options.batchSize = 16
    options.epochs = 20
    options.warmupEpochs = 2
    options.augmentedPasses = 0
    change(&options)
    return options
  }

  private func problem(_ task: EvaluationTask, _ options: LinearSGDOptions) -> Failure? {
    do throws(Failure) {
      _ = try LinearSGD.evaluate(task, options: options, threads: 1)
      return nil
    } catch {
      return error
    }
  }

  /// The same rows at four blocks and the mean of the patches.
  private func withReadouts(_ pooling: Pooling) throws -> EvaluationTask {
    let base = try task()
    var places: [FeatureReadout: EvaluationTask.Sets] = [:]
    for block in 3...6 {
      places[FeatureReadout(block: block, pooling: pooling)] = (
        try clusters(count: 300, width: 8, classes: 6, seed: UInt64(2 * block + 1)),
        try clusters(count: 120, width: 8, classes: 6, seed: UInt64(2 * block + 2))
      )
    }
    if pooling == .classToken {
      places[FeatureReadout(block: 6, pooling: .mean)] = (
        try clusters(count: 300, width: 8, classes: 6, spread: 1, seed: 31),
        try clusters(count: 120, width: 8, classes: 6, spread: 1, seed: 32)
      )
    }
    return EvaluationTask(train: base.train, test: base.test, readouts: places)
  }

  @Test(arguments: LinearSGDProtocol.allCases) func threadsDoNotMatter(_ kind: LinearSGDProtocol) throws {
    let task = try withReadouts(.classToken)
    let options = options { $0.protocol = kind }
    let one = try LinearSGD.evaluate(task, options: options, threads: 1)
    #expect(try LinearSGD.evaluate(task, options: options, threads: 5) == one)
    #expect(one.protocol == kind && one.trainLoss.isFinite)
  }

  /// To the last bit: no product has rows or columns of two heads.
  @Test func headsKnowNothingOfEachOther() throws {
    let train = try clusters(count: 200, width: 37, classes: 10, seed: 5)
    var noise = Noise(seed: 3)
    let start = LinearHead(
      weights: (0..<370).map { _ in 0.02 * (noise.next() - 0.5) }, biases: [Float](repeating: 0, count: 10))
    let rates = LinearSGDOptions().learningRates
    let rows = (0..<1200).map { _ in Int32(200 * noise.next()) }
    func trained(_ rates: [Double]) -> [LinearHead] {
      var training = HeadTraining(
        features: JoinedFeatures([train]), labels: train.labels,
        heads: rates.map { MomentumHead(start, learningRate: $0) }, iterations: 40)
      training.advance(rows, batchSize: 30)
      return training.heads.map(\.head)
    }
    let all = trained(rates)
    #expect(Set(all.map { $0.weights[0] }).count == rates.count)
    for removed in rates.indices {
      let others = rates.indices.filter { $0 != removed }
      #expect(trained(others.map { rates[$0] }) == others.map { all[$0] })
    }
  }

  @Test func removingARateChangesNoOtherHeadOfTheGrid() throws {
    let task = try withReadouts(.classToken)
    let all = try LinearSGD.evaluate(task, options: options(), threads: 2)
    #expect(all.heads.count == 52)
    let fewer = try LinearSGD.evaluate(
      task, options: options { $0.learningRates.remove(at: 4) }, threads: 2)
    #expect(fewer.heads == all.heads.filter { $0.learningRate != 2e-4 })
  }

  @Test func theBestHeadOnHeldOutRowsIsChosen() throws {
    let task = try withReadouts(.classToken)
    let result = try LinearSGD.evaluate(task, options: options(), threads: 2)
    let best = try #require(result.heads.compactMap(\.heldOutAccuracy).max())
    let chosen = try #require(result.chosen)
    #expect(chosen == result.heads.first { $0.heldOutAccuracy == best })
    #expect(result.choices["blocks"] == .integer(chosen.blocks))
    #expect(result.choices["averagesPatches"] == .bool(chosen.averagesPatches))
    #expect(result.choices["learningRate"] == .number(chosen.learningRate))
    let test = try #require(task.test)
    let shuffled = try Features(
      count: test.count, width: test.width, values: test.values,
      labels: test.labels.indices.map { test.labels[($0 * 7 + 3) % test.count] }, classNames: test.classNames,
      origin: "shuffled")
    let other = try LinearSGD.evaluate(
      EvaluationTask(train: task.train, test: shuffled, readouts: task.readouts), options: options(),
      threads: 2)
    #expect(other.heads == result.heads && other.top1 != result.top1)
  }

  @Test func aPooledEncoderHasNoMeanToAppend() throws {
    let result = try LinearSGD.evaluate(try withReadouts(.mean), options: options(), threads: 2)
    #expect(result.heads.count == 26 && result.heads.allSatisfy { !$0.averagesPatches })
    #expect(Set(result.heads.map(\.blocks)) == [1, 4])
    let stored = try LinearSGD.evaluate(try task(), options: options(), threads: 2)
    #expect(stored.heads.count == 13 && stored.heads.allSatisfy { $0.blocks == 1 && !$0.averagesPatches })
  }

  @Test func theGridAsksForThePlacesItReads() {
    var encoder = VisionTransformerConfiguration()
    encoder.depth = 6
    encoder.pooling = .classToken
    let last = { (count: Int, pooling: Pooling) in
      (0..<count).map { FeatureReadout(block: 6 - $0, pooling: pooling) }
    }
    let mean = FeatureReadout(block: 6, pooling: .mean)
    #expect(LinearSGD.readouts(.init(), of: encoder) == last(4, .classToken) + [mean])
    #expect(LinearSGD.readouts(options { $0.blocks = [40] }, of: encoder) == last(6, .classToken) + [mean])
    let plain = options {
      $0.blocks = [1]
      $0.averagesPatches = [false]
    }
    #expect(LinearSGD.readouts(plain, of: encoder).isEmpty)
    encoder.pooling = .mean
    #expect(LinearSGD.readouts(.init(), of: encoder) == last(4, .mean))
    #expect(LinearSGD.readouts(options { $0.protocol = .mae }, of: encoder).isEmpty)
    let augmented = options {
      $0.protocol = .mae
      $0.augmentedPasses = 2
    }
    #expect(LinearSGD.readouts(augmented, of: encoder) == [mean])
  }

  @Test func aDivergedHeadIsNotChosen() throws {
    let wild = options { $0.learningRates = [1e-2, 1e300] }
    let result = try LinearSGD.evaluate(try task(), options: wild, threads: 1)
    #expect(result.chosen?.learningRate == 1e-2 && result.heads[1].heldOutAccuracy == nil)
    let hopeless = options { $0.learningRates = [1e300] }
    #expect(problem(try task(), hopeless)?.remedy.contains("linearSGD.learningRates") == true)
  }

  @Test func oneRowAClassTakesTheMiddleRate() throws {
    let rows = try clusters(count: 3, width: 3, classes: 3, spread: 0.1, seed: 1)
    let result = try LinearSGD.evaluate(
      EvaluationTask(train: rows, test: rows), options: options(), threads: 1)
    #expect(result.chosen?.learningRate == 1e-3 && result.chosen?.heldOutAccuracy == nil)
  }

  @Test func aBatchHasAQuarterOfTheRowsAtMost() throws {
    func trained(_ rows: Int, _ batch: Int?) throws -> LinearSGDResult {
      let train = try clusters(count: rows, width: 4, classes: 2, seed: 1)
      let options = options {
        $0.protocol = .mae
        $0.batchSize = batch
      }
      return try LinearSGD.evaluate(EvaluationTask(train: train, test: train), options: options, threads: 1)
    }
    let (many, few, two) = (try trained(203, nil), try trained(203, 16), try trained(2, nil))
    #expect(many.batchSize == 50 && many.iterations == 80)
    #expect(few.batchSize == 16 && few.iterations == 240)
    #expect(two.batchSize == 2 && two.iterations == 20)
  }

  @Test func everyEpochHasItsAugmentedPass() throws {
    let base = try task()
    let asked = Mutex<[Int]>([])
    let augmented = EvaluationTask(train: base.train, test: base.test) {
      (pass, readouts, progress) throws(Failure) in
      asked.withLock { $0.append(pass) }
      progress("pass", 1)
      return [try clusters(count: 300, width: 8, classes: 6, seed: UInt64(10 + pass))]
    }
    func evaluated(_ passes: Int) throws -> LinearSGDResult {
      let options = options {
        $0.protocol = .mae
        $0.augmentedPasses = passes
        $0.epochs = 3
        $0.warmupEpochs = 1
      }
      return try LinearSGD.evaluate(augmented, options: options, threads: 2)
    }
    let two = try evaluated(2)
    #expect(asked.withLock { $0 } == [0, 1] && two.augmentedPasses == 2)
    #expect(try evaluated(5).augmentedPasses == 3, "an epoch each at most")
    let none = try evaluated(0)
    #expect(none.augmentedPasses == 0 && none.trainLoss != two.trainLoss)
    let stored = options {
      $0.protocol = .mae
      $0.augmentedPasses = 2
    }
    #expect(problem(base, stored)?.remedy.contains("linearSGD.augmentedPasses=0") == true)
  }

  @Test func bothProtocolsLearn() throws {
    let easy = try task(6, classes: 6, spread: 0.5)
    let grid = try LinearSGD.evaluate(easy, options: options(), threads: 2)
    #expect(grid.top1 == 1 && grid.trainLoss < log(6.0))
    // LARS moves the head by a share of itself, which grows with rows × epochs: 2.4 million here, 115 million on ImageNet.
    let many = EvaluationTask(
      train: try clusters(count: 3000, width: 6, classes: 6, spread: 0.5, seed: 1), test: easy.test)
    let normalized = try LinearSGD.evaluate(
      many,
      options: options {
        $0.protocol = .mae
        $0.batchSize = nil
        $0.epochs = 800
      }, threads: 2)
    #expect(normalized.top1 == 1 && normalized.trainLoss < 0.5 * log(6.0))
  }

  @Test func impossibleOptionsAreRefused() throws {
    let task = try task()
    let wrong: [(inout LinearSGDOptions) -> Void] = [
      { $0.batchSize = 0 }, { $0.blocks = [] }, { $0.blocks = [0] }, { $0.averagesPatches = [] },
      { $0.learningRates = [] }, { $0.learningRates = [0] }, { $0.learningRates = [.nan] },
      { $0.iterations = 0 }, { $0.heldOutShare = 0 }, { $0.heldOutShare = 1 }, { $0.epochs = 0 },
      { $0.warmupEpochs = 20 }, { $0.warmupEpochs = -1 }, { $0.augmentedPasses = -1 },
    ]
    for change in wrong { #expect(problem(task, options(change))?.place.hasPrefix("linearSGD.") == true) }
    #expect(throws: Failure.self) {
      try Choice("linearSGD", options: ["protocol": .string("moco")]).decodeOptions(
        LinearSGDOptions.self, at: "linearSGD")
    }
    let given = try Choice("linearSGD", options: ["protocol": .string("mae"), "batchSize": .integer(9)])
      .decodeOptions(LinearSGDOptions.self, at: "linearSGD")
    #expect(given.protocol == .mae && given.batchSize == 9)
  }
}
