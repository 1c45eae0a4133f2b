import Foundation
import Testing

/// An operation that nobody checks is noticed: the public methods of `Operations/` are read from their sources.
@Test("Every operation has a gradient case")
func everyOperationHasAGradientCase() throws {
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let folder = root.appending(path: "Sources/Tensors/Operations")
  let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
  var operations: Set<String> = []
  for file in files where file.pathExtension == "swift" {
    let source = try String(contentsOf: file, encoding: .utf8)
    for match in source.matches(of: /\n  public func (\w+)\(/) { operations.insert(String(match.1)) }
  }
  #expect(operations.count >= 13)
  #expect(operations.subtracting(GradientCase.all.map(\.operation)) == [])
}
