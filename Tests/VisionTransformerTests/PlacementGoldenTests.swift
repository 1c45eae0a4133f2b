import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Small encoders with every placement against PyTorch in double precision: tokens, and the gradient of every parameter.
@Suite("Placements against PyTorch")
struct PlacementGoldenTests {
  static let models = try? GoldenModel.all("placements.json", in: .module)

  /// A placement that nobody computed independently is noticed.
  @Test func everyPlacementIsPresent() throws {
    let present = Set(try #require(Self.models).map(\.placement.name))
    #expect(present == Set(NormPlacements.all.map { $0.name }))
  }

  private func load(_ golden: GoldenModel) throws -> (file: GoldenFile, model: VisionTransformer) {
    let file = try GoldenFile(golden.file, in: .module)
    let model = try VisionTransformer(golden.configuration, parameters: ParameterStore())
    try file.load(into: model.parameters)
    return (file, model)
  }

  private func trainingTape(_ golden: GoldenModel) -> Tape {
    Tape(PassContext(.training, progress: TrainingProgress(step: (golden.step ?? 1) - 1)))
  }

  /// Two dozen operations of Float, each good to 6e-8 to 2e-7 of its largest output.
  private let tolerance = bound(single: 1.5e-6, double: 1e-7)

  /// In use and in training, whose step a buffer carries from the one to the other.
  @Test(arguments: models ?? [])
  func giveTheSameTokens(_ golden: GoldenModel) throws {
    let (file, model) = try load(golden)
    for tape in [Tape(.evaluating), trainingTape(golden)] {
      let tokens = model.encode(try file("patches"), tape)
      #expect(relativeError(tokens, to: try file("tokens")) <= tolerance)
    }
  }

  /// On the way back the roundings of some twenty operations add up, and those of the way there on top.
  @Test(arguments: models ?? [])
  func giveTheSameGradients(_ golden: GoldenModel) throws {
    let (file, model) = try load(golden)
    let tape = trainingTape(golden)
    let tokens = model.encode(try file("patches"), tape)
    tape.backward(from: tokens, gradient: try file("upstream"))
    for parameter in model.parameters.parameters where parameter.isTrainable {
      let gradient = try #require(tape.gradient(of: parameter), "\(parameter.name)")
      let wanted = try file("grad.\(parameter.name)")
      if parameter.name.hasSuffix("k_norm.bias") {
        // It adds the same to every score of a row, which changes nothing: its gradient is 0 but for roundings.
        #expect(largestMagnitude(gradient.values.map { Double($0) }) <= 1e-5, "\(parameter.name)")
        continue
      }
      #expect(relativeError(gradient, to: wanted) <= bound(single: 5e-6, double: 1e-7), "\(parameter.name)")
    }
  }

  /// Nothing in the file but parameters, their gradients, input and results; buffers end as they were.
  @Test(arguments: models ?? [])
  func haveTheSameParameters(_ golden: GoldenModel) throws {
    let (file, model) = try load(golden)
    let others = ["patches", "tokens", "upstream"]
    let names = file.names.filter { !others.contains($0) && !$0.hasPrefix("grad.") }
    #expect(model.parameters.parameters.map(\.name).sorted() == names)
    let trainable = model.parameters.parameters.filter(\.isTrainable).map(\.name)
    #expect(trainable.sorted() == file.names.filter { $0.hasPrefix("grad.") }.map { String($0.dropFirst(5)) })
    _ = model.encode(try file("patches"), trainingTape(golden))
    for parameter in model.parameters.parameters where !parameter.isTrainable {
      #expect(parameter.value.values == (try file(parameter.name)).values, "\(parameter.name)")
    }
  }
}
