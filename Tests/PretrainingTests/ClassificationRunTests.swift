import Datasets
import Foundation
import Imaging
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Whole supervised runs.
@Suite("Runs on labels", .timeLimit(.minutes(2)))
struct ClassificationRunTests {
  static func recipe(_ change: (inout Recipe) -> Void = { _ in }) -> Recipe {
    var recipe = Recipe()
    (recipe.model.width, recipe.model.depth, recipe.model.headCount) = (16, 2, 2)
    (recipe.model.imageSize, recipe.model.patchSize, recipe.model.channels) = (
      ImageSize(height: 8, width: 8), 2, 1
    )
    (recipe.model.dropPath, recipe.objective) = (0.2, "classification")
    (recipe.train.batchSize, recipe.train.steps, recipe.train.lanes) = (7, 9, .count(2))
    (recipe.train.averageMomentum, recipe.train.learningRatePerBatch256) = (0.9, 0.03)
    (recipe.train.layerDecay, recipe.train.decaysTokens) = (0.7, false)
    change(&recipe)
    return recipe
  }

  private func tensors(_ url: URL) throws -> [String: [Scalar]] {
    let file = try SafetensorsFile(contentsOf: url)
    return try Dictionary(uniqueKeysWithValues: file.entries.keys.map { ($0, try file.values($0)) })
  }

  @discardableResult
  private func train(
    _ recipe: Recipe, _ folder: RunFolder, _ source: LabelledNoise = LabelledNoise(), stopAfter: Int = .max,
    resuming: Bool = false
  ) throws -> TrainingPlan {
    let plan = try TrainingPlan(recipe: recipe, source: source)
    var asked = 0
    _ = try Trainer(plan, in: folder).run(
      resuming: resuming,
      shouldStop: {
        asked += 1
        return asked > stopAfter
      })
    return plan
  }

