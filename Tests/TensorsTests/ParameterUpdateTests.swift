import Foundation
import Tensors
import TestSupport
import Testing

/// AdamW and the reduction over lanes against a loop in double precision.
@Suite("Parameter updates")
struct ParameterUpdateTests {
  private let tolerance = bound(single: 2e-6, double: 3e-14)

  private func parameter(_ count: Int) -> Parameter {
    ParameterStore(seed: 3).root.parameter(
      "w", shape: [count], role: .bias, initial: .normal(standardDeviation: 1))
  }

  private func gradients(_ count: Int, lanes: Int, step: Int) -> [Tensor] {
    (0..<lanes).map { Tensor.random([count], seed: UInt64(100 * step + $0)) }
  }

  private func sum(_ gradients: [Tensor]) -> [Double] {
    let values = gradients.map(\.values)
    return values[0].indices.map { place in values.reduce(0) { $0 + Double($1[place]) } }
  }

  /// 9,001 values are two blocks of the kernel and a rest. The moments forget their roundings as they forget
  /// gradients, so errors do not grow with the steps.
  @Test(arguments: [1, 2, 5], [1, 50])
  func adamWMatchesItsDefinition(lanes: Int, steps: Int) {
    let count = 9_001
    let weight = parameter(count)
    let (first, second) = (Tensor(shape: [count]), Tensor(shape: [count]))
    var wanted = weight.value.values.map { Double($0) }
    var (m, v) = (wanted.map { _ in 0.0 }, wanted.map { _ in 0.0 })
    for step in 1...steps {
      let (rate, scale) = (1e-2 / Double(step), step % 2 == 0 ? 0.5 : 1)
      let gradients = gradients(count, lanes: lanes, step: step)
      let constants = AdamWConstants(
        learningRate: rate, weightDecay: 0.1, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, step: step,
        gradientScale: scale)
      let squares = [0..<17, 17..<5_000, 5_000..<count].reduce(0.0) { sum, range in
        sum
          + weight.adamWStep(range, gradients: gradients, first: first, second: second, constants)
      }
      let total = sum(gradients)
      #expect(relativeError([squares], [total.reduce(0) { $0 + $1 * $1 }]) <= tolerance)
      for place in 0..<count {
        let g = total[place] * scale
        m[place] = 0.9 * m[place] + 0.1 * g
        v[place] = 0.95 * v[place] + 0.05 * g * g
        let (first, second) = (
          m[place] / (1 - pow(0.9, Double(step))), v[place] / (1 - pow(0.95, Double(step)))
        )
        wanted[place] -= rate * (0.1 * wanted[place] + first / (second.squareRoot() + 1e-8))
      }
    }
    #expect(relativeError(weight.value.values.map { Double($0) }, wanted) <= tolerance)
    #expect(relativeError(first.values.map { Double($0) }, m) <= tolerance)
    #expect(relativeError(second.values.map { Double($0) }, v) <= tolerance)
  }

  /// lr·g/(|g| + ε): a thousandth off when g is 1e-5, which none of these is.
  @Test func theFirstStepMovesEachWeightByTheRate() {
    let weight = parameter(100)
    let before = weight.value.values
    let gradient = Tensor.random([100], seed: 1)
    _ = weight.adamWStep(
      0..<100, gradients: [gradient], first: Tensor(shape: [100]), second: Tensor(shape: [100]),
      AdamWConstants(
        learningRate: 0.01, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 1,
        gradientScale: 1))
    for (place, g) in gradient.values.enumerated() {
      #expect(abs(before[place] - weight.value.values[place] - (g > 0 ? 0.01 : -0.01)) <= 1e-5)
    }
  }

  @Test func noGradientNoMove() {
    let weight = parameter(33)
    let before = weight.value.values
    _ = weight.adamWStep(
      0..<33, gradients: [Tensor(shape: [33])], first: Tensor(shape: [33]), second: Tensor(shape: [33]),
      AdamWConstants(
        learningRate: 0.01, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 1,
        gradientScale: 1))
    #expect(weight.value.values == before)
  }

  @Test(arguments: [1, 2, 3, 64])
  func lanesAreSummedIntoTheFirst(lanes: Int) {
    let gradients = gradients(9_001, lanes: lanes, step: 1)
    let (total, before) = (sum(gradients), gradients.map(\.values))
    let squares = reduceGradients(gradients, 5..<9_000)
    #expect(relativeError([squares], [total[5..<9_000].reduce(0) { $0 + $1 * $1 }]) <= tolerance)
    let reduced = gradients[0].values
    #expect(relativeError(reduced[5..<9_000].map { Double($0) }, Array(total[5..<9_000])) <= tolerance)
    #expect(reduced[..<5] == before[0][..<5] && reduced[9_000] == before[0][9_000])
    for lane in gradients.indices.dropFirst() { #expect(gradients[lane].values == before[lane]) }
  }

  @Test func averagesMoveByTheMomentum() {
    let weight = parameter(20)
    let average = Tensor.random([20], seed: 1)
    let before = average.values
    weight.average(3..<20, into: average, momentum: 0.75)
    for place in 0..<20 {
      let wanted = place < 3 ? before[place] : 0.75 * before[place] + 0.25 * weight.value.values[place]
      #expect(abs(average.values[place] - wanted) <= 1e-6)
    }
  }

  @Test func descentStepsAgainstTheGradient() {
    let weight = parameter(5)
    let before = weight.value.values
    weight.descend(Tensor(shape: [5], values: [1, 2, 3, 4, 5]), rate: 0.5)
    #expect(
      relativeError(weight.value.values, to: before.enumerated().map { $1 - 0.5 * Scalar($0 + 1) }) <= 1e-6)
  }

  @Test(arguments: [1, 7, 100, 1 << 16])
  func slicesCoverEveryScalarOnce(size: Int) {
    let store = ParameterStore()
    for (index, count) in [1, 99, 100, 101, 70_000].enumerated() {
      _ = store.root.parameter("p\(index)", shape: [count], role: .bias, initial: .zeros)
    }
    let slices = ParameterSlice.slices(of: store.parameters, size: size)
    for (index, parameter) in store.parameters.enumerated() {
      let ranges = slices.filter { $0.index == index }.map(\.range)
      #expect(ranges.allSatisfy { !$0.isEmpty && $0.count <= size })
      #expect(ranges.first?.lowerBound == 0 && ranges.last?.upperBound == parameter.value.count)
      #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
    }
  }
}
