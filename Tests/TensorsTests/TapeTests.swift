import Tensors
import TestSupport
import Testing

@Suite("Tape")
struct TapeTests {
  private let store = ParameterStore(seed: 1)
  private let x = Tensor.random([2, 5], seed: 1)
  private let trainable, frozen: Parameter

  init() {
    trainable = store.root.parameter(
      "trainable", shape: [5, 5], role: .matrix(.other), initial: .normal(standardDeviation: 1))
    frozen = store.root.parameter(
      "frozen", shape: [5], role: .bias, initial: .normal(standardDeviation: 1), isTrainable: false)
  }

  private func loss(_ tape: Tape) -> Tensor {
    let output = tape.linear(x, weight: tape(trainable), bias: tape(frozen))
    return tape.meanSquaredError(output, target: Tensor(shape: [2, 5]))
  }

  @Test func frozenParametersGetNoGradient() {
    let tape = Tape(.training)
    tape.backward(from: loss(tape))
    #expect(tape.gradient(of: trainable) != nil)
    #expect(tape.gradient(of: frozen) == nil)
  }

  @Test func anEvaluatingTapeRecordsNothing() {
    let tape = Tape(.evaluating)
    tape.backward(from: loss(tape))
    #expect(tape.gradient(of: trainable) == nil)
  }

  @Test func anEvaluatingTapeMayRecord() {
    let tape = Tape(.evaluating, recordsGradients: true)
    tape.backward(from: loss(tape))
    #expect(tape.gradient(of: trainable) != nil)
  }

  @Test func theSeedScalesTheGradient() throws {
    let (one, third) = (Tape(.training), Tape(.training))
    one.backward(from: loss(one))
    third.backward(from: loss(third), seed: 1 / 4)
    let whole = try #require(one.gradient(of: trainable)).values
    #expect(try #require(third.gradient(of: trainable)).values == whole.map { $0 / 4 })
  }

  @Test func clearedGradientsStartAnew() throws {
    let tape = Tape(.training)
    tape.backward(from: loss(tape))
    let first = try #require(tape.gradient(of: trainable)).values
    tape.clearGradients()
    #expect(tape.gradient(of: trainable) == nil)
    tape.backward(from: loss(tape))
    #expect(try #require(tape.gradient(of: trainable)).values == first)
  }

  /// Each once, after the last operation that reads it, and the tape keeps none.
  @Test func completeGradientsAreHandedOver() throws {
    func run(_ tape: Tape, handingTo taker: ((Parameter, Tensor?) -> Void)? = nil) {
      let inner = tape.linear(x, weight: tape(trainable), bias: tape(frozen))
      let outer = tape.linear(inner, weight: tape(trainable))
      let loss = tape.meanSquaredError(outer, target: Tensor(shape: [2, 5]))
      tape.backward(from: loss, handingTo: taker)
    }
    let plain = Tape(.training)
    run(plain)
    run(plain)
    let tape = Tape(.training)
    var handed: [(name: String, values: [Scalar]?)] = []
    run(tape)
    run(tape) { handed.append(($0.name, $1?.values)) }
    #expect(handed.map(\.name) == ["trainable"])
    #expect(handed.first?.values == (try #require(plain.gradient(of: trainable)).values))
    #expect(tape.gradient(of: trainable) == nil)
  }

  @Test func theObserverSeesResultsAndTheirSites() {
    var seen: [String] = []
    let tape = Tape(.training, observer: PassObserver(onResult: { seen.append("\($0) \($1.shape)") }))
    tape.observe(.head, x)
    #expect(seen == ["head [2, 5]"])
  }

  @Test(arguments: [0, 7, 9])
  func nonFiniteValuesAreSeen(at index: Int) {
    var values = [Scalar](repeating: 1, count: 10)
    #expect(Tensor(shape: [2, 5], values: values).isFinite)
    for bad in [Scalar.nan, .infinity, -.infinity] {
      values[index] = bad
      #expect(!Tensor(shape: [2, 5], values: values).isFinite)
    }
  }

  @Test func slicesShareStorage() {
    let tensor = Tensor(shape: [3, 2], values: [0, 1, 2, 3, 4, 5])
    let slice = tensor.slice(1..<3)
    #expect(slice.shape == [2, 2] && slice.values == [2, 3, 4, 5])
    slice.withMutableSpan { $0[0] = 9 }
    #expect(tensor.values == [0, 1, 9, 3, 4, 5])
  }
}
