import Foundation
import Platform
import Records
import Testing

@Suite struct EvaluationRecordTests {
  private func record(_ json: String) -> EvaluationRecord? { EvaluationRecord(json: Data(json.utf8)) }

  @Test func whatIsWrittenIsRead() throws {
    let measure = MeasureRecord(
      name: "top-1", kind: .accuracy, direction: .higherIsBetter, value: 0.75, chance: 0.1,
      baselines: ["pixels": 0.5])
    let (lead, picture) = (
      Lead(difference: 0.25, standardError: 0.125, pValue: 0.5),
      EvaluationPicture(file: "a/b.png", caption: "c")
    )
    let numbers = ClassificationRecord(
      top1: 0.75, top5: 1, balancedAccuracy: 0.5, calibrationError: 0.125, top1Interval: [0.5, 1])
    var result: [String: JSONValue] = [
      EvaluatorKey.measures.rawValue: .encoding([measure]),
      EvaluatorKey.leads.rawValue: .encoding(["pixels": lead]),
      EvaluatorKey.pictures.rawValue: .encoding([picture]),
    ]
    if case .object(let own) = JSONValue.encoding(numbers) { result.merge(own) { $1 } }
    let tree = JSONValue.object([
      EvaluationKey.weights.rawValue: .string("w"),
      EvaluationKey.train.rawValue: .object(["images": .integer(9), "classes": .integer(3), "new": .null]),
      EvaluationKey.directions.rawValue: .encoding(UsedDirections(used: 5.5, of: 16)),
      EvaluationKey.evaluators.rawValue: .object(["linear": .object(result)]), "new": .array([.null]),
    ])
    let found = try #require(record(tree.text))
    #expect(found.weights == "w" && found.train.images == 9 && found.train.classes == 3)
    #expect(found.test == EvaluatedSet() && found.directions == UsedDirections(used: 5.5, of: 16))
    let linear = try #require(found.evaluators["linear"])
    #expect(linear.measures == [measure] && linear.leads == ["pixels": lead] && linear.pictures == [picture])
    #expect(found.top1 == ["linear": 0.75])
    #expect(
      try JSONDecoder().decode(ClassificationRecord.self, from: Data(JSONValue.encoding(numbers).text.utf8))
        == numbers)
  }

  @Test(arguments: ["", "[]", "{}", #"{"evaluators":3}"#, #"{"evaluators":{"a":"#])
  func otherTextIsNone(json: String) {
    #expect(record(json) == nil)
  }

  @Test func oddEntriesAreLeftOut() throws {
    let found = try #require(
      record(
        #"{"weights":1,"train":2,"directions":{"used":1},"earlier":[1,{"evaluators":{}}],"evaluators":{"a":3,"#
          + #""b":{"measures":[1,{"name":"x"},{"name":"y","value":2,"kind":"new","baselines":{"p":"q","r":1}}],"#
          + #""leads":{"pixels":{"difference":1}},"pictures":[{"file":"f"}]}}}"#))
    #expect(found.weights == nil && found.train.images == nil && found.directions == nil)
    #expect(found.earlier.count == 1)
    #expect(found.evaluators["a"]?.measures == nil && found.evaluators["a"]?.ownNumbers.isEmpty == true)
    let measures = found.evaluators["b"]?.measures
    #expect(measures?.map(\.name) == ["y"] && measures?.map(\.kind) == [.share])
    #expect(measures?.map(\.baselines) == [["r": 1]] && measures?.map(\.direction) == [.neither])
    #expect(found.evaluators["b"]?.leads.isEmpty == true && found.evaluators["b"]?.pictures.isEmpty == true)
  }

  /// Of an accuracy without a direction it is known; a direction of a newer writer is not.
  @Test func directionsThatAreNotSaid() throws {
    let found = try #require(
      record(
        #"{"evaluators":{"a":{"measures":[{"name":"x","value":1,"kind":"accuracy"},"#
          + #"{"name":"y","value":1,"kind":"accuracy","direction":"new"},{"name":"z","value":1}]}}}"#))
    #expect(found.evaluators["a"]?.measures?.map(\.direction) == [.higherIsBetter, .neither, .neither])
  }

  /// Of several numbers of neighbours the one nearest to 20 counts, of two as near the smaller.
  @Test func accuraciesByEvaluator() throws {
    let found = try #require(
      record(
        #"{"evaluators":{"knn":{"top1":{"5":0.1,"15":0.2,"25":0.3,"200":0.4}},"linear":{"top1":0.5},"#
          + #""rank":{"rankMe":3}}}"#))
    #expect(found.top1 == ["knn": 0.2, "linear": 0.5])
  }
}
