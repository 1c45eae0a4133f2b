import Foundation
import Platform
import Testing

@Suite("Who made a run and its weights")
struct ProvenanceTests {
  private func makers(_ path: URL) throws -> [Provenance] {
    struct Contents: Decodable { let provenance: [Provenance] }
    let outcome = try Vitrail.run("inspect", path.path, "--json")
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(Contents.self, from: Data(outcome.output.utf8)).provenance
  }

  @Test("the folder tells every session, weights tell who trained and who converted, the report has a foot")
  func everySession() throws {
    try withTemporaryFolder { folder in
      let (data, run) = (folder.appendingPathComponent("data"), folder.appendingPathComponent("run"))
      try SampleImages.write(to: data, count: 4)
      #expect(try TinyRun.pretrain(data, out: run, "train.steps=4").code == 0)
      #expect(try Vitrail.run("pretrain", "--resume", "--out", run.path).code == 0)
      #expect(try makers(run).count == 1, "there was nothing to do")
      let recipe = run.appendingPathComponent("recipe.yaml")
      let longer = try String(contentsOf: recipe, encoding: .utf8).replacing("steps: 4", with: "steps: 6")
      try longer.write(to: recipe, atomically: true, encoding: .utf8)
      let resumed = try Vitrail.run("pretrain", "--resume", "--out", run.path)
      #expect(resumed.code == 0, "\(resumed.errors)")

      let sessions = try makers(run)
      try #require(sessions.count == 2)
      #expect(sessions[0].command.contains("train.steps=4") && sessions[1].command.contains("--resume"))
      #expect(sessions.allSatisfy { $0.version == Provenance.presentVersion && $0.machine == .present })

      let model = run.appendingPathComponent("model.safetensors")
      let converted = folder.appendingPathComponent("converted.safetensors")
      #expect(try makers(model) == [sessions[1]])
      #expect(try Vitrail.run("convert", "--from", model.path, "--to", converted.path, "--fold").code == 0)
      let chain = try makers(converted)
      try #require(chain.count == 2)
      #expect(chain[0] == sessions[1] && chain[1].command.contains("convert"))

      let page = try String(contentsOf: run.appendingPathComponent("report.html"), encoding: .utf8)
      #expect(page.contains("<footer>") && page.contains(sessions[0].date) && page.contains(sessions[1].date))
      #expect(page.contains("--set train.steps=4"))
      #expect(
        try Vitrail.run("inspect", run.path).output.contains("made by vitrail \(Provenance.presentVersion)"))
    }
  }

  @Test("the commit that was built is said where the sources are a checkout")
  func commit() throws {
    let version = try Vitrail.run("--version").output
    #expect(version.hasPrefix(Provenance.presentVersion))
    let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
    guard FileManager.default.fileExists(atPath: sources.appendingPathComponent(".git").path) else { return }
    #expect(version.contains(#/ \([0-9a-f]{12}(-dirty)?\)/#), "\(version)")
  }
}
