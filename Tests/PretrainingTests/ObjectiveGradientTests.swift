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
}

/// Every registered objective and optimiser says what it is.
@Test func everyVariantIsDescribed() {
  let kinds: [[any Variant.Type]] = [Objectives.all, Optimizers.all]
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
