import Tensors
import TestSupport

extension GradientCase {
  static let linear: [GradientCase] = {
    var cases: [GradientCase] = []
    for (leading, inputs, outputs) in [([2, 3], 13, 17), ([1], 33, 16), ([1, 1], 1, 1), ([5], 16, 32)] {
      let x = Tensor.random(leading + [inputs], seed: 1)
      let weight = Tensor.random([outputs, inputs], seed: 2)
      let bias = Tensor.random([outputs], seed: 3)
      let residual = Tensor.random(leading + [outputs], seed: 4)
      cases += [
        GradientCase(operation: "linear", variant: "bare", inputs: [x, weight]) {
          $0.linear($1[0], weight: $1[1])
        },
        GradientCase(operation: "linear", variant: "bias", inputs: [x, weight, bias]) {
          $0.linear($1[0], weight: $1[1], bias: $1[2])
        },
        GradientCase(operation: "linear", variant: "residual", inputs: [x, weight, residual]) {
          $0.linear($1[0], weight: $1[1], addingTo: $1[2])
        },
        GradientCase(operation: "linear", variant: "bias, residual", inputs: [x, weight, bias, residual]) {
          $0.linear($1[0], weight: $1[1], bias: $1[2], addingTo: $1[3])
        },
        GradientCase(operation: "linear", variant: "scaled residual", inputs: [x, weight, residual]) {
          $0.linear($1[0], weight: $1[1], addingTo: $1[2], residualScale: 2.5)
        },
        GradientCase(
          operation: "linear", variant: "bias, scaled residual", inputs: [x, weight, bias, residual]
        ) { $0.linear($1[0], weight: $1[1], bias: $1[2], addingTo: $1[3], residualScale: 2.5) },
      ]
    }
    return cases
  }()

  static let activations: [GradientCase] = {
    var cases: [GradientCase] = []
    for (leading, hidden, outputs) in [([2, 3], 17, 13), ([1], 33, 7), ([1, 1], 1, 1), ([4], 16, 16)] {
      let x = Tensor.random(leading + [hidden], seed: 1, scale: 1.5)
      let inputBias = Tensor.random([hidden], seed: 2)
      let weight = Tensor.random([outputs, hidden], seed: 3)
      let bias = Tensor.random([outputs], seed: 4)
      let residual = Tensor.random(leading + [outputs], seed: 5)
      let inputs = [
        Tensor.random(leading + [5], seed: 6), Tensor.random([hidden, 5], seed: 7), inputBias, weight, bias,
      ]
      cases += [
        GradientCase(operation: "gelu", variant: "bias", inputs: [x, inputBias]) {
          $0.gelu($1[0], bias: $1[1])
        },
        GradientCase(operation: "mlp", variant: "bare", inputs: inputs) {
          $0.mlp($1[0], hiddenWeight: $1[1], hiddenBias: $1[2], outputWeight: $1[3], outputBias: $1[4])
        },
        GradientCase(operation: "mlp", variant: "residual", inputs: inputs + [residual]) {
          $0.mlp(
            $1[0], hiddenWeight: $1[1], hiddenBias: $1[2], outputWeight: $1[3], outputBias: $1[4],
            addingTo: $1[5])
        },
        GradientCase(operation: "mlp", variant: "scaled residual", inputs: inputs + [residual]) {
          $0.mlp(
            $1[0], hiddenWeight: $1[1], hiddenBias: $1[2], outputWeight: $1[3], outputBias: $1[4],
            addingTo: $1[5], residualScale: 2.5)
        },
      ]
      cases += Activation.allCases.map { activation in
        let width = hidden * activation.inputsPerOutput
        // relu bends at 0, but is straight beside it.
        return GradientCase(
          operation: "activate", variant: activation.rawValue,
          inputs: [.random(leading + [width], seed: 1, scale: 1.5), .random([width], seed: 2)],
          step: activation == .relu ? 1e-5 : 1e-3
        ) { $0.activate($1[0], bias: $1[1], by: activation) }
      }
    }
    return cases
  }()

