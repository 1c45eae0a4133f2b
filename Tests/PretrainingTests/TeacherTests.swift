import Datasets
import Foundation
import Imaging
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Weights that follow others.
@Suite("Teachers", .timeLimit(.minutes(2)))
struct TeacherTests {
  /// A trained weight, a fixed table and a buffer, each with the teacher's.
  private func store() -> ParameterStore {
    let store = ParameterStore(seed: 1)
    for scope in [store.root, store.teacher] {
      _ = scope.parameter(
        "layer.weight", shape: [2, 3], role: .matrix(.other), initial: .normal(standardDeviation: 1))
      _ = scope.parameter("table", shape: [3], role: .factor, initial: .ones, isTrainable: false)
      _ = scope.buffer("layer.running_mean", shape: [3], initial: .normal(standardDeviation: 1))
    }
    return store
  }

  private func value(_ name: String, _ store: ParameterStore) throws -> [Scalar] {
    try #require(store[name]).value.values
  }

  @Test func startsAndRestartsAtTheStudent() throws {
    let store = store()
    #expect(try value("teacher.layer.weight", store) != value("layer.weight", store))
    let teacher = Teacher(in: store) { _ in 0.5 }
    let names = ["layer.weight", "table", "layer.running_mean"]
    for name in names { #expect(try value("teacher.\(name)", store) == value(name, store), "\(name)") }
    #expect(store.parameters.filter(\.isTrainable).map(\.name) == ["layer.weight"])
    for name in names {
      try #require(store[name]).assign([Scalar](repeating: 7, count: store[name]?.value.count ?? 0))
    }
    #expect(try !value("teacher.layer.weight", store).contains(7))
    teacher.restart()
    for name in names { #expect(try value("teacher.\(name)", store) == value(name, store), "\(name)") }
  }

  @Test func hasCounterpartsOfWhatIsTrained() throws {
    let store = store()
    let teacher = Teacher(in: store) { _ in 0.5 }
    #expect(teacher.counterpart(of: try #require(store["layer.weight"]))?.name == "teacher.layer.weight")
    for name in ["table", "layer.running_mean", "teacher.layer.weight"] {
      #expect(teacher.counterpart(of: try #require(store[name])) == nil, "\(name)")
    }
  }

  /// teacher ← m·teacher + (1 − m)·student after a step; 1 freezes, 0 copies. Buffers are each side's own.
  @Test(arguments: [0, 0.25, 1], [(1, 1, false), (2, 2, true)])
  func followsAfterAStep(_ momentum: Double, _ cut: (lanes: Int, passes: Int, clips: Bool)) throws {
    let model = try ComparingModel(
      Choice(
        "mocoV3",
        options: ["momentum": .number(momentum), "headWidth": .integer(24), "outputs": .integer(12)]))
    // Without a length of the training the momentum stays what it is at the start.
    let (step, team) = model.step(
      lanes: cut.lanes, passes: cut.passes, clipping: cut.clips ? GradientClipping(norm: 1e9) : nil,
      totalSteps: nil)
    defer { team.dissolve() }
    let teachers = model.store.parameters.filter { $0.name.hasPrefix("teacher.") }
    let before = teachers.map(\.value.values)
    _ = step.run(model.batch(6), learningRate: 0.1, step: 1)
    for (teacher, old) in zip(teachers, before) {
      let student = try #require(model.store[String(teacher.name.dropFirst(8))])
      if teacher.name.contains("running_") {
        #expect(teacher.value.values == old, "\(teacher.name)")
        #expect(student.value.values != old, "\(student.name)")
        continue
      }
      let wanted = zip(old, student.value.values).map {
        Scalar(momentum) * $0 + (1 - Scalar(momentum)) * $1
      }
      #expect(relativeError(teacher.value.values, to: wanted) <= 1e-6, "\(teacher.name)")
      if momentum == 1 { #expect(teacher.value.values == old, "\(teacher.name)") }
      if momentum == 0 { #expect(teacher.value.values == student.value.values, "\(teacher.name)") }
    }
    let moved = try #require(model.store["blocks.0.attn.qkv.weight"])
    #expect(moved.value.values != before[teachers.firstIndex { $0.name == "teacher.\(moved.name)" } ?? 0])
  }

  /// A programme's own norm is known to the teacher too.
  @Test func knowsTheVariantsOfItsStudent() throws {
    let store = ParameterStore(seed: 1)
    var configuration = VisionTransformerConfiguration()
    (configuration.imageHeight, configuration.imageWidth, configuration.patchSize) = (8, 8, 4)
    (configuration.width, configuration.depth, configuration.headCount) = (8, 1, 2)
    (configuration.norm, configuration.dropPath) = ("doubling", 0.5)
    var variants = ModelVariants()
    variants.norms.append(Doubling.self)
    let encoder = try VisionTransformer(configuration, parameters: store, variants: variants)
    let objective = try Objectives.all.select("dino", at: "test").make(encoder)
    #expect(objective.plan.teacher != nil)
  }

  /// What is logged of the blocks is the student's, of the last view.
  @Test func healthIsThatOfTheStudent() throws {
    let model = try ComparingModel(Choice("mocoV3", options: ["headWidth": .integer(24)]))
    model.store.randomize(seed: 3)
    let batch = model.batch(4)
    var wanted: [Double] = []
    var observer = PassObserver()
    observer.onAttention = { wanted.append($0.attentionEntropy(headCount: $1, keyCount: $2)) }
    _ = model.encoder.features(batch.views[1].patches, Tape(.evaluating, observer: observer))
    let (step, team) = model.step(lanes: 1)
    defer { team.dissolve() }
    let probe = HealthProbe(
      objective: model.objective, stacks: BlockStack.all(in: model.store),
      initial: MatricesAtStart(origin: .seed, matrices: [:]))
    let look = probe.measure(batch, TrainingProgress(step: 0))
    #expect(step.run(batch, learningRate: 0.1, step: 1).isFinite)
    let stack = try #require(probe.complete(look, after: step).stacks["encoder"])
    let found = try #require(stack[.attentionEntropy]).compactMap(\.self)
    #expect(found.count == 2 && relativeError(found, wanted) <= 1e-6)
  }

  // MARK: Runs

  private func recipe(_ objective: Choice) -> Recipe {
    var recipe = Recipe()
    (recipe.model.width, recipe.model.depth, recipe.model.headCount) = (16, 1, 2)
    (recipe.model.imageSize, recipe.model.patchSize) = (ImageSize(height: 8, width: 8), 2)
    recipe.model.channels = 1
    recipe.objective = objective
    (recipe.train.batchSize, recipe.train.steps, recipe.train.lanes) = (7, 9, .count(2))
    recipe.train.learningRatePerBatch256 = 0.03
    return recipe
  }

  private func tensors(_ url: URL) throws -> [String: [Scalar]] {
    let file = try SafetensorsFile(contentsOf: url)
    return try Dictionary(uniqueKeysWithValues: file.entries.keys.map { ($0, try file.values($0)) })
  }

  /// Stopped after four steps: teacher and centre go on where they were.
  @Test(
    .enabled(if: Scalar.self == Float.self, "files hold Float: a resumed run in double precision is rounded"),
    arguments: [
      Choice("mocoV3", options: ["headWidth": .integer(24), "outputs": .integer(12)]),
      Choice("dino", options: ["headWidth": .integer(24), "outputs": .integer(16)]),
    ])
  func resumingEqualsNeverStopping(_ objective: Choice) throws {
    let folder = try TemporaryFolder()
    let (whole, stopped) = (RunFolder(folder("whole")), RunFolder(folder("stopped")))
    let recipe = recipe(objective)
    #expect(
      try Trainer(TrainingPlan(recipe: recipe, source: NoiseImages()), in: whole).run(resuming: false)
        == .finished)
    var asked = 0
    let ending = try Trainer(TrainingPlan(recipe: recipe, source: NoiseImages()), in: stopped).run(
      resuming: false,
      shouldStop: {
        asked += 1
        return asked > 4
      })
    #expect(ending == .interrupted(step: 4))
    let middle = try tensors(stopped.lastCheckpoint)
    let name = "blocks.0.attn.qkv.weight"
    #expect(middle["teacher.\(name)"] != nil && middle["teacher.\(name)"] != middle[name])
    #expect(
      try Trainer(TrainingPlan(recipe: recipe, source: NoiseImages()), in: stopped).run(resuming: true)
        == .finished)
    for (file, other) in [(stopped.lastCheckpoint, whole.lastCheckpoint), (stopped.model, whole.model)] {
      #expect(try tensors(file) == tensors(other))
    }
    let (end, model) = (try tensors(whole.lastCheckpoint), try tensors(whole.model))
    #expect(end["teacher.\(name)"] != middle["teacher.\(name)"])
    #expect(model[name] == end[objective.name == "dino" ? "teacher.\(name)" : name])
    #expect(!model.keys.contains { $0.hasPrefix("teacher.") || $0.contains("head") || $0 == "center" })
  }
}

/// y = 2·x.
private struct Doubling: Norm {
  static let name = "doubling"
  static let summary = "twice the input"
  static let source = "these tests, 2026"
  init(_ site: NormSite, options: NoOptions, scope: ParameterScope) {}
  func callAsFunction(_ x: Tensor, _ tape: Tape) -> Tensor { tape.scaled(x, by: 2) }
}
