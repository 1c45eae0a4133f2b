import Foundation
import Platform
import Testing

@Suite("The executable alone")
struct AloneTests {
  /// Runs a copy of the executable in a folder that holds nothing else.
  private func alone(_ command: String) throws -> Vitrail.Outcome {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let copy = folder.appendingPathComponent("vitrail")
    try FileManager.default.copyItem(at: Vitrail.executable, to: copy)
    return try Vitrail.run(shell: "cd '\(folder.path)' && ./vitrail \(command)")
  }

  @Test("has its recipes and studies")
  func recipes() throws {
    #expect(try alone("list recipes").output.contains("mae-224 "))
    #expect(try alone("list studies").output.contains("norms "))
    let data = try TinyRun.shared.get().train.path
    let settings = ["train.steps=1", "train.epochs=null", "model.depth=1", "train.batchSize=2"]
    let words = settings.map { "--set \($0)" }.joined(separator: " ")
    let outcome = try alone("pretrain --data '\(data)' --recipe quickstart --out run \(words)")
    #expect(outcome.code == 0, "\(outcome.errors)")
    expectError(
      try alone("pretrain --data '\(data)' --recipe quikstart"), "no recipe", "did you mean 'quickstart'")
  }

  @Test("docs/recipes.md is what list keys --markdown prints")
  func page() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/recipes.md")
    let printed = try Vitrail.run("list", "keys", "--markdown").output
    #expect(try String(contentsOf: page, encoding: .utf8) == printed, "keys changed: run Scripts/keys")
  }
}
