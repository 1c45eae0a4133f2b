import Foundation
import Imaging
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Runs that go on from weights with a frozen teacher.
@Suite("Runs with a distillation", .timeLimit(.minutes(2)))
struct DistillationRunTests {
  private static let block = "blocks.0.attn.qkv.weight"

  private func recipe(
    _ distillation: Distillation?, from weights: URL?, steps: Int = 9, decoderWidth: Int = 8,
    _ change: (inout Recipe) -> Void = { _ in }
  ) -> Recipe {
    var options: [String: JSONValue] = [
      "decoderWidth": .integer(decoderWidth), "decoderHeads": .integer(2), "decoderDepth": .integer(1),
    ]
    if let distillation { options["distillation"] = .encoding(distillation) }
    var recipe = Recipe()
    (recipe.model.width, recipe.model.depth, recipe.model.headCount) = (16, 1, 2)
    (recipe.model.imageSize, recipe.model.patchSize) = (ImageSize(height: 8, width: 8), 2)
    recipe.model.channels = 1
    recipe.objective = Choice("mae", options: options)
    (recipe.train.batchSize, recipe.train.steps, recipe.train.lanes) = (7, steps, .count(2))
    (recipe.train.learningRatePerBatch256, recipe.train.featureSteps) = (0.03, 2)
    recipe.train.initialWeights = weights?.path
    change(&recipe)
    return recipe
  }

  private func plan(_ recipe: Recipe) throws -> TrainingPlan {
    try TrainingPlan(recipe: recipe, source: NoiseImages())
  }

  @discardableResult
  private func train(_ recipe: Recipe, in folder: RunFolder) throws -> RunFolder {
    let ending = try Trainer(plan(recipe), in: folder).run(resuming: false)
    #expect(ending == .finished)
    return folder
  }

  private func tensors(_ url: URL) throws -> [String: [Scalar]] {
    let file = try SafetensorsFile(contentsOf: url)
    return try Dictionary(uniqueKeysWithValues: file.entries.keys.map { ($0, try file.values($0)) })
  }

  private func values(_ plan: TrainingPlan, _ name: String) throws -> [Scalar] {
    try #require(plan.encoder.parameters[name]).value.values
  }

  private var cosine: Distillation {
    var distillation = Distillation()
    distillation.distance = .cosine
    return distillation
  }

  /// The teacher is the start, or a run that went on from it; it stays, goes on after a stop, and is left out of the model.
  @Test(
    .enabled(if: Scalar.self == Float.self, "files hold Float: a resumed run in double precision is rounded"),
    arguments: [false, true])
  func resumingEqualsNeverStopping(hasOwnTeacher: Bool) throws {
    let folder = try TemporaryFolder()
    let first = try train(recipe(nil, from: nil), in: RunFolder(folder("first")))
    var distillation = cosine
    var teacher = first
    if hasOwnTeacher {
      teacher = try train(recipe(nil, from: first.model), in: RunFolder(folder("teacher")))
      distillation.teacher = teacher.url.path
    }
    let recipe = recipe(distillation, from: first.model)
    let (whole, stopped) = (RunFolder(folder("whole")), RunFolder(folder("stopped")))
    try train(recipe, in: whole)
    var asked = 0
    let ending = try Trainer(plan(recipe), in: stopped).run(
      resuming: false,
      shouldStop: {
        asked += 1
        return asked > 4
      })
    #expect(ending == .interrupted(step: 4))
    // Neither the start nor the teacher is asked for again.
    for url in [first.url, teacher.url] { try? FileManager.default.removeItem(at: url) }
    let goesOn = try TrainingPlan(recipe: recipe, source: NoiseImages(), goesOn: true)
    #expect(try Trainer(goesOn, in: stopped).run(resuming: true) == .finished)
    for (file, other) in [(stopped.lastCheckpoint, whole.lastCheckpoint), (stopped.model, whole.model)] {
      #expect(try tensors(file) == tensors(other))
    }
    let (end, model) = (try tensors(whole.lastCheckpoint), try tensors(whole.model))
    #expect(end["teacher.\(Self.block)"] != end[Self.block] && end["distillation.weight"] != nil)
    #expect(model[Self.block] == end[Self.block])
    #expect(!model.keys.contains { $0.hasPrefix("teacher.") || $0.hasPrefix("distillation.") })
    let log = try String(contentsOf: whole.metrics, encoding: .utf8)
    #expect(log.split(separator: "\n").first?.contains("\"distillation\":") == true, "\(log)")
  }

  /// The student has the weights to start from, the teacher its own, whatever else their files hold.
  @Test func eachStartsFromItsFile() throws {
    let folder = try TemporaryFolder()
    let first = try train(recipe(nil, from: nil), in: RunFolder(folder("first")))
    let start = try tensors(first.lastCheckpoint)
    let alone = try plan(recipe(cosine, from: first.lastCheckpoint.resolvingSymlinksInPath()))
    for name in [Self.block, "pos_embed", "norm.weight"] {
      #expect(try values(alone, name) == start[name] && values(alone, "teacher.\(name)") == start[name])
    }
    // The decoder goes on; the linear layer is new.
    #expect(try values(alone, "decoder_embed.weight") == start["decoder_embed.weight"])
    let identity = (0..<256).map { Scalar($0 % 17 == 0 ? 1 : 0) }
    #expect(try values(alone, "distillation.weight") == identity)

    let second = try train(
      recipe(cosine, from: first.model), in: RunFolder(folder("second")))
    let end = try tensors(second.lastCheckpoint)
    #expect(end["distillation.weight"] != identity)
    // A checkpoint with a teacher starts runs with and without one.
    let checkpoint = second.lastCheckpoint.resolvingSymlinksInPath()
    let without = try plan(recipe(nil, from: checkpoint))
    #expect(try values(without, Self.block) == end[Self.block])
    #expect(without.encoder.parameters.parameters(of: .teacher).isEmpty)
    let again = try plan(recipe(cosine, from: checkpoint))
    #expect(try values(again, "teacher.\(Self.block)") == end[Self.block])
    #expect(try values(again, "distillation.weight") == identity)
    #expect(try values(again, "decoder_embed.weight") == end["decoder_embed.weight"])
    // A teacher of its own, as a file that holds more than an encoder, and without weights for the student.
    var taught = Distillation()
    taught.teacher = checkpoint.path
    for weights in [first.model, nil] {
      let own = try plan(recipe(taught, from: weights))
      #expect(try values(own, "teacher.\(Self.block)") == end[Self.block])
      #expect(try (values(own, Self.block) == start[Self.block]) == (weights != nil))
    }
  }

