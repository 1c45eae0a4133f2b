import Foundation
import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// The rows of one tensor, by a number that belongs to each.
private func rows(_ tensor: Tensor, by places: [Int32]) -> [[Scalar]] {
  var found = [[Scalar]](repeating: [], count: Int(places.max() ?? -1) + 1)
  for (index, place) in places.enumerated() {
    found[Int(place)] = Array(tensor.values[index * tensor.width..<(index + 1) * tensor.width])
  }
  return found
}

@Suite("MP3")
struct PositionPredictionTests {
  private let order: [Int32] = [3, 0, 8, 7, 5, 1, 6, 4, 2]
  private let visible: [Int32] = [4, 1, 6, 2]
  private let masked: [Int32] = [0, 8, 3, 7, 5]

  private func model(_ averages: String = "all", randomized: Bool = true) throws -> (
    ComparingModel, PositionPrediction
  ) {
    let model = try ComparingModel.masked(
      Choice(
        "positionPrediction",
        options: ["contextMaskRatio": .number(0.5), "averages": .string(averages)])
    ) { $0.registerCount = 2 }
    if randomized { model.store.randomize(seed: 3) }
    return (model, try #require(model.objective as? PositionPrediction))
  }

  /// [L, L], row p of the patch at place p.
  private func logits(_ objective: PositionPrediction, _ patches: Tensor, _ mask: PatchMask) -> [[Scalar]] {
    let (values, places) = objective.logits(patches, mask, Tape(.evaluating))
    return rows(values, by: places)
  }

  @Test(arguments: ["all", "nonContext"])
  func chanceIsTheLogarithmOfThePlaces(averages: String) throws {
    let (model, objective) = try model(averages, randomized: false)
    func loss() -> Double {
      Double(objective.loss(model.batch(20, views: 1), Tape(.evaluating)).scalar)
    }
    #expect(abs(loss() - log(9)) <= 0.03)
    for parameter in model.store.parameters where parameter.name.hasPrefix("head.") {
      parameter.assign([Scalar](repeating: 0, count: parameter.value.count))
    }
    #expect(abs(loss() - log(9)) <= 1e-6)
  }

  /// What moves with the patches is their logits; the order of the context and of the others does not matter.
  @Test func logitsMoveWithThePatches() throws {
    let (model, objective) = try model()
    let patches = model.batch(1, views: 1).patches
    let plain = logits(objective, patches, PatchMask(visible: visible, masked: masked))
    let permuted = Tape(.evaluating).gather(patches, indices: order)
    func moved(_ places: [Int32]) -> [Int32] {
      places.reversed().compactMap { place in order.firstIndex(of: place).map { Int32($0) } }
    }
    let other = logits(objective, permuted, PatchMask(visible: moved(visible), masked: moved(masked)))
    for (place, source) in order.enumerated() {
      #expect(
        relativeError(other[place], to: plain[Int(source)]) <= bound(single: 2e-6, double: 1e-13))
    }
  }

  @Test func aPatchOutsideOfTheContextIsSeenByItselfAlone() throws {
    let (model, objective) = try model()
    let patches = model.batch(1, views: 1).patches
    let mask = PatchMask(visible: visible, masked: masked)
    let plain = logits(objective, patches, mask)
    for changed in 0..<9 {
      var values = patches.values
      let width = patches.width
      for index in 0..<width { values[changed * width + index] = Scalar(index % 3) }
      let other = logits(objective, Tensor(shape: patches.shape, values: values), mask)
      for place in 0..<9 {
        let error = relativeError(other[place], to: plain[place])
        if place == changed || visible.contains(Int32(changed)) {
          #expect(error > 1e-4, "\(changed) on \(place)")
        } else {
          #expect(error <= bound(single: 1e-6, double: 1e-14), "\(changed) on \(place)")
        }
      }
    }
  }

  @Test func wantsAnEncoderWithoutPositions() throws {
    for positions in Positions.allCases where positions != .none {
      let failure = #expect(throws: Failure.self) {
        _ = try ComparingModel("positionPrediction") { $0.positions = positions }
      }
      #expect(failure?.remedy == "set model.positions: none")
    }
    for ratio in [0, 0.95, 1.0, -1, 2] {
      #expect(throws: Failure.self) {
        _ = try ComparingModel.masked(
          Choice("positionPrediction", options: ["contextMaskRatio": .number(ratio)]))
      }
    }
  }
}

@Suite("DropPos")
struct DropPosTests {
  private let choice = Choice(
    "dropPos",
    options: ["decoderWidth": .integer(8), "decoderHeads": .integer(2), "maskRatio": .number(0.5)])

  /// Four of nine patches are visible; the first of them keeps its position.
  private func logits(_ model: ComparingModel, _ patches: Tensor, _ visible: [Int32]) throws -> [Scalar] {
    var found: [Scalar] = []
    let observer = PassObserver(onResult: { if $0 == .prediction(stack: "position") { found = $1.values } })
    let tape = Tape(.evaluating, observer: observer)
    let masked = (0..<Int32(9)).filter { !visible.contains($0) }
    _ = try model.maskedObjective.loss(patches, PatchMask(visible: visible, masked: masked), tape)
    return found
  }