  static let norms: [GradientCase] = {
    var cases: [GradientCase] = []
    func add(_ variant: String, _ x: Tensor, step: Double = 1e-3) {
      let weight = Tensor.random([x.width], seed: 2, scale: 0.5, shift: 1)
      let bias = Tensor.random([x.width], seed: 3)
      cases += [
        GradientCase(operation: "layerNorm", variant: "\(variant), bare", inputs: [x], step: step) {
          $0.layerNorm($1[0], weight: nil, bias: nil, epsilon: 1e-6)
        },
        GradientCase(operation: "layerNorm", variant: "\(variant), γ", inputs: [x, weight], step: step) {
          $0.layerNorm($1[0], weight: $1[1], bias: nil, epsilon: 1e-6)
        },
        GradientCase(
          operation: "layerNorm", variant: "\(variant), γ, β", inputs: [x, weight, bias], step: step
        ) { $0.layerNorm($1[0], weight: $1[1], bias: $1[2], epsilon: 1e-6) },
        GradientCase(operation: "rmsNorm", variant: "\(variant), bare", inputs: [x], step: step) {
          $0.rmsNorm($1[0], weight: nil, epsilon: 1e-6)
        },
        GradientCase(operation: "rmsNorm", variant: "\(variant), γ", inputs: [x, weight], step: step) {
          $0.rmsNorm($1[0], weight: $1[1], epsilon: 1e-6)
        },
        GradientCase(
          operation: "rmsNorm", variant: "\(variant), γ, β", inputs: [x, weight, bias], step: step
        ) {
          $0.rmsNorm($1[0], weight: $1[1], bias: $1[2], epsilon: 1e-6)
        },
      ]
    }
    add("one row", .random([1, 13], seed: 1))
    add("odd width", .random([2, 3, 33], seed: 1, scale: 2, shift: 3))
    add("whole vectors", .random([5, 32], seed: 1))
    add("two wide", .random([3, 2], seed: 1))
    add("far offset", .random([3, 17], seed: 1, shift: 1e4))
    // Variance 0: all that is left is ε = 1e-6, so the function bends within √ε = 1e-3.
    add("constant rows", Tensor(shape: [2, 13], repeating: 3), step: 1e-5)
    add("zero rows", Tensor(shape: [2, 17]), step: 1e-5)
    return cases
  }()

  static let attentions: [GradientCase] = [
    ([2, 7], 15, 3, Int.max), ([1, 1], 8, 2, .max), ([1, 5], 13, 1, .max), ([3, 17], 4, 4, .max),
    // More than 256 tokens: the scores come in tiles, 255 + 2 and 218 + 82 queries.
    ([1, 257], 4, 2, 80), ([2, 300], 6, 1, 80),
  ].map { leading, width, heads, entries in
    GradientCase(
      operation: "attention", variant: "\(heads) heads",
      inputs: [.random(leading + [3 * width], seed: 1)], entries: entries
    ) { $0.attention($1[0], headCount: heads) }
  }

  static let heads: [GradientCase] = {
    let projection = Tensor.random([2, 3, 24], seed: 1)
    let parts = (1...3).map { Tensor.random([2, 3, 4, 2], seed: $0) }
    return [
      // Each part by another factor, so that none is taken for another; values are read twice.
      GradientCase(operation: "splitHeads", variant: "all parts", inputs: [projection]) { tape, inputs in
        let parts = tape.splitHeads(inputs[0], headCount: 4)
        return tape.joinHeads([parts[2], tape.scaled(parts[0], by: 3), tape.scaled(parts[2], by: -2)])
      },
      GradientCase(operation: "splitHeads", variant: "keys alone", inputs: [projection]) {
        $0.splitHeads($1[0], headCount: 4)[1]
      },
      GradientCase(
        operation: "normedHeads", variant: "all parts",
        inputs: [projection] + (1...5).map { .random([6], seed: $0, scale: 0.5, shift: 1) }
      ) { tape, inputs in
        let norms = [
          RowNorm(weight: inputs[1], bias: inputs[2], epsilon: 1e-6, centers: true),
          RowNorm(weight: inputs[3], bias: nil, epsilon: 1e-6, centers: false),
          RowNorm(weight: inputs[4], bias: inputs[5], epsilon: 1e-6, centers: false),
        ]
        let wide = Tensor.random([36, 24], seed: 9, scale: 0.3)
        return tape.normedHeads(tape.linear(inputs[0], weight: wide), headCount: 2, norms)
      },
      GradientCase(operation: "normedHeads", variant: "keys alone, two readers", inputs: [projection]) {
        let norm = RowNorm(weight: nil, bias: nil, epsilon: 1e-6, centers: true)
        let normed = $0.normedHeads($1[0], headCount: 2, [nil, norm, nil])
        return $0.scaledResidual(normed, $1[0], layerScale: nil)
      },
      GradientCase(operation: "joinHeads", variant: "all parts", inputs: parts) { $0.joinHeads($1) },
      GradientCase(operation: "joinHeads", variant: "one thrice", inputs: [parts[0]]) {
        $0.joinHeads([$1[0], $1[0], $1[0]])
      },
    ]
  }()

