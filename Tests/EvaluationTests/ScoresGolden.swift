import Foundation
import Testing

/// Values from scikit-learn, scipy, numpy and mpmath; see `Scripts/golden/scores.py`.
struct ScoresGolden: Decodable {
  struct Values: Decodable {
    let ami, nmi, ari, accuracy: Double
  }
  struct Agreement: Decodable {
    let clusters, classes: [Int]
    let ami, nmi, ari, accuracy: Double
  }
  struct Assignment: Decodable {
    let rows, columns: Int
    let costs: [Double]
    let found: [Int?]
    let total: Double
  }
  struct Silhouette: Decodable {
    let width: Int
    let values: [Float]
    let clusters: [Int]
    let score: Double
  }
  struct Precision: Decodable {
    let scores: [Float]
    let positives: [Bool]
    let value: Double
  }
  struct Test: Decodable {
    let onlyFirst, onlySecond: Int
    let p: Double
  }
  struct Classification: Decodable {
    let classCount: Int
    let probabilities: [Float]
    let labels: [Int]
    let top1, top5, balancedAccuracy, calibrationError: Double
  }
  struct Points: Decodable {
    let width: Int
    let values: [Float]
  }
  struct KMeans: Decodable {
    let start: [Float]
    let centers: [Double]
    let clusters: [Int]
    let inertia: Double
  }
  struct Ward: Decodable {
    struct Cut: Decodable {
      let count: Int
      let clusters: [Int]
    }
    let heights: [Double]
    let cuts: [Cut]
  }
  struct Centroid: Decodable {
    let top1: Double
    let predictions: [Int]
    let calibrationError: Double
  }
  struct Retrieval: Decodable {
    struct Values: Decodable {
      let recall: [String: Double]
      let meanAveragePrecision: Double
    }
    let two, one, short: Values
  }
  let agreements: [Agreement]
  let large: Values
  let assignments: [Assignment]
  let silhouette: Silhouette
  let precisions: [Precision]
  let tests: [Test]
  let classification: Classification
  let blobs: Points
  let kMeans: [KMeans]
  let ward: Ward
  let centroid: Centroid
  let retrieval: Retrieval

  static func load() throws -> ScoresGolden {
    let url = try #require(
      Bundle.module.url(forResource: "scores", withExtension: "json", subdirectory: "Golden"))
    return try JSONDecoder().decode(ScoresGolden.self, from: Data(contentsOf: url))
  }
}

/// Labels numbered in the order in which they first occur, so that equal partitions are equal.
func firstSeen(_ labels: [Int]) -> [Int] {
  var numbers: [Int: Int] = [:]
  return labels.map { label in
    let number = numbers[label] ?? numbers.count
    numbers[label] = number
    return number
  }
}
