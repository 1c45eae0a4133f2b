import Evaluation
import Platform
import Testing
import VisionTransformer

@Suite struct LayerProbeTests {
  private func sets(_ spread: Float) throws -> EvaluationTask.Sets {
    (
      try clusters(count: 150, width: 5, classes: 5, spread: spread, seed: 1),
      try clusters(count: 100, width: 5, classes: 5, spread: spread, seed: 2)
    )
  }

  private func task() throws -> EvaluationTask {
    let last = try sets(0.1)
    return EvaluationTask(
      train: last.train, test: last.test,
      readouts: [
        FeatureReadout(block: 2, pooling: .mean): try sets(1.5),
        FeatureReadout(block: 3, pooling: .mean): last,
        FeatureReadout(block: 1, pooling: .mean): try sets(9),
      ])
  }

  @Test func everyBlockIsReadAsTheEncoderPools() {
    var configuration = VisionTransformerConfiguration()
    configuration.depth = 3
    let places = LayerProbe.readouts(.init(), of: configuration)
    #expect(places == (1...3).map { FeatureReadout(block: $0, pooling: configuration.pooling) })
    #expect(places.last == configuration.readout)
  }

  @Test func eachBlockIsTheLinearProbeOfItsFeatures() throws {
    let (task, options) = (try task(), LayerProbeOptions())
    let found = try LayerProbe.evaluate(task, options: options, threads: 2)
    #expect(found.blocks.map(\.block) == [1, 2, 3])
    for block in found.blocks {
      let sets = try #require(task.readouts[FeatureReadout(block: block.block, pooling: .mean)])
      let alone = try LinearProbe.evaluate(
        EvaluationTask(train: sets.train, test: sets.test), options: options.linear, threads: 2)
      #expect(alone.top1 == block.top1 && alone.l2 == block.l2)
    }
    #expect(found.measures.map(\.name) == ["block 3", "block 1", "block 2"])
    #expect(found.measures[0].value == 1 && found.measures[1].value < found.measures[2].value)
    #expect(found.choices.count == 3)
  }

  @Test func neighboursMayVote() throws {
    let task = try task()
    var options = LayerProbeOptions()
    options.evaluator = .knn
    let found = try LayerProbe.evaluate(task, options: options, threads: 2)
    let vote = try NearestNeighborVote.evaluate(task, options: .init(), threads: 2)
    #expect(found.blocks[2].top1 == vote.top1[20])
    #expect(found.choices.isEmpty)
  }

  @Test func featuresOfOnePlaceAreRefused() throws {
    let last = try sets(0.1)
    #expect(throws: Failure.self) {
      try LayerProbe.evaluate(
        EvaluationTask(train: last.train, test: last.test), options: .init(), threads: 1)
    }
  }
}
