import Foundation
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// What defines each norm of one token, whatever the input.
@Suite("Norms of one token")
struct TokenNormTests {
  private let x = Tensor.random([4, 33], seed: 1, scale: 2)
  private let same = bound(single: 1e-6, double: 1e-12)

  private func make(_ choice: Choice, width: Int = 33, seed: UInt64? = 3) throws -> (
    apply: (Tensor) -> Tensor, store: ParameterStore
  ) {
    let store = ParameterStore(seed: 5)
    let norm = try Norms.all.select(choice, at: "test").factory(
      NormSite(.stream, width: width), scope: store.root["norm"])
    if let seed { store.randomize(seed: seed) }
    return ({ norm($0, Tape(.evaluating)) }, store)
  }

  private func map(_ x: Tensor, _ change: (Scalar) -> Scalar) -> Tensor {
    Tensor(shape: x.shape, values: x.values.map(change))
  }

  /// Rows times I − 2vvᵀ/‖v‖².
  private func reflected(_ x: Tensor) -> Tensor {
    let v = Tensor.random([x.width], seed: 9).values
    let square = v.reduce(0) { $0 + $1 * $1 }
    let values = x.values
    return Tensor(
      shape: x.shape,
      values: (0..<x.rows).flatMap { row -> [Scalar] in
        let entries = values[row * x.width..<(row + 1) * x.width]
        let product = zip(entries, v).reduce(0) { $0 + $1.0 * $1.1 }
        return zip(entries, v).map { $0 - 2 * product / square * $1 }
      })
  }

  /// Bare norms: what may be done to a token without changing the result (or, of rotations, before or after it).
  struct Invariance: Sendable, CustomTestStringConvertible {
    let choice: Choice
    let shift, scale, rotation: Bool
    var testDescription: String { choice.name }

    static let all = [
      Invariance(choice: bare("layerNorm"), shift: true, scale: true, rotation: false),
      Invariance(choice: bare("rmsNorm"), shift: false, scale: true, rotation: true),
      Invariance(choice: bare("pRMSNorm"), shift: false, scale: true, rotation: false),
      Invariance(choice: "scaleNorm", shift: false, scale: true, rotation: true),
      Invariance(choice: "singleScaleRMSNorm", shift: false, scale: true, rotation: true),
      Invariance(choice: "fixNorm", shift: false, scale: true, rotation: true),
      Invariance(choice: "biasNorm", shift: false, scale: false, rotation: false),
      Invariance(choice: bare("dynamicTanh"), shift: false, scale: false, rotation: false),
      Invariance(choice: "none", shift: false, scale: false, rotation: true),
    ]

    private static func bare(_ name: String) -> Choice { Choice(name, options: ["affine": .bool(false)]) }
  }

