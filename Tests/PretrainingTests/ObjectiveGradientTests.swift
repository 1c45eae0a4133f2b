import Optimization
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing

/// The whole loss as a function of every parameter, by finite differences.
@Suite("Gradients of objectives", .enabled(if: GradientCheck.isMeaningful, "needs --traits DoublePrecision"))
struct ObjectiveGradientTests {
  @Test(arguments: GoldenAutoencoder.models ?? [])
  func maskedAutoencoder(_ golden: GoldenModel) throws {
    let model = try GoldenAutoencoder(golden)
    let (patches, mask) = (try model.file("patches"), try model.mask())
    let errors = GradientCheck.errors(of: model.trainable, entries: 8) {
      model.objective.loss(patches, mask, $0)
    }
    for (name, error) in errors { #expect(error <= GradientCheck.tolerance, "\(name)") }
  }

  /// The weights of DropPos's tokens are constants, which differences do not know: one token a sample weighs 1. Pixels lie
  /// far above SimMIM's predictions, as absolute values have a kink.
  @Test(arguments: ComparingModel.masked + ComparingModel.distilled)
  func ofMasksAndPositions(_ choice: Choice) throws {
    var options = choice.options
    if choice.name == "dropPos" {
      (options["maskRatio"], options["positionMaskRatio"]) = (.number(0.5), .number(0.25))
    }
    if choice.name == "simMIM" { options["normalizePixels"] = .bool(false) }
    let objective = Choice(choice.name, options: options)
    let model = try ComparingModel.masked(objective) { $0.registerCount = 1 }
    model.store.randomize(seed: 5)
    let grid = model.encoder.configuration.grid
    let batch = MicroBatch(
      patches: .random([3, grid.count, grid.width], seed: 4, shift: choice.name == "simMIM" ? 100 : 0),
      identity: SampleIdentity(seed: 5, epoch: 0, indices: [1, 2, 3]))
    let errors = GradientCheck.errors(of: model.trainable, entries: 8) { model.objective.loss(batch, $0) }
    for (name, error) in errors { #expect(error <= GradientCheck.tolerance, "\(name)") }
  }

  /// Of smoothed labels, and of a batch that is mixed as a step mixes it.
  @Test(arguments: [true, false], ["pooled", "tokens"])
  func ofClasses(isMixed: Bool, norm: String) throws {
    let model = try ComparingModel.classifying(["norm": .string(norm), "labelSmoothing": .number(0.2)]) {
      ($0.registerCount, $0.positions) = (1, .learned)
    }
    model.store.randomize(seed: 5)
    let plain = model.labelled(4)
    let batch =
      isMixed
      ? model.objective.plan.prepared(plain, TrainingProgress()).microBatch(0..<4, pool: BufferPool()) : plain
    // The final norm stands aside where pooled features are normed.
    let reached = model.trainable.filter { norm == "tokens" || !$0.name.hasPrefix("norm.") }
    let errors = GradientCheck.errors(of: reached, entries: 8) { model.objective.loss(batch, $0) }
    for (name, error) in errors { #expect(error <= GradientCheck.tolerance, "\(name)") }
  }
}

/// Every registered objective and optimiser says what it is.
@Test func everyVariantIsDescribed() {
  let kinds: [[any Variant.Type]] = [Objectives.all.variants, Optimizers.all.variants]
  for variants in kinds {
    #expect(!variants.isEmpty)
    #expect(Set(variants.map { $0.name }).count == variants.count)
    for variant in variants {
      #expect(variant.name.wholeMatch(of: /[a-z][A-Za-z0-9]*/) != nil)
      #expect(variant.summary.count > 10 && !variant.summary.contains("\n"), "summary of \(variant.name)")
      #expect(variant.source.contains(/\d{4}/), "a year in the source of \(variant.name)")
    }
  }
}
