import Foundation
import Platform
import Tensors
import VisionTransformer

/// A weights file anew: an encoder, or a checkpoint with its decoder, as it is or exactly converted.
public struct WeightConversion {
  /// What became of each norm.
  public let changes: [ExactConversion.Change]
  /// Largest difference of features, and of a masked objective's predictions, over the largest of these, on random patches.
  public let difference: Double
  private let store: ParameterStore
  private let configuration: VisionTransformerConfiguration
  private let source: ModelFile
  /// Rounding through tens of layers stays far below; a conversion that is not exact does not.
  private static let largestDifference = 1e-3

  /// Takes the weights of a file; with `convert`, which carries a conversion out, compares outputs before and after.
  ///
  /// - Throws: `Failure` when the file is no model, the conversion is not possible, or outputs would change.
  public init(
    of file: ModelFile, _ convert: ((inout ExactConversion) throws(Failure) -> Void)? = nil
  ) throws(Failure) {
    source = file
    let before = try Self.load(file)
    guard let convert else {
      (store, configuration) = (before.encoder.parameters, file.configuration)
      (changes, difference) = ([], 0)
      return
    }
    var conversion = ExactConversion(of: before.encoder, at: file.path)
    try convert(&conversion)
    changes = conversion.changes
    configuration = conversion.configuration
    store = ParameterStore()
    let after = try Self.declare(file, configuration: configuration, in: store)
    try conversion.load(into: store)
    difference = Self.compare(before, after)
    guard difference <= Self.largestDifference else {
      throw Failure(
        "the conversion would change outputs by \(difference) of their size", at: file.path,
        mend: "keep the file as it is: this model does not allow the conversion")
    }
  }

  /// The model, as if read from a file; the state of an optimiser and averaged weights are left out.
  public var result: ModelFile {
    ModelFile(store, configuration: configuration, of: source)
  }

  /// Writes the model, atomically.
  ///
  /// - Throws: `Failure` when `url` is the file that was read, a value does not fit the type, or it cannot be written.
  public func write(
    to url: URL, as type: WeightType = .f32, provenance: Provenance = Provenance()
  ) throws(Failure) {
    guard url.resolvingSymlinksInPath() != URL(fileURLWithPath: source.path).resolvingSymlinksInPath() else {
      throw Failure("the input would be overwritten", at: url.path, mend: "choose another file for --to")
    }
    try ModelFile.write(
      store.parameters.map { ($0.name, $0.value) }, as: type, configuration: configuration,
      preprocessing: source.preprocessing, metadata: source.file.metadata, provenance: provenance, to: url)
  }

  private typealias Model = (encoder: VisionTransformer, objective: (any Objective)?)

  private static func load(_ file: ModelFile) throws(Failure) -> Model {
    guard !file.parameterNames.subtracting(try file.encoderNames()).isEmpty else {
      return (try file.makeModel(), nil)
    }
    let trained = try TrainedObjective(file, at: file.path)
    return (trained.encoder, trained.objective)
  }

  /// Declares the same model under another configuration, without values.
  private static func declare(
    _ file: ModelFile, configuration: VisionTransformerConfiguration, in store: ParameterStore
  ) throws(Failure) -> Model {
    let encoder = try VisionTransformer(configuration, parameters: store, place: file.path)
    guard !file.parameterNames.subtracting(try file.encoderNames()).isEmpty else { return (encoder, nil) }
    let choice = try TrainedObjective.recipe(of: file, at: file.path).objective
    return (encoder, try Objectives.all.select(choice, at: "\(file.path), objective").make(encoder))
  }

  private static func compare(_ before: Model, _ after: Model) -> Double {
    let grid = before.encoder.configuration.grid
    var random = RandomStream(seed: 0, purpose: .synthetic, name: "conversion")
    let patches = Tensor(
      shape: [2, grid.count, grid.width],
      values: (0..<2 * grid.count * grid.width).map { _ in Scalar(random.normal()) })
    let tape = Tape(.evaluating)
    var worst = relativeDifference(
      after.encoder.features(patches, tape), before.encoder.features(patches, tape))
    if let old = before.objective?.plan.reconstruction,
      let new = after.objective?.plan.reconstruction
    {
      let mask = old.mask(for: SampleIdentity(seed: 0, epoch: 0, indices: [0, 1]))
      let change = relativeDifference(
        new.predictions(patches, mask, tape), old.predictions(patches, mask, tape))
      worst = change.isNaN ? change : max(worst, change)
    }
    return worst
  }

  /// NaN when any value is.
  private static func relativeDifference(_ a: Tensor, _ b: Tensor) -> Double {
    var (difference, scale) = (0.0, Double.leastNormalMagnitude)
    for (x, y) in zip(a.values, b.values) {
      let distance = Double(abs(x - y))
      guard distance.isFinite else { return .nan }
      difference = max(difference, distance)
      scale = max(scale, Double(abs(y)))
    }
    return difference / scale
  }
}
