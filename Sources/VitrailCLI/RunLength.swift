import ArgumentParser

/// `--epochs`, `--steps` and `--minutes`: how long a run is.
struct RunLength: ParsableArguments {
  @Option(help: "Passes over the images; default: as the recipe says, else 100.")
  var epochs: Double?
  @Option(help: "Steps, instead of passes; default: as the recipe says.", transform: number(in: 1...Int.max))
  var steps: Int?
  @Option(
    help: """
      Minutes of training, instead of passes: the speed is measured first, and the number of steps that fit is written into \
      the run's recipe.yaml. Default: none.
      """, transform: number(in: 1e-3...1e7))
  var minutes: Double?

  func validate() throws {
    guard [epochs != nil, steps != nil, minutes != nil].count(where: \.self) < 2 else {
      throw ValidationError("give one of --epochs, --steps and --minutes")
    }
  }

  /// Whether none is given.
  var isEmpty: Bool { epochs == nil && steps == nil && minutes == nil }

  /// The settings of a recipe, which replace a length that it has.
  var settings: [String] {
    guard !isEmpty else { return [] }
    let lengths = [
      ("epochs", epochs.map { "\($0)" }), ("steps", steps.map { "\($0)" }),
      ("minutes", minutes.map { "\($0)" }),
    ]
    return lengths.map { key, value in "train.\(key)=\(value ?? "null")" }
  }
}