  static let scalings: [GradientCase] = {
    let x = Tensor.random([2, 3, 12], seed: 1)
    return [
      GradientCase(operation: "scaled", variant: "once", inputs: [x]) { $0.scaled($1[0], by: -1.7) },
      GradientCase(operation: "scaled", variant: "two readers", inputs: [x]) {
        $0.scaledResidual($0.scaled($1[0], by: 3), $0.scaled($1[0], by: 0.5), layerScale: nil)
      },
    ]
      + [(12, 1), (12, 3), (12, 12), (40, 40), (40, 2)].map { width, groups in
        GradientCase(
          operation: "scaledChannels", variant: "\(groups) factors of \(width)",
          inputs: [.random([2, 3, width], seed: 1), .random([groups], seed: 2)]
        ) { $0.scaledResidual($0.scaledChannels($1[0], by: $1[1]), $1[0], layerScale: nil) }
      }
  }()

  static let residuals: [GradientCase] = {
    let shape = [3, 2, 13]
    let inputs = [Tensor.random(shape, seed: 1), Tensor.random(shape, seed: 2)]
    let gamma = Tensor.random([13], seed: 3)
    let survival: [Scalar] = [0, 2, 1.25]
    return [
      GradientCase(operation: "scaledResidual", variant: "bare", inputs: inputs) {
        $0.scaledResidual($1[0], $1[1], layerScale: nil)
      },
      GradientCase(operation: "scaledResidual", variant: "γ", inputs: inputs + [gamma]) {
        $0.scaledResidual($1[0], $1[1], layerScale: $1[2])
      },
      GradientCase(operation: "scaledResidual", variant: "samples", inputs: inputs) {
        $0.scaledResidual($1[0], $1[1], layerScale: nil, sampleScale: survival)
      },
      GradientCase(operation: "scaledResidual", variant: "γ, samples", inputs: inputs + [gamma]) {
        $0.scaledResidual($1[0], $1[1], layerScale: $1[2], sampleScale: survival)
      },
      GradientCase(operation: "scaledResidual", variant: "factors", inputs: inputs) {
        $0.scaledResidual($1[0], $1[1], layerScale: nil, residualScale: 1.75, branchScale: -0.5)
      },
      GradientCase(operation: "scaledResidual", variant: "factors, γ, samples", inputs: inputs + [gamma]) {
        $0.scaledResidual(
          $1[0], $1[1], layerScale: $1[2], sampleScale: survival, residualScale: 1.75, branchScale: -0.5)
      },
      // Wide enough for whole vectors.
      GradientCase(
        operation: "scaledResidual", variant: "factors, γ, wide",
        inputs: [.random([2, 1, 35], seed: 1), .random([2, 1, 35], seed: 2), .random([35], seed: 3)]
      ) {
        $0.scaledResidual(
          $1[0], $1[1], layerScale: $1[2], residualScale: 1.75, branchScale: -0.5)
      },
      GradientCase(operation: "scaledResidual", variant: "x twice, factors", inputs: [inputs[0]]) {
        $0.scaledResidual($1[0], $1[0], layerScale: nil, residualScale: 1.75, branchScale: -0.5)
      },
      GradientCase(operation: "scaledResidual", variant: "x twice, bare", inputs: [inputs[0]]) {
        $0.scaledResidual($1[0], $1[0], layerScale: nil)
      },
      GradientCase(operation: "scaledResidual", variant: "x twice", inputs: [inputs[0], gamma]) {
        $0.scaledResidual($1[0], $1[0], layerScale: $1[1], sampleScale: survival)
      },
    ]
  }()
}
