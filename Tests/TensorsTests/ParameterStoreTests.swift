import Tensors
import TestSupport
import Testing

@Suite("Parameter store")
struct ParameterStoreTests {
  @Test func keepsTheOrderAndTheNames() {
    let store = ParameterStore()
    let block = store.root["blocks"][3]
    let weight = block["attn"].parameter("weight", shape: [2, 3], role: .matrix(.other), initial: .ones)
    let table = store.root.parameter("table", shape: [7], role: .factor, initial: .zeros, isTrainable: false)
    #expect(store.parameters.map(\.name) == ["blocks.3.attn.weight", "table"])
    #expect(block.prefix == "blocks.3")
    #expect(store["blocks.3.attn.weight"] === weight && store["table"] === table && store["x"] == nil)
    #expect(store.scalarCount == 13 && store.trainableScalarCount == 6)
    #expect(weight.value.values == [Scalar](repeating: 1, count: 6))
  }

  private func drawn(_ initial: InitialValue, seed: UInt64 = 1, name: String = "w", after: [String] = [])
    -> [Double]
  {
    let store = ParameterStore(seed: seed)
    for other in after { _ = store.root.parameter(other, shape: [5], role: .bias, initial: initial) }
    return store.root.parameter(name, shape: [100, 200], role: .matrix(.other), initial: initial).value.values
      .map { Double($0) }
  }

  @Test func drawsDependOnSeedAndNameAlone() {
    let initial = InitialValue.normal(standardDeviation: 1)
    let first = drawn(initial)
    #expect(drawn(initial, after: ["a", "b"]) == first)
    #expect(drawn(initial, seed: 2) != first)
    #expect(drawn(initial, name: "v") != first)
  }

  /// 20,000 draws: five deviations of the estimate are 3.5 %.
  @Test func drawsHaveTheirSpread() {
    func deviation(_ values: [Double]) -> Double {
      (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    }
    let uniform = drawn(.xavierUniform(inputs: 200, outputs: 100))
    let bound = (6.0 / 300).squareRoot()
    #expect(largestMagnitude(uniform) <= bound * (1 + 1e-6) && largestMagnitude(uniform) > 0.99 * bound)
    #expect(abs(deviation(uniform) / (bound / 3.0.squareRoot()) - 1) <= 0.035)
    #expect(abs(deviation(drawn(.normal(standardDeviation: 0.02))) / 0.02 - 1) <= 0.035)
    let truncated = drawn(.truncatedNormal(standardDeviation: 1, bound: 1))
    #expect(largestMagnitude(truncated) <= 1)
    #expect(abs(deviation(truncated) / 0.5396 - 1) <= 0.035)  // √(1 − 2φ(1)/(2Φ(1) − 1))
  }

  @Test func givenValuesAreTaken() {
    let parameter = ParameterStore().root.parameter(
      "w", shape: [3], role: .bias, initial: .values([1, 2, 3]))
    #expect(parameter.value.values == [1, 2, 3])
    parameter.assign([4, 5, 6])
    #expect(parameter.value.values == [4, 5, 6])
  }
}
