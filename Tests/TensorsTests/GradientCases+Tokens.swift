import Tensors
import TestSupport

extension GradientCase {
  static let tokens: [GradientCase] = {
    let (batch, kept, width, places) = (2, 3, 13, 5)
    let patches = Tensor.random([batch, kept, width], seed: 1)
    let classToken = Tensor.random([1, 1, width], seed: 2)
    let registers = Tensor.random([1, 2, width], seed: 3)
    let ordered = Tensor.random([1, kept, width], seed: 4)
    let orderedWithClass = Tensor.random([1, 1 + kept, width], seed: 5)
    let table = Tensor.random([1, places, width], seed: 6)
    let tableWithClass = Tensor.random([1, 1 + places, width], seed: 7)
    let indices: [Int32] = [4, 0, 2, 1, 4, 3]
    let repeated: [Int32] = [4, 0, 4, 4, 1, 1, 0, 1]
    let x = Tensor.random([batch, places, width], seed: 8)
    let maskToken = Tensor.random([1, 1, width], seed: 9)
    func sequence(
      _ variant: String, _ inputs: [Tensor], _ run: @escaping @Sendable (Tape, [Tensor]) -> Tensor
    )
      -> GradientCase
    {
      GradientCase(operation: "sequence", variant: variant, inputs: inputs, run: run)
    }
    return [
      sequence("patches alone", [patches]) {
        $0.sequence(classToken: nil, registers: nil, patches: $1[0], positions: nil, indices: nil)
      },
      sequence("class token", [patches, classToken]) {
        $0.sequence(classToken: $1[1], registers: nil, patches: $1[0], positions: nil, indices: indices)
      },
      sequence("registers, positions", [patches, registers, ordered]) {
        $0.sequence(classToken: nil, registers: $1[1], patches: $1[0], positions: $1[2], indices: nil)
      },
      sequence("class token, positions", [patches, classToken, orderedWithClass]) {
        $0.sequence(classToken: $1[1], registers: nil, patches: $1[0], positions: $1[2], indices: nil)
      },
      sequence("positions by index", [patches, table]) {
        $0.sequence(classToken: nil, registers: nil, patches: $1[0], positions: $1[1], indices: indices)
      },
      sequence("everything by index", [patches, classToken, registers, tableWithClass]) {
        $0.sequence(classToken: $1[1], registers: $1[2], patches: $1[0], positions: $1[3], indices: indices)
      },
      GradientCase(operation: "gather", variant: "each once", inputs: [x]) {
        $0.gather($1[0], indices: indices)
      },
      GradientCase(operation: "gather", variant: "repeated", inputs: [x]) {
        $0.gather($1[0], indices: repeated)
      },
      GradientCase(operation: "restore", variant: "bare", inputs: [patches, maskToken, table]) {
        $0.restore(
          $1[0], maskToken: $1[1], positions: $1[2], indices: indices, hasClassToken: false, registerCount: 0)
      },
      GradientCase(
        operation: "restore", variant: "class token, registers",
        inputs: [.random([batch, 1 + 2 + kept, width], seed: 1), maskToken, tableWithClass]
      ) {
        $0.restore(
          $1[0], maskToken: $1[1], positions: $1[2], indices: indices, hasClassToken: true, registerCount: 2)
      },
      GradientCase(operation: "meanTokens", variant: "all", inputs: [x]) { $0.meanTokens($1[0], 0..<places) },
      GradientCase(operation: "meanTokens", variant: "some", inputs: [x]) { $0.meanTokens($1[0], 1..<4) },
      GradientCase(operation: "meanTokens", variant: "one", inputs: [.random([1, 1, 1], seed: 1)]) {
        $0.meanTokens($1[0], 0..<1)
      },
    ]
  }()

  static let losses: [GradientCase] = {
    let target = Tensor.random([2, 3, 17], seed: 2)
    let one = Tensor.random([1, 1], seed: 3)
    let mask: [Scalar] = [1, 0, 1, 1, 0, 0]
    let weights: [Scalar] = [0.5, 0, 2, 1, 0, 3]
    let prediction = Tensor.random([2, 3, 17], seed: 1)
    let logits = Tensor.random([5, 13], seed: 1, scale: 3)
    let labels = [0, 12, 4, 4, 7]
    return [
      GradientCase(operation: "meanSquaredError", variant: "all rows", inputs: [prediction]) {
        $0.meanSquaredError($1[0], target: target)
      },
      GradientCase(operation: "meanSquaredError", variant: "mask", inputs: [prediction]) {
        $0.meanSquaredError($1[0], target: target, mask: mask)
      },
      GradientCase(operation: "meanSquaredError", variant: "weights", inputs: [prediction]) {
        $0.meanSquaredError($1[0], target: target, mask: weights)
      },
      GradientCase(operation: "meanSquaredError", variant: "one", inputs: [.random([1, 1], seed: 1)]) {
        $0.meanSquaredError($1[0], target: one)
      },
      GradientCase(operation: "softmaxCrossEntropy", variant: "odd width", inputs: [logits]) {
        $0.softmaxCrossEntropy($1[0], labels: labels)
      },
      GradientCase(operation: "softmaxCrossEntropy", variant: "one row", inputs: [.random([1, 2], seed: 1)]) {
        $0.softmaxCrossEntropy($1[0], labels: [1])
      },
      GradientCase(
        operation: "softmaxCrossEntropy", variant: "one class", inputs: [.random([3, 1], seed: 1)]
      ) { $0.softmaxCrossEntropy($1[0], labels: [0, 0, 0]) },
    ]
  }()
}
