import Evaluation
import Platform
import Testing

@Suite struct ClassificationTaskTests {
  private func features(_ labels: [Int], _ names: [String], width: Int = 1) throws -> Features {
    try Features(
      count: max(labels.count, 1), width: width,
      values: [Float](repeating: 0, count: max(labels.count, 1) * width), labels: labels,
      classNames: names, origin: "set")
  }

  @Test func classesAreMatchedByName() throws {
    let task = try ClassificationTask(
      train: features([0, 2, 2, 0], ["ant", "bee", "cat"]), test: features([0, 1, 2], ["cat", "dog", "ant"]))
    #expect(task.classNames == ["ant", "cat"])
    #expect(task.trainLabels == [0, 1, 1, 0])
    #expect(task.testLabels == [1, nil, 0])
  }

  @Test func aTestClassThatTrainLacksIsAlwaysWrong() throws {
    let task = try ClassificationTask(
      train: features([0, 1], ["ant", "bee"]), test: features([0, 1, 1, 0], ["dog", "ant"]))
    #expect(task.accuracy(of: [0, 0, 0, 0]) == 0.5)
    #expect(task.accuracy(of: [1, 1, 1, 1]) == 0)
  }

  @Test func chanceIsTheShareOfTheMostFrequentTrainClass() throws {
    let train = try features([0, 1, 1], ["ant", "bee"])
    #expect(
      try ClassificationTask(train: train, test: features([0, 0, 0, 1], ["ant", "bee"])).chance == 0.25)
    let balanced = try clusters(count: 100, width: 1, classes: 10, seed: 1)
    #expect(try ClassificationTask(train: balanced, test: balanced).chance == 0.1)
  }

  /// A classifier's classes may be none of the test set's, or lack train rows.
  @Test func aClassifiersClassesAreMatchedByName() {
    let task = ClassificationTask(
      classNames: ["cat", "ant", "yak"], trainLabels: [0, 0, 1], testLabels: [0, 1, 2, 0],
      testClassNames: ["ant", "dog", "cat"])
    #expect(task.testLabels == [1, nil, 0, 1])
    #expect(task.unknownClassNames == ["dog"] && task.testClasses == [1, 3, 0, 1])
    #expect(task.chance == 0.25)
  }

  @Test func unusableSetsAreRefused() throws {
    let sound = try features([0, 1], ["ant", "bee"])
    let unlabelled = try features([], [])
    #expect(throws: Failure.self) { try ClassificationTask(train: unlabelled, test: sound) }
    #expect(throws: Failure.self) { try ClassificationTask(train: sound, test: unlabelled) }
    #expect(throws: Failure.self) {
      try ClassificationTask(train: sound, test: features([0, 1], ["ant", "bee"], width: 2))
    }
    #expect(throws: Failure.self) {
      try ClassificationTask(train: features([1, 1], ["ant", "bee"]), test: sound)
    }
  }
}