  @Test(arguments: [Positions.sinCos2D, .learned])
  func droppedPositionsAreNotSeen(positions: Positions) throws {
    let model = try ComparingModel.masked(choice) { $0.positions = positions }
    model.store.randomize(seed: 2)
    let patches = model.batch(1, views: 1).patches
    let plain = try logits(model, patches, [4, 1, 6, 2])
    #expect(plain.count == 3 * 9)
    // The same patches elsewhere: 1 at 7, 6 at 0, 2 at 8.
    let tape = Tape(.evaluating)
    let moved = tape.gather(patches, indices: [6, 1, 2, 3, 4, 5, 6, 1, 2])
    #expect(try logits(model, moved, [4, 7, 0, 8]) == plain)
    // The first one's place is known.
    let other = tape.gather(patches, indices: [0, 1, 2, 4, 4, 5, 6, 7, 8])
    #expect(relativeError(try logits(model, other, [3, 1, 6, 2]), to: plain) > 1e-3)
  }

  @Test(arguments: [0, 0.7, 1, 3])
  func chanceIsTheLogarithmOfThePlaces(smoothing: Double) throws {
    let options = choice.options.merging(["smoothing": .number(smoothing)]) { $1 }
    let model = try ComparingModel.masked(Choice("dropPos", options: options))
    for parameter in model.store.parameters where parameter.name.hasPrefix("position_pred.") {
      parameter.assign([Scalar](repeating: 0, count: parameter.value.count))
    }
    let loss = model.objective.loss(model.batch(5, views: 1), Tape(.evaluating))
    #expect(abs(Double(loss.scalar) - log(9)) <= 2e-6)
  }

  @Test func reconstructionIsAddedAsWeighted() throws {
    func loss(_ weight: Double) throws -> (total: Double, part: Double) {
      let options = choice.options.merging(["reconstructionWeight": .number(weight)]) { $1 }
      let model = try ComparingModel.masked(Choice("dropPos", options: options))
      var part = 0.0
      let observer = PassObserver(onResult: { if $0 == .reconstructionLoss { part = Double($1.scalar) } })
      let tape = Tape(.evaluating, observer: observer)
      return (Double(model.objective.loss(model.batch(5, views: 1), tape).scalar), part)
    }
    let (without, with) = (try loss(0), try loss(2))
    #expect(without.part == 0 && with.part > 0.5)
    #expect(abs(with.total - without.total - 2 * with.part) <= 1e-5)
  }

  @Test func refusesWhatItCannotDrop() throws {
    for positions in [Positions.none, .rotary2D] {
      #expect(throws: Failure.self) { _ = try ComparingModel("dropPos") { $0.positions = positions } }
    }
    for (key, value) in [
      ("positionMaskRatio", 0.0), ("maskRatio", 0.99), ("smoothing", -1),
      ("weightTemperature", 0), ("reconstructionWeight", -1), ("decoderHeads", 3),
    ] {
      #expect(throws: Failure.self, "\(key)") {
        _ = try ComparingModel(Choice("dropPos", options: [key: .number(value)]))
      }
    }
  }

  @Test func targetsAreGaussians() {
    let grid = PatchGrid(height: 12, width: 20, channels: 1, patchSize: 4)
    for deviation in [0, 1e-4, 0.5, 1, 1000] {
      let targets = PositionTargets(grid, deviation: deviation)
      for place in 0..<Int32(15) {
        let values = targets(of: [place]).map { Double($0) }
        #expect(abs(values.reduce(0, +) - 1) <= 1e-6)
        #expect(values.firstIndex(of: values.max() ?? 0) == Int(place) || deviation == 1000)
      }
    }
    let one = PositionTargets(grid, deviation: 1)(of: [7]).map { Double($0) }
    for (place, square) in [(6, 1.0), (8, 1), (2, 1), (12, 1), (1, 2), (13, 2), (5, 4), (10, 5)] {
      #expect(abs(one[place] / one[7] - exp(-square / 2)) <= 1e-6)
    }
    #expect(PositionTargets(grid, deviation: 0)(of: [3]) == (0..<15).map { $0 == 3 ? 1 : 0 })
    #expect(
      PositionTargets(grid, deviation: 1000)(of: [3]).allSatisfy { abs(Double($0) - 1 / 15.0) <= 1e-5 })
  }

  @Test func tokensCountAsTheyResembleTheSummary() {
    let tokens = Tensor(shape: [1, 4, 2], values: [1, 0, 2, 0, 0, 3, -1, 0])
    let weights = TokenAffinity(prefixCount: 1, hasClassToken: true, temperature: 0.5)(tokens, of: 0..<3)
    let wanted = [exp(2.0), 1, exp(-2.0)].map { $0 / (exp(2.0) + 1 + exp(-2.0)) }
    #expect(relativeError(weights.map { Double($0) }, wanted) <= 1e-6)
    // Without a class token the mean of the three patches, (1/3, 1).
    let mean = TokenAffinity(prefixCount: 1, hasClassToken: false, temperature: 1)(tokens, of: 1..<3)
    let cosines = [3 / 10.0.squareRoot(), -1 / 10.0.squareRoot()]
    #expect(abs(Double(mean[0] / mean[1]) - exp(cosines[0] - cosines[1])) <= 1e-5)
    #expect(TokenAffinity(prefixCount: 1, hasClassToken: true, temperature: 1e-3)(tokens, of: 0..<3)[0] == 1)
  }
}
