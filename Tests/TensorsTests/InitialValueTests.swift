import Platform
import Synchronization
import Tensors
import Testing

@Suite("Initial values")
struct InitialValueTests {
  private func drawn(_ initial: InitialValue, shape: [Int] = [6, 5]) -> [Scalar] {
    ParameterStore(seed: 3).root.parameter("w", shape: shape, role: .matrix(.other), initial: initial).value
      .values
  }

  @Test func equalPartsGiveWhatTheWholeWould() {
    for part in [
      InitialValue.uniform(bound: 2), .normal(standardDeviation: 3),
      .truncatedNormal(standardDeviation: 1, bound: 0.5),
    ] {
      #expect(drawn(.stacked([part, part, part])) == drawn(part))
      #expect(drawn(.stacked([.stacked([part, part])])) == drawn(part))
    }
  }

  @Test func eachPartHasItsOwnStart() {
    let values = drawn(.stacked([.uniform(bound: 1), .constant(2), .uniform(bound: 3)]))
    let plain = drawn(.uniform(bound: 1))
    #expect(Array(values[0..<10]) == Array(plain[0..<10]))
    #expect(values[10..<20].allSatisfy { $0 == 2 })
    #expect(zip(values[20...], plain[10...]).allSatisfy { abs($0 - 3 * $1) <= 1e-6 })
  }

  /// What takes time is not computed for weights that a file gives.
  @Test func computedValuesAreAskedForWhenTheyAreNeeded() {
    let calls = Mutex(0)
    let initial = InitialValue.computed {
      calls.withLock { $0 += 1 }
      return [1, 2, 3, 4]
    }
    #expect(calls.withLock { $0 } == 0)
    let store = ParameterStore()
    store.drawsInitialValues = false
    #expect(
      store.root.parameter("a", shape: [4], role: .bias, initial: initial).value.values == [0, 0, 0, 0])
    #expect(calls.withLock { $0 } == 0)
    store.drawsInitialValues = true
    #expect(
      store.root.parameter("b", shape: [4], role: .bias, initial: initial).value.values == [1, 2, 3, 4])
    #expect(calls.withLock { $0 } == 1)
    #expect(drawn(.stacked([.zeros, initial]), shape: [4, 2]) == [0, 0, 0, 0, 1, 2, 3, 4])
  }
}
