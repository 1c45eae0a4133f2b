import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Norms that go by the statistics of the batch, over several steps and in evaluation, against PyTorch in double
/// precision: outputs, all gradients, and what the buffers hold after each step.
@Suite("Norms of the whole batch against PyTorch")
struct BatchNormGoldenTests {
  static let norms: [(choice: Choice, steps: Int)] = [
    ("batchNorm", 3),
    (Choice("prepBN", options: ["steps": .integer(3), "warmSteps": .integer(1)]), 6),
    (
      Choice(
        "powerNorm",
        options: ["groups": .integer(2), "warmupSteps": .integer(3), "backwardDecay": .number(0.8)]),
      6
    ),
  ]
  /// Ten rows, and six steps on what the buffers were rounded to.
  private let tolerance = bound(single: 1.5e-6, double: 1e-7)

  @Test(arguments: norms)
  func giveTheSame(_ choice: Choice, steps: Int) throws {
    let file = try GoldenFile("batch_norms.safetensors", in: .module)
    let store = ParameterStore()
    let norm = try Norms.all.select(choice, at: "test").factory(
      NormSite(.sublayerInput, width: 8), scope: store.root)
    let trainable = store.parameters.filter(\.isTrainable)
    for parameter in trainable {
      parameter.assign(try file("\(choice.name).parameter.\(parameter.name)").values)
    }
    for step in 1...steps {
      let tape = Tape(PassContext(.training, progress: TrainingProgress(step: step - 1)))
      try check("\(choice.name).\(step)", norm, trainable, tape, file)
      for buffer in store.parameters where !buffer.isTrainable {
        let error = relativeError(
          buffer.value, to: try file("\(choice.name).\(step).buffer.\(buffer.name)"))
        #expect(error <= tolerance, "step \(step): \(buffer.name)")
      }
    }
    let before = store.parameters.map(\.value.values)
    try check(
      "\(choice.name).evaluation", norm, trainable, Tape(.evaluating, recordsGradients: true), file)
    #expect(store.parameters.map(\.value.values) == before)
  }

  /// A parameter that has no part in a step gets no gradient, or zeros.
  private func check(
    _ place: String, _ norm: any Norm, _ parameters: [Parameter], _ tape: Tape, _ file: GoldenFile
  ) throws {
    let input = tape.variable(try file("\(place).input"))
    let output = norm(input, tape)
    #expect(relativeError(output, to: try file("\(place).output")) <= tolerance, "\(place)")
    tape.backward(from: output, gradient: try file("\(place).outputGradient"))
    let gradient = try #require(tape.gradient(of: input))
    let error = relativeError(gradient.reshaped(input.shape), to: try file("\(place).inputGradient"))
    #expect(error <= tolerance, "\(place)")
    for parameter in parameters {
      let name = "\(place).gradient.\(parameter.name)"
      let wanted = file.names.contains(name) ? try file(name) : Tensor(shape: parameter.shape)
      let gradient = tape.gradient(of: parameter) ?? Tensor(shape: parameter.shape)
      #expect(relativeError(gradient, to: wanted) <= tolerance, "\(name)")
    }
  }
}