  @Test(arguments: Invariance.all)
  func leavesAloneWhatItShould(_ norm: Invariance) throws {
    let (apply, _) = try make(norm.choice)
    let y = apply(x)
    for (name, holds, other, wanted) in [
      ("shift", norm.shift, apply(map(x) { $0 + 5 }), y),
      ("scale", norm.scale, apply(map(x) { 3 * $0 }), y),
      ("rotation", norm.rotation, apply(reflected(x)), reflected(y)),
    ] {
      let error = relativeError(other, to: wanted)
      // ε = 1e-6 beside a mean square of 4, of pRMSNorm of two entries, is left of the scale.
      if holds { #expect(error <= 1e-5, "\(name)") } else { #expect(error > 0.01, "\(name)") }
    }
  }

  private func gradient(_ choice: Choice, upstream: Tensor) throws -> [[Scalar]] {
    let store = ParameterStore(seed: 5)
    let norm = try Norms.all.select(choice, at: "test").factory(
      NormSite(.stream, width: 33), scope: store.root["norm"])
    store.randomize(seed: 3)
    let tape = Tape(.training)
    let variable = tape.variable(x)
    tape.backward(from: norm(variable, tape), gradient: upstream)
    let values = try #require(tape.gradient(of: variable)).values
    return (0..<4).map { Array(values[$0 * 33..<($0 + 1) * 33]) }
  }

  @Test func theGradientOfLayerNormSumsToZero() throws {
    for row in try gradient("layerNorm", upstream: .random([4, 33], seed: 2)) {
      let values = row.map { Double($0) }
      let magnitude = values.reduce(0) { $0 + abs($1) }
      #expect(abs(values.reduce(0, +)) <= same * magnitude)
    }
  }

  /// A function that ignores scale does not change along x.
  @Test(arguments: Invariance.all.filter(\.scale))
  func theGradientIsOrthogonalToTheToken(_ norm: Invariance) throws {
    let rows = try gradient(Choice(norm.choice.name), upstream: .random([4, 33], seed: 2))
    let tokens = x.values
    for (index, row) in rows.enumerated() {
      let products = row.indices.map { Double(row[$0]) * Double(tokens[index * 33 + $0]) }
      let sum = products.reduce(0, +)
      let magnitude = products.reduce(0) { $0 + abs($1) }
      #expect(abs(sum) <= 5e-6 * magnitude)
    }
  }

  @Test func dynamicTanhIsBounded() throws {
    let (apply, store) = try make("dynamicTanh")
    let weight = try #require(store["norm.weight"]).value.values
    let bias = try #require(store["norm.bias"]).value.values
    for (scale, isSaturated) in [(1, false), (1e6, true)] as [(Scalar, Bool)] {
      for (index, value) in apply(map(x) { scale * $0 }).values.enumerated() {
        let (gain, distance) = (abs(weight[index % 33]), abs(value - bias[index % 33]))
        #expect(distance <= gain * (1 + 1e-6) + 1e-6)
        if isSaturated { #expect(distance >= gain * (1 - 1e-6) - 1e-6) }
      }
    }
  }

  /// Each channel on its own: an entry of the result depends on the same entry of the token alone.
  @Test func dynamicTanhHasADiagonalJacobian() throws {
    for channel in [0, 16, 32] {
      let upstream = (0..<132).map { Scalar($0 % 33 == channel ? 1 : 0) }
      for row in try gradient("dynamicTanh", upstream: Tensor(shape: [4, 33], values: upstream)) {
        for (index, value) in row.enumerated() { #expect((value != 0) == (index == channel)) }
      }
    }
  }

  @Test func theWholeShareOfPRMSNormIsRMSNorm() throws {
    let (partial, _) = try make(Choice("pRMSNorm", options: ["share": .number(1)]))
    let (whole, _) = try make("rmsNorm")
    #expect(partial(x).values == whole(x).values)
  }

  /// ⌊share·D⌋ entries count, and at least one; the others do not change the rest of their row.
  @Test(arguments: [
    (0.0625, 64, 4), (0.29, 100, 29), (0.01, 33, 1), (0.999, 33, 32), (1, 33, 33), (0.5, 1, 1),
  ])
  func pRMSNormCountsItsShare(share: Double, width: Int, counted: Int) throws {
    let (apply, _) = try make(Choice("pRMSNorm", options: ["share": .number(share)]), width: width)
    let row = Tensor.random([1, width], seed: 4, shift: 2)
    let y = apply(row).values
    for entry in 0..<width {
      var changed = row.values
      changed[entry] += 3
      let other = apply(Tensor(shape: [1, width], values: changed)).values
      let isSame = (0..<width).allSatisfy { $0 == entry || other[$0] == y[$0] }
      #expect(width == 1 || isSame == (entry >= counted), "entry \(entry)")
    }
  }

  @Test func scaleNormOfRootWidthIsSingleScaleRMSNorm() throws {
    let (scaled, lengths) = try make("scaleNorm")
    let (single, gains) = try make(Choice("singleScaleRMSNorm", options: ["epsilon": .number(1e-12)]))
    let gain = try #require(gains["norm.scale"]).value.scalar
    try #require(lengths["norm.scale"]).assign([gain * Scalar(33).squareRoot()])
    #expect(relativeError(scaled(x), to: single(x)) <= same)

    let (plain, weights) = try make(Choice("rmsNorm", options: ["epsilon": .number(1e-12)]), seed: nil)
    try #require(weights["norm.weight"]).assign([Scalar](repeating: gain, count: 33))
    #expect(relativeError(single(x), to: plain(x)) <= same)
    #expect(
      relativeError(try make("fixNorm").apply(x), to: try make("scaleNorm", seed: nil).apply(x)) <= same)
  }

  @Test func biasNormOfNoBiasIsRMSNorm() throws {
    let (apply, store) = try make("biasNorm")
    try #require(store["norm.bias"]).assign([Scalar](repeating: 0, count: 33))
    let gain = exp(try #require(store["norm.log_scale"]).value.scalar)
    let (plain, weights) = try make(Choice("rmsNorm", options: ["epsilon": .number(1e-12)]), seed: nil)
    try #require(weights["norm.weight"]).assign([Scalar](repeating: gain, count: 33))
    #expect(relativeError(apply(x), to: plain(x)) <= same)
  }

  @Test func fixNormGivesTheLengthOfTheRootOfTheWidth() throws {
    let y = try make("fixNorm").apply(x).values
    for row in 0..<4 {
      let square = y[row * 33..<(row + 1) * 33].reduce(0.0) { $0 + Double($1) * Double($1) }
      #expect(abs(square - 33) <= 33 * same)
    }
  }

  @Test func noneIsTheTokenItself() throws {
    let (apply, store) = try make("none")
    #expect(apply(x).sharesStorage(with: x) && store.parameters.isEmpty)
  }

  @Test func parametersStartAsTheSourcesSay() throws {
    let starts: [(Choice, [String: Scalar])] = [
      ("layerNorm", ["weight": 1, "bias": 0]), ("rmsNorm", ["weight": 1]), ("pRMSNorm", ["weight": 1]),
      ("scaleNorm", ["scale": Scalar(33).squareRoot()]), ("singleScaleRMSNorm", ["scale": 1]),
      ("dynamicTanh", ["alpha": 0.5, "weight": 1, "bias": 0]), ("fixNorm", [:]),
      (Choice("dynamicTanh", options: ["alpha": .number(0.25), "affine": .bool(false)]), ["alpha": 0.25]),
      (Choice("pRMSNorm", options: ["bias": .bool(true)]), ["weight": 1, "bias": 0]),
    ]
    for (choice, wanted) in starts {
      let parameters = try make(choice, seed: nil).store.parameters
      #expect(Set(parameters.map(\.name)) == Set(wanted.keys.map { "norm.\($0)" }), "\(choice.name)")
      for parameter in parameters {
        let value = wanted[String(parameter.name.dropFirst(5))]
        #expect(parameter.value.values.allSatisfy { $0 == value }, "\(choice.name), \(parameter.name)")
      }
    }
    let bias = try make("biasNorm", width: 10_000, seed: nil).store
    #expect(bias["norm.log_scale"]?.value.values == [1])
    let values = try #require(bias["norm.bias"]).value.values.map { Double($0) }
    let deviation = (values.reduce(0) { $0 + $1 * $1 } / 10_000).squareRoot()
    #expect(abs(deviation - 1e-4) <= 3e-6)
  }

  @Test(arguments: Invariance.all)
  func aBrokenTokenStaysVisibleAndAlone(_ norm: Invariance) throws {
    var values = x.values
    values[33] = .nan
    let y = try make(norm.choice).apply(Tensor(shape: x.shape, values: values)).values
    #expect(y[33..<66].contains { !$0.isFinite })
    #expect((y[..<33] + y[66...]).allSatisfy { $0.isFinite })
  }

  @Test(
    arguments: [
      ("layerNorm", "epsilon", 0), ("layerNorm", "epsilon", -1e-6), ("rmsNorm", "epsilon", 1e-20),
      ("rmsNorm", "epsilon", 2), ("pRMSNorm", "epsilon", 0), ("pRMSNorm", "share", 0),
      ("pRMSNorm", "share", -0.5), ("pRMSNorm", "share", 1.01), ("scaleNorm", "epsilon", 0),
      ("singleScaleRMSNorm", "epsilon", -1), ("fixNorm", "epsilon", 0), ("dynamicTanh", "alpha", 0),
      ("dynamicTanh", "alpha", -0.5), ("dynamicTanh", "alpha", 1e9),
    ] as [(String, String, Double)])
  func impossibleOptionsAreRefused(norm: String, option: String, value: Double) throws {
    let failure = try #require(throws: Failure.self) {
      try Norms.all.select(Choice(norm, options: [option: .number(value)]), at: "model.norm").factory
    }
    #expect(failure.place == "model.norm.\(option)" && failure.remedy.hasPrefix("choose"))
  }
}
