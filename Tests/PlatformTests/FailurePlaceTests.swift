import Platform
import Testing

@Suite("Places of failures")
struct FailurePlaceTests {
  private func place(_ inner: String, _ outer: String, _ separator: String = ".") -> String {
    Failure("a problem", at: inner, mend: "mend it").within(outer, separator: separator).place
  }

  @Test func keysIndicesAndNothingAreJoined() {
    #expect(place("epsilon", "model.norm") == "model.norm.epsilon")
    #expect(place("[2].sigma", "augmentations") == "augmentations[2].sigma")
    #expect(place("", "model") == "model")
    #expect(place("train.steps", "recipe.yaml", ": ") == "recipe.yaml: train.steps")
  }

  @Test func placesGatherOnTheWayUpAndTheRestStays() throws {
    let first = Failure("a problem", at: "sigma", mend: "mend it", errorNumber: 2)
    let found = try #require(throws: Failure.self) {
      try located("recipe.yaml", separator: ": ") { () throws(Failure) in
        try located("data") { () throws(Failure) in
          try located("augmentations") { () throws(Failure) in
            try located("[1]") { () throws(Failure) -> Int in throw first }
          }
        }
      }
    }
    #expect(
      found
        == Failure(
          "a problem", at: "recipe.yaml: data.augmentations[1].sigma", mend: "mend it", errorNumber: 2))
    #expect(try located("anywhere") { () throws(Failure) in 3 } == 3)
  }
}
