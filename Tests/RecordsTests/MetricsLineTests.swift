import Foundation
import Records
import Testing

@Suite struct MetricsLineTests {
  private func line(_ text: String) -> MetricsLine? { MetricsLine(json: Array(text.utf8)[...]) }

  private func text(_ line: MetricsLine) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(line), as: UTF8.self)
  }

  @Test func aWholeLineIsRead() throws {
    let values = try #require(
      line(
        #"{"step":7,"epoch":0.5,"loss":1.25e-1,"learningRate":1.5e-4,"gradNorm":2,"imagesPerSecond":61.5,"#
          + #""dataWait":0.02,"seconds":12.75}"#))
    #expect(
      values.step == 7 && values[.epoch] == 0.5 && values[.loss] == 0.125 && values[.learningRate] == 1.5e-4)
    #expect(values[.gradNorm] == 2 && values[.imagesPerSecond] == 61.5)
    #expect(values[.dataWait] == 0.02 && values[.seconds] == 12.75)
  }

  @Test func otherKeysSpacesAndAbsentValuesAreFine() throws {
    let values = try #require(
      line(
        " { \"note\" : \"a \\\"quoted\\\" } , text\", \"nested\": {\"step\": 9, \"a\": [1, {\"b\": \"]\"}]}, "
          + "\"step\" : 3 , \"loss\" : null, \"gradNorm\": \"NaN\", \"flag\": true, \"epoch\": NaN } \r"))
    #expect(values.step == 3)
    #expect(
      values[.loss] == nil && values[.gradNorm] == nil && values[.epoch] == nil && values[.seconds] == nil)
  }

  @Test(arguments: [
    "", "{", "{}", #"{"step":1"#, #"{"step":1,"lo"#, #"{"step":1,"loss":"#, #"{"step":1,"loss":0.}x"#,
    #"{"step":1,"lo{"step":2,"loss":1}"#, #"{"loss":1}"#, #"{"step":1.5}"#, #"{"step":-1}"#,
    #"{"step":1e300}"#,
    #"{"step":1}{"step":2}"#, #"{"step":1,}"#, #"{"step":1,"a":[1}"#, #"["step",1]"#, #"{"step":"1"}"#,
    "null",
    #"{"step":1,"a":"b\"#,
  ])
  func brokenLinesAreNone(text: String) {
    #expect(line(text) == nil)
  }

  /// Every number by its own value, as versions before wrote them: keys are these, and whole numbers have no point.
  @Test func theBytesOfALineStay() throws {
    var whole = MetricsLine(step: 20)
    for (place, metric) in Metric.allCases.enumerated() { whole[metric] = Double(place) + 0.5 }
    (whole[.directions], whole[.epoch], whole[.learningRate]) = (64, 2, 1.5e-05)
    let wanted =
      #"{"alignment":9.5,"baselineLoss":12.5,"dataWait":4.5,"directions":64,"distillation":13.5,"epoch":2,"#
      + #""featureStd":7.5,"gradNorm":2.5,"imagesPerSecond":3.5,"learningRate":1.5e-05,"loss":0.5,"rankMe":8.5,"seconds":6.5,"#
      + #""step":20,"teacherEntropy":11.5,"uniformity":10.5}"#
    #expect(try text(whole) == wanted)
    #expect(line(wanted) == whole && whole.hasFeatures)
    var plain = MetricsLine(step: 1)
    plain[.loss] = 0.1
    #expect(try text(plain) == #"{"loss":0.1,"step":1}"#)
    #expect(!plain.hasFeatures)
  }

  /// The writer's failure, which ends a run, is not silenced.
  @Test func whatIsNotFiniteIsNotWritten() {
    var broken = MetricsLine(step: 1)
    broken[.loss] = .nan
    #expect(throws: EncodingError.self) { try text(broken) }
  }

  /// A look that found an infinite number found none; a loss that is too large is one.
  @Test func numbersBeyondDoublesCountForStepsAlone() throws {
    let found = try #require(line(#"{"step":1,"loss":1e999,"rankMe":1e999}"#))
    #expect(found[.loss] == .infinity && found.finite(.loss) == nil)
    #expect(found[.rankMe] == nil && !found.hasFeatures)
  }

  /// What TensorBoard, plots and tables take, in their orders.
  @Test func theListsOfNumbersStay() {
    #expect(
      Metric.events.map(\.key) == [
        "loss", "learningRate", "gradNorm", "imagesPerSecond", "dataWait", "featureStd", "rankMe",
        "alignment",
        "uniformity", "teacherEntropy", "baselineLoss", "distillation",
      ])
    #expect(
      Metric.ofFeatures.map(\.columnTitle) == [
        "RankMe", "spread", "alignment", "uniformity", "teacherEntropy", "baselineLoss", "distillation",
      ])
    #expect(
      Metric.drawn == [.loss, .learningRate, .imagesPerSecond, .gradNorm] + Metric.ofFeatures)
    #expect(Set(Metric.drawn.map(\.field.plot?.title)).count == Metric.drawn.count)
  }
}
