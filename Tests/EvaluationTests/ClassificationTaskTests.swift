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

  /// Nothing in common is no score of 0, and says what differs.
  @Test(arguments: [
    (["1", "2"], ["one", "two"], "numbers"), (["cat", "dog"], [" cat", " dog"], "blanks"),
    (["cat", "dog"], ["CAT", "DOG"], "capitals"),
    (["cat", "dog"], ["owl", "fox"], "name the classes alike"),
  ])
  func setsWithoutACommonClassAreRefused(train: [String], test: [String], hint: String) throws {
    let sets = (try features([0, 1], train), try features([0, 1, 1], test))
    let found = try #require(throws: Failure.self) { try ClassificationTask(train: sets.0, test: sets.1) }
    #expect(found.problem.contains("“\(test[0])”") && found.problem.contains("“\(train[0])”"))
    #expect(found.remedy.contains(hint))
    #expect(throws: Failure.self) {
      try MultiLabelProbe.evaluate(EvaluationTask(train: sets.0, test: sets.1), options: .init()) { _, _ in }
    }
  }

  @Test func numbersAreComparedByValue() throws {
    let task = try ClassificationTask(
      train: features([0, 1, 2], ["1", "2", "10"]), test: features([0, 1, 2], ["1.0", "10.0", "2.0"]))
    #expect(task.testLabels == [0, 2, 1])
  }

  @Test func unknownClassesAreSaid() throws {
    let labels = TaskLabels(
      train: try features([0, 1], ["ant", "bee"]).rowLabels,
      test: try features([0, 1, 1, 2], ["bee", "dog", "emu"]).rowLabels, hasImages: false)
    #expect(
      labels.notes == [
        "3 of 4 test images are of 2 classes (“dog”, “emu”) that train lacks: scored as wrong"
      ])
  }

  /// What an evaluator would refuse after the features it refuses before.
  @Test func evaluatorsAreCheckedBeforeFeatures() throws {
    let (sound, single) = (try features([0, 1], ["ant", "bee"]), try features([0, 0], ["ant", "bee"]))
    let (bare, foreign) = (try features([], []), try features([0, 1], ["cat", "dog"]))
    func refuses<E: Evaluator>(
      _: E.Type, _ train: Features, _ test: Features?, hasImages: Bool = true
    ) -> Bool {
      let labels = TaskLabels(train: train.rowLabels, test: test?.rowLabels, hasImages: hasImages)
      do throws(Failure) {
        try E.check(labels, options: E.Options())
        return false
      } catch {
        return true
      }
    }
    for evaluator in Evaluators.all where evaluator.needsLabels {
      let refusesSound = refuses(evaluator, sound, sound)
      let refusesBare = refuses(evaluator, bare, bare)
      let refusesSingle = refuses(evaluator, single, single)
      let refusesForeign = refuses(evaluator, sound, foreign)
      let refusesOne = refuses(evaluator, sound, nil)
      #expect(!refusesSound && refusesBare && refusesSingle, "\(evaluator.name)")
      #expect(refusesForeign == (evaluator != ClusterQuality.self), "\(evaluator.name)")
      #expect(refusesOne == !evaluator.worksOnOneSet, "\(evaluator.name)")
    }
    let refusesRank = refuses(SpectralRank.self, bare, nil)
    let refusesLayers = refuses(LayerProbe.self, sound, sound, hasImages: false)
    let refusesGrid = refuses(LinearSGD.self, sound, sound, hasImages: false)
    #expect(!refusesRank && refusesLayers && !refusesGrid)
    var mae = LinearSGDOptions()
    mae.protocol = .mae
    let stored = TaskLabels(train: sound.rowLabels, test: sound.rowLabels, hasImages: false)
    var problem: String?
    do throws(Failure) { try LinearSGD.check(stored, options: mae) } catch { problem = error.problem }
    #expect(problem == "no images to augment stand behind these features")
  }
}
