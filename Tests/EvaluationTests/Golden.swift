import Evaluation
import Foundation
import Testing

/// Values from scikit-learn; see `Scripts/golden/evaluation.py`.
struct Golden: Decodable {
  struct Fit: Decodable {
    let l2: Double
    let objective: Double
    let weights: [Double]
    let intercepts: [Double]
    let predictions: [Int]?
  }
  struct Vote: Decodable {
    let k: Int
    let predictions: [Int]
  }
  struct Neighbors: Decodable {
    let similarities: [Float]
    let indices: [Int]
  }
  let width: Int
  let classCount: Int
  let train: [Float]
  let labels: [Int]
  let test: [Float]
  let testLabels: [Int]
  let means: [Double]
  let deviations: [Double]
  let standardized: [Double]
  let fits: [Fit]
  let binary: Fit
  let votes: [Vote]
  let neighbors: Neighbors

  static func load() throws -> Golden {
    let url = try #require(
      Bundle.module.url(forResource: "evaluation", withExtension: "json", subdirectory: "Golden"))
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }

  /// The features as sets with names for classes.
  func task() throws -> EvaluationTask {
    let names = (0..<classCount).map { "class \($0)" }
    return EvaluationTask(
      train: try Features(
        count: labels.count, width: width, values: train, labels: labels, classNames: names, origin: "train"),
      test: try Features(
        count: testLabels.count, width: width, values: test, labels: testLabels, classNames: names,
        origin: "test"))
  }

  var standardizer: Standardizer { Standardizer(values: train, count: labels.count, width: width) }
}

/// The largest difference between two vectors; infinite when their lengths differ.
func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).map { abs($0 - $1) }.reduce(0) { $1 <= $0 ? $0 : $1 }
}
