import Foundation
import Platform
import Testing

/// The line that rewrites itself, on a pseudo-terminal that changes its width.
@Suite("The live line", .timeLimit(.minutes(2)))
struct LiveLineTests {
  @Test("no line is longer than the terminal, and none is left behind when it becomes narrower or wider")
  func fitsAndClears() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let terminal = try PseudoTerminal(columns: 120)
      var screen = ScreenModel(columns: 120)
      let run = try Vitrail.start(
        [
          "pretrain", "--data", shared.train.path, "--out", folder.path + "/r", "--set",
          "train.steps=100000",
        ]
          + TinyRun.options, errors: terminal.slave)
      func show() {
        screen.write(String(decoding: terminal.read(), as: UTF8.self))
      }
      /// The live row, after it was drawn anew.
      func nextDrawing() throws -> String {
        let before = screen.rows.last
        for _ in 0..<600 {
          usleep(50_000)
          show()
          if let last = screen.rows.last, last.hasPrefix("░") || last.hasPrefix("█"), last != before {
            return last
          }
        }
        throw Failure("no progress", at: "\(screen.rows)", mend: "look at the run")
      }
      // From step 100 on the rank is not that of step 1 any more, and its field is short enough for 120 columns.
      func step(of row: String) -> Int? {
        row.firstMatch(of: /step (\d+)\//).flatMap { Int($0.1) }
      }
      while try step(of: nextDrawing()) ?? 0 < 100 {}
      for columns in [80, 100, 120, 40, 12, 80] {
        // Nothing is on its way while the width changes.
        run.send(SIGSTOP)
        usleep(50_000)
        show()
        terminal.resize(columns: columns)
        screen.columns = columns
        run.send(SIGCONT)
        let row = try nextDrawing()
        #expect(row.count < columns)
        #expect(screen.rows.count { $0.hasPrefix("░") || $0.hasPrefix("█") } == 1, "\(screen.rows)")
        if columns >= 80 {
          for field in ["step ", "loss ", " left", " img/s"] { #expect(row.contains(field), "\(row)") }
        }
        if columns == 120 { #expect(row.contains("rank ") && row.contains("epoch "), "\(row)") }
      }
      run.send(SIGKILL)
      _ = try run.finish()
      show()
      #expect(screen.rows.count { $0.contains("░") || $0.contains("█") } == 1, "\(screen.rows)")
      // Lines that are no progress may be longer: paths are.
      #expect(screen.lines.filter { $0.first == "░" || $0.first == "█" }.allSatisfy { $0.count < 80 })
    }
  }
}
