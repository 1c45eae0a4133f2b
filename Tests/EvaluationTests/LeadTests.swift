import Evaluation
import Platform
import Records
import Testing

/// How far one classifier is ahead of another, and which of two measures is the better one.
@Suite struct LeadTests {
  @Test func ofTwoClassifiersItIsPaired() {
    // Of 100 rows 12 are right for the first alone, 4 for the second alone.
    let first = [Bool](repeating: true, count: 72) + [Bool](repeating: false, count: 28)
    let second =
      [Bool](repeating: true, count: 60) + [Bool](repeating: false, count: 12)
      + [Bool](repeating: true, count: 4) + [Bool](repeating: false, count: 24)
    let lead = Lead(of: first, over: second)
    #expect(abs(lead.difference - 0.08) <= 1e-12)
    // √(16 − 64/100)/100.
    #expect(abs(lead.standardError - 0.039_191_835_884_530_85) <= 1e-12)
    #expect(lead.pValue == McNemar(onlyFirst: 12, onlySecond: 4).pValue)
    let back = Lead(of: second, over: first)
    #expect(back.difference == -lead.difference && back.standardError == lead.standardError)
    let same = Lead(of: first, over: first)
    #expect(same.difference == 0 && same.standardError == 0 && same.pValue == 1)
  }

  @Test func ofChanceItIsBinomial() {
    let right = (0..<100).map { $0 < 60 }
    let lead = Lead(of: right, overShare: 0.5)
    #expect(abs(lead.difference - 0.1) <= 1e-12)
    #expect(abs(lead.standardError - 0.048_989_794_855_663_56) <= 1e-12)
    // Two-sided at 2.0412 standard errors.
    #expect(abs(lead.pValue - 0.041_226_8) <= 1e-6)
    #expect(Lead(of: [true, true], overShare: 0.5).pValue == 0)
    #expect(Lead(of: [true, true], overShare: 1).pValue == 1)
  }

  @Test func resultsKnowTheirDirection() throws {
    let train = try clusters(count: 100, width: 4, classes: 4, spread: 1, seed: 1)
    let test = try clusters(count: 40, width: 4, classes: 4, spread: 1, seed: 2)
    let task = EvaluationTask(train: train, test: test)
    let scores = try Scores.measure(LinearProbe.self, task, baselines: ["pixels": task])
    let lower = scores.lines.filter { $0.direction == .lowerIsBetter }
    #expect(lower.map(\.name) == ["calibration error"])
    #expect(scores.lines.filter { $0.direction == .higherIsBetter }.count == scores.lines.count - 1)
    #expect(scores.leads["pixels"]?.difference == 0 && scores.leads["pixels"]?.pValue == 1)
    #expect(Set(scores.leads.keys) == ["pixels", "chance"])
    let rank = try Scores.measure(SpectralRank.self, task)
    #expect(rank.lines.allSatisfy { $0.direction == .neither } && rank.leads.isEmpty)
    let json = JSONValue.encoding(scores)
    #expect(json["leads"]?["chance"]?["difference"]?.number == scores.leads["chance"]?.difference)
    let table = EvaluationReport(weights: "w", train: .init(train), test: .init(test), scores: [scores]).table
    #expect(table.split(separator: "\n").filter { $0.contains("lower is better") }.count == 1)
  }

  @Test func directionsOfFeaturesAreTheirRank() throws {
    let train = try clusters(count: 100, width: 4, classes: 4, spread: 1, seed: 1)
    let found = try UsedDirections(EvaluationTask(train: train, test: nil))
    #expect(found.of == 4 && (1...4).contains(found.used))
  }
}
