import Foundation
import Records
import Testing

@Suite struct RunFileTests {
  /// Runs of other versions are read by these names.
  @Test func namesStay() {
    #expect(
      Set(RunFile.allCases.map(\.name)) == [
        "recipe.yaml", "provenance.jsonl", "metrics.jsonl", "health.jsonl", "initial.safetensors",
        "warnings.txt",
        "diverged.json", "checkpoints", "monitor.jsonl", "best.safetensors", "model.safetensors",
        "classifier.safetensors", "classification.json", "classification", "images.json", "data.json",
        "bad-images.txt",
        "reconstructions", "evaluation.json", "evaluation", "report.html", "result.json",
      ])
    #expect(
      StudyOutput.allCases.map(\.rawValue) == [
        "results.csv", "table.md", "table.html", "budget.json", "measurement.yaml", "measurement.json",
      ])
    let folder = URL(fileURLWithPath: "/runs/a", isDirectory: true)
    #expect(RunFile.metrics.url(in: folder).path == "/runs/a/metrics.jsonl")
    #expect(RunFile.checkpoints.url(in: folder).hasDirectoryPath)
  }

  @Test func checkpointsSortByTheirSteps() {
    let steps = [0, 7, 99_999_999, 100_000_000]
    #expect(
      steps.map(CheckpointName.numbered) == [
        "step-00000000.safetensors", "step-00000007.safetensors", "step-99999999.safetensors",
        "step-100000000.safetensors",
      ])
    #expect(steps.map(StepName.text).map { StepName.step(of: $0) } == steps)
    #expect(CheckpointName.isNumbered("step-00000007.safetensors"))
    for other in [CheckpointName.last, "step-7.safetensors.damaged", "a-step-7.safetensors"] {
      #expect(!CheckpointName.isNumbered(other))
    }
    for other in ["step-", "step-7a", "7", "astep-7"] { #expect(StepName.step(of: other) == nil) }
  }
}
