import Foundation
import Testing

/// Files of a run that were damaged after they were written.
@Suite("vitrail on damaged run folders")
struct DamageTests {
  private static let trained = Result {
    let folder = try sharedFolder()
    let data = folder.appendingPathComponent("data")
    let run = folder.appendingPathComponent("run")
    try SampleImages.write(to: data)
    let outcome = try TinyRun.pretrain(data, out: run, "train.steps=6", "train.checkpointSteps=2")
    try #require(outcome.code == 0, "\(outcome.errors)")
    return run
  }

  /// Calls `body` with a copy of a run that has checkpoints of steps 4 and 6.
  private func withRun(_ body: (_ run: URL, _ reference: URL) throws -> Void) throws {
    let reference = try Self.trained.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      try FileManager.default.copyItem(at: reference, to: run)
      try body(run, reference)
    }
  }

  private func checkpoint(_ step: Int, _ run: URL) -> URL {
    run.appendingPathComponent("checkpoints/step-0000000\(step).safetensors")
  }

  enum Damage: String, CaseIterable, Sendable {
    case flippedBit, zeroedBytes, cut, empty

    func strike(_ url: URL) throws {
      var data = try Data(contentsOf: url)
      switch self {
      case .flippedBit: data[data.count * 3 / 4] ^= 0x10
      case .zeroedBytes:
        let middle = data.count / 2
        data.replaceSubrange(middle..<middle + 512, with: Data(count: 512))
      case .cut: data.removeLast(data.count / 3)
      case .empty: data.removeAll()
      }
      try data.write(to: url)
    }
  }

  @Test(
    "a damaged newest checkpoint is named and the one before it taken, to the same bits",
    arguments: Damage.allCases)
  func newest(_ damage: Damage) throws {
    try withRun { run, reference in
      try damage.strike(checkpoint(6, run))
      let resumed = try Vitrail.run("pretrain", "--resume", "--out", run.path)
      #expect(resumed.code == 0, "\(resumed.errors)")
      let said = resumed.errors + resumed.output
      #expect(said.contains("step-00000006.safetensors") && said.contains("passed over"), "\(said)")
      #expect(try TinyRun.tensors(checkpoint(6, run)) == TinyRun.tensors(checkpoint(6, reference)))
      #expect(TinyRun.checkpointStep(run) == 6)
      #expect(TinyRun.files(run).contains("checkpoints/step-00000006.safetensors.damaged"))
      #expect(try TinyRun.loggedSteps(run) == TinyRun.loggedSteps(reference))
    }
  }

  @Test("where no checkpoint is whole, nothing is touched and the error says so")
  func all() throws {
    try withRun { run, _ in
      for step in [4, 6] { try Damage.flippedBit.strike(checkpoint(step, run)) }
      let before = TinyRun.files(run)
      let resumed = try Vitrail.run("pretrain", "--resume", "--out", run.path)
      expectError(resumed, "no checkpoint is whole", "step-00000004", "step-00000006", run.path)
      #expect(TinyRun.files(run) == before)
    }
  }

  @Test("a command that reads a damaged file of a run names a whole checkpoint")
  func readers() throws {
    let data = try TinyRun.shared.get().test.path
    try withRun { run, _ in
      let out = run.appendingPathComponent("out").path
      try Damage.flippedBit.strike(run.appendingPathComponent("model.safetensors"))
      let embedded = try Vitrail.run("embed", "--weights", run.path, "--data", data, "--out", out)
      expectError(embedded, "model.safetensors", "damaged", "step-00000006.safetensors")
      try Damage.flippedBit.strike(checkpoint(6, run))
      let drawn = try Vitrail.run("reconstruct", "--weights", run.path, "--data", data, "--out", out)
      expectError(drawn, "damaged", "step-00000004.safetensors")
      let started = try Vitrail.run(
        ["pretrain", "--data", data, "--out", out, "--from-weights", run.path] + TinyRun.options)
      expectError(started, "damaged", "step-00000004.safetensors")
    }
  }
}
