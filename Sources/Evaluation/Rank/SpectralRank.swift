import Foundation
import Platform
import Tensors

/// RankMe: how many directions features fill, with the spectrum that it comes from.
///
/// exp(−Σ p_k·log p_k), p_k = σ_k/Σσ + 1e-7, σ the singular values of the features as they are, not centred, of at most
/// `rows` images drawn by `seed`. It needs no labels and learns nothing: of two sets the test set is measured.
public enum SpectralRank: Evaluator {
  /// `rank`.
  public static let name = "rank"
  /// Other names for it.
  public static let aliases = ["rankMe"]
  /// What it measures, in one line.
  public static let summary = "RankMe, the effective rank of the features, and their spectrum; no labels"
  /// Where the protocol comes from.
  public static let source = "Garrido et al., 2022 (RankMe)"
  /// Nothing is learned.
  public static let worksOnOneSet = true
  /// All rows are measured, with a class or without.
  public static let needsLabels = false

  /// Settings of the rank.
  public struct Options: DefaultedOptions {
    /// Images at most.
    public var rows = 25_600
    /// Chooses the images.
    public var seed: UInt64 = 0

    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = ["rows": .count]
  }

  /// What was measured of the spectrum.
  public struct Result: EvaluationResult, Equatable {
    /// From 1, all features multiples of one, to min(rows, width); 1 for features that are all 0.
    public let rankMe: Double
    /// Images.
    public let rows: Int
    /// Features an image.
    public let width: Int
    /// The singular values, largest first.
    public let singularValues: [Double]

    /// The rank.
    public var baseline: Double { rankMe }
    /// The rank, and its share of the largest that there could be.
    public var measures: [Measure] {
      [
        Measure("RankMe", rankMe, .number, .neither),
        Measure(
          "RankMe of the largest possible", rankMe / Double(singularValues.count), .share, .neither),
      ]
    }

    /// The spectrum as a line and as a table; singular values of 0 have no logarithm and no point.
    public var attachments: [EvaluationAttachment] {
      let points = singularValues.enumerated().filter { $0.element > 0 }
        .map { (Double($0.offset + 1), log10($0.element)) }
      return [
        .curves(name: "spectrum", horizontal: "index", vertical: "log10 σ", [("singular values", points)]),
        .table(
          name: "spectrum", header: ["index", "singular value"],
          rows: singularValues.enumerated().map { ["\($0 + 1)", "\($1)"] }),
      ]
    }

    private enum CodingKeys: CodingKey { case rankMe, rows, width }

    /// Encodes all but the spectrum.
    public func encode(to encoder: any Encoder) throws {
      var object = encoder.container(keyedBy: CodingKeys.self)
      try object.encode(rankMe, forKey: .rankMe)
      try object.encode(rows, forKey: .rows)
      try object.encode(width, forKey: .width)
    }
  }

  /// Measures the test set, or the only one.
  ///
  /// - Throws: `Failure` when an option is out of its range.
  public static func evaluate(
    _ task: EvaluationTask, options: Options, progress: ProgressHandler
  ) throws(Failure) -> Result {
    try located(name) { () throws(Failure) in try options.check() }
    let set = task.everyMeasured
    let rows = drawnRows(options.rows, of: set.count, seed: options.seed, for: name)
    progress("decomposing features of \(rows.count) images", 0)
    let values = gatheredRows(rows, of: set.values, width: set.width).map { Double($0) }
    guard let spectrum = Spectrum(of: values, rows: rows.count, columns: set.width) else {
      throw Failure(
        "the features cannot be decomposed", at: set.origin, mend: "check that they are finite")
    }
    return Result(
      rankMe: spectrum.rankMe, rows: rows.count, width: set.width, singularValues: spectrum.values)
  }

  /// Nothing: a rank is no accuracy.
  public static func chance(_ task: EvaluationTask) throws(Failure) -> Double? { nil }
}
