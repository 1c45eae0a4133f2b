import Tensors
import TestSupport
import Testing

/// What `PassObserver.beforeProduct` sees, and that it may change it.
@Suite("Products, seen before they are computed")
struct ProductHookTests {
  private let first, firstBias, second, secondBias: Parameter
  private let x = Tensor.random([2, 3, 5], seed: 1)

  init() {
    let store = ParameterStore(seed: 1)
    func parameter(_ name: String, _ shape: [Int]) -> Parameter {
      store.root.parameter(name, shape: shape, role: .matrix(.other), initial: .normal(standardDeviation: 1))
    }
    first = parameter("first.weight", [7, 5])
    firstBias = parameter("first.bias", [7])
    second = parameter("second.weight", [4, 7])
    secondBias = parameter("second.bias", [4])
  }

  private func mlp(_ tape: Tape) -> Tensor {
    tape.mlp(
      x, hiddenWeight: tape(first), hiddenBias: tape(firstBias), outputWeight: tape(second),
      outputBias: tape(secondBias), addingTo: .random([2, 3, 4], seed: 2), residualScale: 1.7)
  }

  @Test(arguments: [true, false])
  func everyProductIsShownOnceInOrder(recordsGradients: Bool) {
    var seen: [(name: String, input: Tensor)] = []
    let observer = PassObserver(beforeProduct: { seen.append(($0.name, $1)) })
    let tape = Tape(.training, recordsGradients: recordsGradients, observer: observer)
    let output = mlp(tape)
    #expect(seen.map(\.name) == ["first.weight", "second.weight"])
    #expect(seen[0].input.values == x.values)
    let plain = Tape(.evaluating)
    let hidden = plain.gelu(plain.linear(x, weight: first.value), bias: firstBias.value)
    #expect(seen[1].input.values == hidden.values)
    let error = relativeError(output, to: mlp(Tape(.evaluating)))
    #expect(error <= bound(single: 1e-6, double: 1e-14))
    let constant = tape.linear(x, weight: Tensor.random([2, 5]))
    #expect(constant.shape == [2, 3, 2] && seen.count == 2)
  }

  @Test func aWeightThatIsChangedIsTheOneThatMultiplies() {
    let observer = PassObserver(beforeProduct: { weight, _ in weight.assign(weight.value.values.map { -$0 }) }
    )
    let tape = Tape(.evaluating, observer: observer)
    let before = tape.linear(x, weight: Tensor(shape: [7, 5], values: first.value.values))
    let after = tape.linear(x, weight: tape(first))
    #expect(after.values == before.values.map { -$0 })
  }
}
