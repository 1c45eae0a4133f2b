import Foundation
import Tensors
import Testing

/// What is computed on plain rows, for code outside the training step.
@Suite("Plain rows")
struct PlainRowsTests {
  private let logits: [Float] = [1, 2, 0.5, -80, 100, 3]

  @Test func probabilitiesAreThoseOfTheDefinition() {
    let found = SoftmaxRows.probabilities(logits, classes: 3)
    for base in [0, 3] {
      let powers = (0..<3).map { exp(Double(logits[base + $0]) - 100) }
      for place in 0..<3 {
        #expect(abs(Double(found[base + place]) - powers[place] / powers.reduce(0, +)) <= 1e-7)
      }
    }
    #expect(SoftmaxRows.probabilities([], classes: 3).isEmpty)
  }

  @Test func residualsAreTheGradientOfTheLoss() {
    let (biases, labels): ([Float], [Int]) = ([0.5, -0.25, 0], [2, 1])
    var residuals = logits
    let loss = SoftmaxRows.turnIntoResiduals(&residuals, biases: biases, labels: labels)
    let shifted = logits.indices.map { logits[$0] + biases[$0 % 3] }
    let probabilities = SoftmaxRows.probabilities(shifted, classes: 3)
    var wanted = 0.0
    for (row, label) in labels.enumerated() {
      wanted -= log(Double(probabilities[row * 3 + label]))
      for place in 0..<3 {
        let gradient = probabilities[row * 3 + place] - (place == label ? 1 : 0)
        #expect(abs(residuals[row * 3 + place] - gradient) <= 1e-6)
      }
    }
    #expect(abs(loss - wanted) <= 1e-6)
  }

  @Test func unitRowsHaveLengthOne() {
    let single = unitRows([3, 4, 0, 0, -5, 12] as [Float], width: 2, paddedTo: 4)
    #expect(single == [0.6, 0.8, 0, 0, Float(-5.0 / 13), Float(12.0 / 13), 0, 0])
    let double = unitRows([3, 4, 0, 0, -5, 12] as [Double], width: 2)
    #expect(double == [0.6, 0.8, 0, 0, -5.0 / 13, 12.0 / 13])
  }
}