  /// A teacher without positions has the table that an encoder has initially, as a start from its file would.
  @Test func whatATeachersFileLacksIsInitial() throws {
    let folder = try TemporaryFolder()
    let bare = try train(recipe(nil, from: nil) { $0.model.positions = .none }, in: RunFolder(folder("bare")))
    var taught = Distillation()
    taught.teacher = bare.url.path
    let plan = try plan(recipe(taught, from: nil))
    let table = try values(plan, "teacher.pos_embed")
    #expect(try table == values(plan, "pos_embed") && table.contains { $0 != 0 })
    #expect(try values(plan, "teacher.\(Self.block)") == tensors(bare.model)[Self.block])
  }

  /// An initialiser that goes by the images changes the student alone.
  @Test func calibrationLeavesATeacherOfItsOwn() throws {
    let folder = try TemporaryFolder()
    let first = try train(recipe(nil, from: nil), in: RunFolder(folder("first")))
    var taught = Distillation()
    taught.teacher = first.url.path
    let run = try train(
      recipe(taught, from: nil, steps: 1) { $0.model.initializer = "lsuv" }, in: RunFolder(folder("run")))
    #expect(
      try tensors(run.lastCheckpoint)["teacher.\(Self.block)"] == tensors(first.model)[Self.block])
  }

  /// What the recipe of the run says of the teacher holds from any working folder.
  @Test func theTeachersPathIsWrittenOut() throws {
    let folder = try TemporaryFolder()
    let first = try train(recipe(nil, from: nil), in: RunFolder(folder("first")))
    var taught = Distillation()
    taught.teacher = folder.url.path + "/./first"
    let resolved = try plan(recipe(taught, from: first.model)).recipe
    #expect(
      resolved.objective.options["distillation"]?["teacher"]?.string == first.url.standardizedFileURL.path)
    #expect(resolved.changes(to: recipe(cosine, from: first.model)).contains { $0.key.hasSuffix("distance") })
  }

  /// A run that goes on may weigh the distance anew and has its teacher with it; it cannot gain or lose one.
  @Test func aRunThatGoesOnKeepsItsTeacher() throws {
    let folder = try TemporaryFolder()
    let first = try train(recipe(nil, from: nil), in: RunFolder(folder("first")))
    func change(_ old: JSONValue?, _ new: JSONValue?) throws -> Failure? {
      let run = RunFolder(folder(UUID().uuidString))
      func given(_ keys: JSONValue?, steps: Int) -> Recipe {
        recipe(nil, from: first.model, steps: steps) {
          guard let keys else { return }
          $0.objective = Choice("mae", options: $0.objective.options.merging(["distillation": keys]) { $1 })
        }
      }
      try train(given(old, steps: 2), in: run)
      let goesOn = try TrainingPlan(recipe: given(new, steps: 3), source: NoiseImages(), goesOn: true)
      do throws(Failure) {
        _ = try Trainer(goesOn, in: run).run(resuming: true)
        return nil
      } catch { return error }
    }
    let (one, two) = (JSONValue.object(["weight": .number(1)]), JSONValue.object(["weight": .number(2)]))
    let (here, there) = ("/here", first.url.path)
    #expect(try change(one, two) == nil)
    #expect(
      try change(.object(["teacher": .string(there)]), .object(["teacher": .string(here)])) == nil)
    let groups: [JSONValue?] = [.object([:]), one, .object(["teacher": .string(there)])]
    for group in groups {
      for (old, new) in [(group, nil), (nil, group)] {
        let failure = try #require(try change(old, new))
        #expect(failure.problem.contains("objective.distillation"), "\(failure)")
      }
    }
  }

  @Test func whatCannotBeIsSaid() throws {
    let folder = try TemporaryFolder()
    let first = try train(recipe(nil, from: nil), in: RunFolder(folder("first")))
    func failure(_ recipe: Recipe) throws -> Failure {
      try #require(throws: Failure.self) { try plan(recipe) }
    }
    let unstarted = try failure(recipe(cosine, from: nil))
    #expect(unstarted.place == "objective.distillation" && unstarted.remedy.contains("--from-weights"))
    var taught = Distillation()
    taught.teacher = folder("nowhere").path
    #expect(try failure(recipe(taught, from: first.model)).place.contains("nowhere"))
    taught.teacher = first.url.path
    let wider = try failure(recipe(taught, from: nil) { $0.model.width = 32 })
    #expect(wider.problem.contains("width is 16 in the weights file, 32 in the recipe"), "\(wider)")
    let power = try failure(recipe(cosine, from: first.model) { $0.model.norm = "powerNorm" })
    #expect(power.problem.contains("teacher"), "\(power)")
  }
}
