import Tensors
import Testing

/// What `print` says of a tensor, and what becomes of a label that is no class.
@Suite struct DescriptionTests {
  @Test func aTensorSaysItsShapeAndItsRange() {
    let plain = Tensor(shape: [2, 3], values: [-1, 0, 0.5, 1, 0.25, 2])
    #expect("\(plain)" == "Tensor [2, 3] from -1 to 2, mean 0.4583: -1, 0, 0.5, 1, …")
    let odd = Tensor(shape: [3], values: [.nan, 1, 3])
    #expect("\(odd)".hasPrefix("Tensor [3] from 1 to 3, mean 2, 1 not finite: "))
    #expect("\(Tensor(shape: [0, 4]))" == "Tensor [0, 4]")
    #expect("\(Tensor(shape: [1], values: [.infinity]))" == "Tensor [1], not finite")
    #expect("\(Tensor(shape: [100, 100]))".count < 80)
  }

  @Test(arguments: [-1, 3, Int.max]) func aLabelThatIsNoClassMakesTheLossNaN(label: Int) throws {
    let store = ParameterStore(seed: 1)
    let logits = store.root.parameter(
      "logits", shape: [2, 3], role: .matrix(.other), initial: .normal(standardDeviation: 1))
    let tape = Tape(.training)
    let loss = tape.softmaxCrossEntropy(tape(logits), labels: [0, label])
    tape.backward(from: loss)
    #expect(loss.scalar.isNaN)
    #expect(try #require(tape.gradient(of: logits)).values.allSatisfy(\.isNaN))
  }
}
