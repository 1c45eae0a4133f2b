import Platform
import Pretraining
import Tensors
import TestSupport
import Testing
import VisionTransformer

@Suite("SimMIM")
struct SimMIMTests {
  private let mask = PatchMask(visible: [4, 1, 6], masked: [0, 8, 3, 7, 5, 2])

  private func changed(_ patches: Tensor, at place: Int32) -> Tensor {
    var values = patches.values
    let width = patches.width
    for index in 0..<width { values[Int(place) * width + index] = Scalar(index % 3) }
    return Tensor(shape: patches.shape, values: values)
  }

  @Test func hiddenPixelsAreNotSeen() throws {
    let model = try ComparingModel("simMIM")
    model.store.randomize(seed: 2)
    let objective = try #require(model.objective as? SimMIM)
    let patches = model.batch(1, views: 1).patches
    func predictions(_ patches: Tensor) -> Tensor {
      objective.predictions(patches, mask, Tape(.evaluating))
    }
    let plain = predictions(patches)
    for place in mask.masked { #expect(predictions(changed(patches, at: place)).values == plain.values) }
    for place in mask.visible {
      #expect(relativeError(predictions(changed(patches, at: place)), to: plain) > 1e-3)
    }
  }

  /// A head of zeros predicts 0: the loss is the mean of |pixel| over hidden patches.
  @Test func onlyHiddenPixelsCount() throws {
    let model = try ComparingModel("simMIM")
    for parameter in model.store.parameters where parameter.name.hasPrefix("head.") {
      parameter.assign([Scalar](repeating: 0, count: parameter.value.count))
    }
    let patches = model.batch(1, views: 1).patches
    let loss = try model.maskedObjective.loss(patches, mask, Tape(.evaluating))
    let hidden = Tape(.evaluating).gather(patches, indices: mask.masked).values
    let wanted = hidden.reduce(0) { $0 + Double(abs($1)) } / Double(hidden.count)
    #expect(abs(Double(loss.scalar) - wanted) <= 1e-6 * wanted)
  }

  /// Grid of `side` patches, the unit that is taken, and the units that are hidden of it.
  @Test(arguments: [(14, nil, 2, 30), (12, nil, 2, 22), (7, nil, 1, 30), (8, 4, 4, 3), (16, nil, 2, 39)])
  func unitsAreHiddenWhole(side: Int, given: Int?, unit: Int, hidden: Int) throws {
    var options = Choice("simMIM").options
    if let given { options["maskUnit"] = .integer(given) }
    for shape in MaskShape.allCases {
      options["maskShape"] = .string(shape.rawValue)
      let model = try ComparingModel(Choice("simMIM", options: options)) {
        ($0.imageHeight, $0.imageWidth) = (4 * side, 4 * side)
      }
      let mask = try model.maskedObjective.mask(for: SampleIdentity(seed: 1, epoch: 0, indices: [3, 4]))
      #expect(mask.masked.count == 2 * hidden * unit * unit)
      for places in [mask.masked.prefix(mask.masked.count / 2), mask.masked.suffix(mask.masked.count / 2)] {
        var units: [Int: Int] = [:]
        for place in Set(places.map { Int($0) }) {
          units[place / side / unit * side + place % side / unit, default: 0] += 1
        }
        #expect(units.count == hidden && units.values.allSatisfy { $0 == unit * unit })
      }
    }
  }

  @Test func refusesWhatCannotBeHidden() throws {
    for options: [String: JSONValue] in [
      ["maskUnit": .integer(2)], ["maskUnit": .integer(0)], ["maskUnit": .integer(3)],
      ["maskRatio": .number(0)], ["maskRatio": .number(1)], ["maskRatio": .number(0.99)],
      ["maskShape": .string("round")],
    ] {
      #expect(throws: Failure.self, "\(options)") {
        _ = try ComparingModel(Choice("simMIM", options: options))
      }
    }
  }
}
