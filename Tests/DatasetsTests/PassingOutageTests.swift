import Datasets
import Foundation
import Platform
import Testing

@Suite("A set that is away for a while")
struct PassingOutageTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func load(_ source: any ImageSource, _ register: BadImages, steps: Int = 10) throws
    -> [EvaluationBatch]
  {
    let loader = EvaluationLoader(
      source: source,
      preprocessing: .init(
        height: 8, width: 8, channels: 1, resizeShorterSide: 8, mean: [0], standardDeviation: [1]),
      patchSize: 4, batchSize: 4, badImages: register)
    var batches: [EvaluationBatch] = []
    while let batch = try loader.next() { batches.append(batch) }
    return batches
  }

  @Test func isWaitedForAndNoImageIsEnteredAsBad() throws {
    let source = try workspace.makeSet("set", count: 40)
    let notes = Notes()
    let register = try BadImages(in: source, maximumShare: 0, patience: 20, note: notes.add)
    try FileManager.default.moveItem(atPath: workspace.path("set"), toPath: workspace.path("away"))
    let mover = Thread { [workspace] in
      while notes.all.isEmpty { usleep(1000) }
      try? FileManager.default.moveItem(atPath: workspace.path("away"), toPath: workspace.path("set"))
    }
    mover.start()
    #expect(try load(source, register).flatMap(\.indices) == Array(0..<40))
    #expect(register.count == 0)
    #expect(notes.all.first?.contains("waiting") == true && notes.all.last?.contains("again") == true)
  }

  @Test func isAnErrorWhenItStaysAway() throws {
    let source = try workspace.makeSet("set", count: 40)
    let register = try BadImages(in: source, maximumShare: 1, patience: 0.3, note: { _ in })
    try FileManager.default.moveItem(atPath: workspace.path("set"), toPath: workspace.path("away"))
    let found = try failure { _ = try load(source, register) }
    #expect(found.problem.contains("cannot be read since") && found.problem.contains("No such file"))
    #expect(register.count == 0)
  }

  @Test func missingImagesOfAFolderThatIsThereAreBad() throws {
    let source = try workspace.makeSet("set", count: 40)
    for number in [3, 30] {
      try FileManager.default.removeItem(atPath: workspace.path(workspace.file("set", number, of: 40)))
    }
    let notes = Notes()
    let register = try BadImages(in: source, maximumShare: 0.1, patience: 20, note: notes.add)
    #expect(try load(source, register).flatMap(\.indices).count == 38)
    #expect(register.entries.map(\.index) == [3, 30] && notes.all.isEmpty)
  }

  @Test func aFolderOfOneClassThatIsGoneIsAsManyBadImages() throws {
    let source = try workspace.makeSet("set", count: 40)
    try FileManager.default.removeItem(atPath: workspace.path("set/b"))
    let register = try BadImages(in: source, maximumShare: 0.6, patience: 20, note: { _ in })
    #expect(try load(source, register).flatMap(\.indices) == Array(0..<20))
    #expect(register.count == 20)
  }
}
