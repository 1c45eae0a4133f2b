import Foundation
import Platform
import Testing

@Suite("train.healthSteps")
struct HealthTests {
  private func arguments(_ out: URL, _ data: URL, steps: Int, initializer: String) -> [String] {
    ["pretrain", "--data", data.path, "--out", out.path] + TinyRun.options
      + TinyRun.settings([
        "train.steps=\(steps)", "train.healthSteps=4", "train.checkpointSteps=2", "model.depth=3",
        "train.learningRatePerBatch256=0.03", "model.initializer=\(initializer)",
      ])
  }

  private func lines(_ run: URL) throws -> [String] {
    try String(contentsOf: run.appendingPathComponent("health.jsonl"), encoding: .utf8)
      .split(separator: "\n").map(String.init)
  }

  @Test(
    "logs every block at the first step and every so many; the report draws it; a resumed run logs the same",
    arguments: [("xavierUniform", "seed"), ("lsuv", "start")])
  func log(initializer: String, origin: String) throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let outcome = try Vitrail.run(arguments(run, shared.train, steps: 60, initializer: initializer))
      #expect(outcome.code == 0, "\(outcome.errors)")
      let whole = try lines(run)
      let steps = try whole.map { try parsed($0).entries["step"]?.double }
      #expect(steps == [1] + stride(from: 4.0, through: 60, by: 4).map { $0 })
      var rotations: [Double] = []
      for line in whole {
        let entries = try parsed(line).entries
        #expect(entries["rotationFrom"] == .string(origin))
        #expect(Set(entries["stacks"]?.entries.keys.map(\.self) ?? []) == ["encoder", "decoder"])
        for (stack, depth) in [("encoder", 3), ("decoder", 1)] {
          let quantities = entries["stacks"]?.entries[stack]?.entries ?? [:]
          #expect(quantities.count == 6)
          for (name, value) in quantities {
            guard case .array(let values) = value else { continue }
            #expect(values.count == depth && values.allSatisfy { ($0.double ?? -1) >= -1e-9 }, "\(name)")
            if name == "rotation" && stack == "encoder" { rotations.append(values[0].double ?? .nan) }
          }
        }
      }
      // The rate begins at 0.
      #expect(abs(rotations[0]) <= 1e-12)
      #expect((rotations.last ?? 0) > 1e-4)
      let report = try String(contentsOf: run.appendingPathComponent("report.html"), encoding: .utf8)
      #expect(report.contains("Health by depth") && report.contains("Encoder: attention entropy"))
      #expect(report.contains("Decoder: layer rotation"))

      let other = folder.appendingPathComponent("other")
      let process = try Vitrail.start(arguments(other, shared.train, steps: 60, initializer: initializer))
      let deadline = Clock.seconds + 60
      while process.isRunning && TinyRun.checkpointStep(other) ?? 0 < 10 && Clock.seconds < deadline {
        usleep(200)
      }
      process.send(SIGINT)
      #expect(try process.finish().code == 75)
      #expect(try Vitrail.run("pretrain", "--resume", "--out", other.path).code == 0)
      #expect(try lines(other) == whole)
    }
  }

  @Test("is never written unless asked for, and wants a number above 0")
  func off() throws {
    let shared = try TinyRun.shared.get()
    #expect(!TinyRun.files(shared.run).contains { $0.hasPrefix("health") || $0.hasPrefix("initial") })
    try withTemporaryFolder { folder in
      expectError(
        try TinyRun.pretrain(shared.train, out: folder, "train.healthSteps=0"), "train.healthSteps")
    }
  }
}
