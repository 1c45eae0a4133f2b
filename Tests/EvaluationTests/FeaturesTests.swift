import Evaluation
import Platform
import Testing

@Suite struct FeaturesTests {
  private func failure(
    count: Int = 2, width: Int = 2, values: [Float] = [1, 2, 3, 4], labels: [Int] = [], names: [String] = []
  ) -> Failure? {
    do throws(Failure) {
      _ = try Features(
        count: count, width: width, values: values, labels: labels, classNames: names, origin: "a/b")
      return nil
    } catch {
      return error
    }
  }

  @Test func soundFeaturesAreAccepted() {
    #expect(failure() == nil)
    #expect(failure(labels: [1, 0], names: ["x", "y"]) == nil)
  }

  @Test func firstRowThatIsNotFiniteIsNamed() {
    #expect(failure(values: [1, 2, 3, .nan])?.problem == "feature 1 of row 1 is nan")
    #expect(failure(values: [1, -.infinity, .nan, 0])?.problem == "feature 1 of row 0 is -inf")
    #expect(failure(values: [1, 2, 3, .nan])?.place == "a/b")
  }

  @Test func sizesAreChecked() {
    #expect(failure(count: 0, values: []) != nil)
    #expect(failure(count: -1) != nil)
    #expect(failure(width: 0, values: []) != nil)
    #expect(failure(values: [1, 2, 3]) != nil)
    #expect(failure(count: .max) != nil)
  }

  @Test func labelsAreChecked() {
    #expect(failure(labels: [0], names: ["x"]) != nil)
    #expect(failure(labels: [0, 1], names: ["x"]) != nil)
    #expect(failure(labels: [0, -2], names: ["x"]) != nil)
    #expect(failure(labels: [0, 1], names: ["x", "x"]) != nil)
  }
}

@Suite struct FeaturesDescriptionTests {
  @Test func featuresSayWhatTheyAre() throws {
    let values = [Float](repeating: 1, count: 6)
    let bare = try Features(count: 2, width: 3, values: values, origin: "photos")
    #expect("\(bare)" == "Features [2, 3] of photos, no labels")
    let labelled = try Features(
      count: 2, width: 3, values: values, labels: [0, 0], classNames: ["cat"], origin: "photos")
    #expect("\(labelled)" == "Features [2, 3] of photos, 1 class")
    let several = try Features(
      count: 2, width: 3, values: values, labelSets: [[], [0, 1]], classNames: ["a", "b"], origin: "photos")
    #expect("\(several)" == "Features [2, 3] of photos, 2 classes, several an image")
  }
}
