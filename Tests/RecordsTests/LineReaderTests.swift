import Foundation
import Records
import TestSupport
import Testing

@Suite struct LineReaderTests {
  @Test func linesAreReadAcrossChunksAndLongOnesCut() throws {
    let folder = try TemporaryFolder()
    let lengths = [0, 1, 262_143, 262_144, 262_145, 600_000, LineReader.longestLine + 5, 3]
    let text = lengths.map { String(repeating: "x", count: $0) }.joined(separator: "\n")
    let file = try folder.write("lines", text)
    var found: [Int] = []
    try LineReader.forEachLine(of: file) { found.append($0.count) }
    #expect(found == lengths.map { min($0, LineReader.longestLine) })
    found = []
    try LineReader.forEachLine(of: file, limit: 3) { found.append($0.count) }
    #expect(found == [0, 1])
  }
}