  @Test(
    .enabled(if: Scalar.self == Float.self, "files hold Float: a resumed run in double precision is rounded"))
  func resumingEqualsNeverStopping() throws {
    let folder = try TemporaryFolder()
    let (whole, stopped) = (RunFolder(folder("whole")), RunFolder(folder("stopped")))
    let plan = try train(Self.recipe(), whole)
    #expect(plan.objectivePlan.classNames == ["dark", "gray", "light"])
    #expect(
      plan.recipe.objective.options["classes"] == .array(["dark", "gray", "light"].map { .string($0) }))
    try train(Self.recipe(), stopped, stopAfter: 4)
    try train(Self.recipe(), stopped, resuming: true)
    for (file, other) in [
      (stopped.lastCheckpoint, whole.lastCheckpoint), (stopped.classifier, whole.classifier),
    ] {
      #expect(try tensors(file) == tensors(other))
    }
  }

  /// The file of the classifier holds what the encoder's holds, and the head, both averaged.
  @Test func theClassifierIsReadBack() throws {
    let folder = try TemporaryFolder()
    let place = RunFolder(folder("run"))
    let plan = try train(Self.recipe(), place)
    let (model, whole) = (try tensors(place.model), try tensors(place.classifier))
    for (name, values) in model { #expect(whole[name] == values, "\(name)") }
    #expect(
      Set(whole.keys).subtracting(model.keys)
        == ["head.weight", "head.bias", "fc_norm.weight", "fc_norm.bias"])
    #expect(whole["head.weight"] == (try tensors(place.lastCheckpoint))["average.head.weight"])
    _ = try ModelFile(contentsOf: place.classifier).makeModel()

    let classifier = try Classifier(contentsOf: place.classifier)
    #expect(classifier.classNames == ["dark", "gray", "light"])
    #expect(classifier.preprocessing == plan.preprocessing)
    let outcomes = try [1, 3].map { lanes in
      let team = LaneTeam(count: lanes)
      defer { team.dissolve() }
      return try ClassificationPass(classifier, team: team, batchSize: 10).run(LabelledNoise())
    }
    #expect(outcomes[0].rows == Array(0..<24) && outcomes[0].skipped.isEmpty)
    for row in 0..<24 {
      let sum = outcomes[0].probabilities[row * 3..<row * 3 + 3].reduce(0, +)
      #expect(abs(sum - 1) <= 1e-5)
      let one = try classifier.probabilities(of: LabelledNoise().reader(at: row, options: .init()))
      #expect(zip(one, outcomes[0].probabilities[(row * 3)...]).allSatisfy { abs($0 - $1) <= 1e-5 })
    }
    #expect(
      zip(outcomes[0].probabilities, outcomes[1].probabilities).allSatisfy { abs($0 - $1) <= 1e-5 })
    #expect {
      _ = try Classifier(contentsOf: place.model)
    } throws: {
      ($0 as? Failure)?.remedy.contains("vitrail finetune") == true
    }
  }

  @Test func whatCannotBeLearntIsRefused() throws {
    func problem(_ source: LabelledNoise, _ change: (inout Recipe) -> Void = { _ in }) -> String {
      do throws(Failure) {
        _ = try TrainingPlan(recipe: Self.recipe(change), source: source)
        return ""
      } catch {
        return "\(error)"
      }
    }
    let listed = Choice("classification", options: ["classes": .array([.string("dark"), .string("gray")])])
    let found: [(problem: String, wanted: String)] = [
      (problem(LabelledNoise(labels: [Int?](repeating: nil, count: 24))), "without a class"),
      (problem(LabelledNoise(labels: [Int?](repeating: 1, count: 24))), "of class “gray”"),
      (problem(LabelledNoise(hasLabelSets: true)), "several labels"),
      (problem(LabelledNoise()) { $0.objective = listed }, "“light” is none of the 2"),
    ]
    for (problem, wanted) in found { #expect(problem.contains(wanted), "\(problem)") }
    // One image without a class costs itself alone.
    #expect(problem(LabelledNoise(labels: (0..<24).map { $0 == 20 ? nil : $0 % 3 })) == "")
    // A class without images is none.
    let two = try TrainingPlan(
      recipe: Self.recipe(), source: LabelledNoise(labels: (0..<24).map { $0 % 2 * 2 }))
    #expect(two.objectivePlan.classNames == ["dark", "light"])
  }

  /// Weights start a run of another image size; a head goes on, unless it tells other classes apart.
  @Test func weightsOfOtherRunsStartIt() throws {
    let folder = try TemporaryFolder()
    let place = RunFolder(folder("first"))
    try train(Self.recipe { $0.model.positions = .learned }, place)
    let start = Self.recipe {
      $0.model.positions = .learned
      $0.train.initialWeights = place.classifier.path
    }
    func values(_ plan: TrainingPlan, _ name: String) throws -> [Scalar] {
      try #require(plan.encoder.parameters[name]).value.values
    }
    func run(_ recipe: Recipe, _ source: LabelledNoise = LabelledNoise()) throws -> TrainingPlan {
      try TrainingPlan(recipe: recipe, source: source)
    }
    let known = try tensors(place.classifier)
    let same = try run(start)
    for name in ["head.weight", "pos_embed", "blocks.1.attn.qkv.weight"] {
      #expect(try values(same, name) == known[name])
    }
    var larger = start
    larger.model.imageSize = ImageSize(height: 12, width: 8)
    let table = try #require(known["pos_embed"])
    let wanted = Positions.interpolated(
      table, from: (4, 4), to: (6, 4), width: 16, prefixCount: 1, .bicubic)
    #expect(try values(run(larger), "pos_embed") == wanted)

    let others = LabelledNoise(classNames: ["dark", "gray", "bright"])
    #expect {
      _ = try run(start, others)
    } throws: {
      ($0 as? Failure)?.problem.contains("tells 3 classes apart (dark, gray, light") == true
    }
    var encoderAlone = start
    encoderAlone.train.initialWeights = place.model.path
    let fresh = try run(encoderAlone, others)
    #expect(try values(fresh, "fc_norm.bias").allSatisfy { $0 == 0 })
    #expect(try values(fresh, "pos_embed") == known["pos_embed"])
  }
}
