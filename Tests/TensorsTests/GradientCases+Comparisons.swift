import Tensors
import TestSupport

extension GradientCase {
  /// Losses that compare rows with each other or with what a teacher says.
  static let comparisons: [GradientCase] = {
    let queries = Tensor.random([6, 5], seed: 1)
    let keys = Tensor.random([9, 5], seed: 2)
    let positives = [8, 0, 3, 3, 1, 4]
    let excluded = [0, 1, 2, 4, 8, 3]
    let logits = Tensor.random([2, 3, 7], seed: 3, scale: 2)
    let targets = softmaxRows(.random([2, 3, 7], seed: 4), temperature: 0.5, pool: BufferPool())
    let doubled = Tensor(shape: targets.shape, values: targets.values.map { 2 * $0 })
    let weights: [Scalar] = [0.5, 0, 2, 1, 0, 3]
    let target = Tensor.random([4, 17], seed: 5)
    func contrastive(
      _ variant: String, _ inputs: [Tensor], _ run: @escaping @Sendable (Tape, [Tensor]) -> Tensor
    ) -> GradientCase {
      GradientCase(operation: "contrastiveLoss", variant: variant, inputs: inputs, run: run)
    }
    return [
      contrastive("queries and keys", [queries, keys]) {
        $0.contrastiveLoss($1[0], $1[1], positives: positives, temperature: 0.7)
      },
      contrastive("keys that do not count", [queries, keys]) {
        $0.contrastiveLoss($1[0], $1[1], positives: positives, excluded: excluded, temperature: 0.3)
      },
      contrastive("constant keys", [queries]) {
        $0.contrastiveLoss($1[0], keys, positives: positives, temperature: 0.7)
      },
      contrastive("queries that are the keys", [queries]) {
        $0.contrastiveLoss(
          $1[0], $1[0], positives: [3, 4, 5, 0, 1, 2], excluded: [0, 1, 2, 3, 4, 5], temperature: 0.5)
      },
      contrastive("one of each", [.random([1, 3], seed: 1), .random([1, 3], seed: 2)]) {
        $0.contrastiveLoss($1[0], $1[1], positives: [0], temperature: 1)
      },
      GradientCase(operation: "softCrossEntropy", variant: "all rows", inputs: [logits]) {
        $0.softCrossEntropy($1[0], targets: targets)
      },
      GradientCase(operation: "softCrossEntropy", variant: "temperature, weights", inputs: [logits]) {
        $0.softCrossEntropy($1[0], targets: targets, temperature: 0.3, weights: weights)
      },
      GradientCase(operation: "softCrossEntropy", variant: "targets of sum 2", inputs: [logits]) {
        $0.softCrossEntropy($1[0], targets: doubled, temperature: 2)
      },
      GradientCase(operation: "meanAbsoluteError", variant: "odd width", inputs: [.random([4, 17], seed: 6)])
      {
        $0.meanAbsoluteError($1[0], target: target)
      },
      GradientCase(operation: "unitRows", variant: "odd width", inputs: [.random([3, 17], seed: 7)]) {
        $0.unitRows($1[0])
      },
      GradientCase(
        operation: "unitRows", variant: "width 1 shifted", inputs: [.random([2, 3, 19], seed: 7, shift: 1e2)]
      ) { $0.unitRows($1[0]) },
    ]
  }()

  /// Rows joined, taken apart, replaced and mixed.
  static let rows: [GradientCase] = {
    let x = Tensor.random([4, 3, 5], seed: 1)
    let y = Tensor.random([2, 3, 5], seed: 2)
    let token = Tensor.random([1, 1, 5], seed: 3)
    let matrix = Tensor.random([6, 4], seed: 4)
    return [
      GradientCase(operation: "concatenated", variant: "two", inputs: [x, y]) {
        $0.concatenated([$1[0], $1[1]])
      },
      GradientCase(operation: "concatenated", variant: "twice the same", inputs: [y]) {
        $0.concatenated([$1[0], $1[0]])
      },
      GradientCase(operation: "concatenated", variant: "one", inputs: [y]) { $0.concatenated([$1[0]]) },
      GradientCase(operation: "rows", variant: "in the middle", inputs: [x]) { $0.rows($1[0], 1..<3) },
      GradientCase(operation: "rows", variant: "two readers", inputs: [x]) {
        $0.concatenated([$0.rows($1[0], 2..<4), $0.rows($1[0], 0..<3)])
      },
      GradientCase(operation: "gatheringBatch", variant: "alone", inputs: [x]) {
        $0.gatheringBatch($1[0]).rows
      },
      GradientCase(operation: "relu", variant: "odd width", inputs: [x]) { $0.relu($1[0]) },
      GradientCase(operation: "replaced", variant: "some", inputs: [x, token]) {
        $0.replaced($1[0], by: $1[1], at: [0, 2, 1, 0, 2, 1, 0, 1])
      },
      GradientCase(operation: "replaced", variant: "two readers", inputs: [x, token]) {
        $0.concatenated([$0.replaced($1[0], by: $1[1], at: [0, 1, 2, 0]), $1[0]])
      },
      GradientCase(operation: "remixed", variant: "table", inputs: [.random([1, 4, 5], seed: 5)]) {
        $0.remixed($1[0], by: matrix)
      },
      GradientCase(operation: "attention", variant: "few keys", inputs: [.random([2, 7, 24], seed: 6)]) {
        $0.attention($1[0], headCount: 2, keyCount: 3)
      },
      GradientCase(operation: "attention", variant: "one key", inputs: [.random([1, 20, 12], seed: 6)]) {
        $0.attention($1[0], headCount: 1, keyCount: 1)
      },
    ]
  }()
}
