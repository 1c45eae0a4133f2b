import Foundation
import Platform
import Testing

/// The files of control groups as Linux mounts them, in a folder.
@Suite final class ControlGroupTests {
  private let root = FileManager.default.temporaryDirectory.appendingPathComponent("vitrail-groups-\(UUID())")

  deinit { try? FileManager.default.removeItem(at: root) }

  private func write(_ text: String, _ path: String) throws {
    let url = root.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("\(text)\n".utf8).write(to: url)
  }

  private func limit(_ membership: String) -> Int? {
    ControlGroup.memoryLimit(membership: membership, root: root.path)
  }

  @Test func theLowestOfTheOwnGroupAndThoseAboveCounts() throws {
    try write("max", "memory.max")
    try write("8000", "job/memory.max")
    try write("max", "job/step/memory.max")
    try write("9000", "job/step/memory.high")
    try write("1000", "other/memory.max")
    #expect(limit("0::/job/step\n") == 8000)
    try write("5000", "job/step/memory.max")
    #expect(limit("0::/job/step\n") == 5000)
    #expect(limit("0::/\n") == nil)
  }

  @Test func inAContainerTheRootIsTheOwnGroup() throws {
    try write("7000", "memory.max")
    #expect(limit("0::/machine.slice/a container\n") == 7000)
  }

  @Test func versionOneHasAHierarchyForMemory() throws {
    try write("9223372036854771712", "memory/memory.limit_in_bytes")
    try write("6000", "memory/jobs/memory.limit_in_bytes")
    #expect(limit("9:cpu,cpuacct:/else\n4:hugetlb,memory:/jobs/1\n0::/\n") == 6000)
  }

  @Test func withoutGroupsThereIsNoLimit() {
    #expect(limit("") == nil && limit("nonsense\n::\n") == nil)
  }
}
