import Datasets
import Foundation
import Imaging
import Platform
import Testing

/// Arrays that end early, lie, or change while they are read.
@Suite struct DamagedArrayTests {
  private let workspace: Workspace
  private let good = npy(shape: [2, 5, 6], type: "<u2", elementSize: 2)

  init() throws { workspace = try Workspace() }

  private func open(_ bytes: [UInt8]) throws -> any ImageSource {
    try workspace.write(bytes, to: "set.npy")
    return try ImageSources.open(workspace.path("set.npy"))
  }

  @Test func everyOtherLengthIsRefused() throws {
    #expect(try open(good).count == 2)
    for count in 0..<good.count {
      let found = try failure { _ = try open(Array(good[..<count])) }
      #expect(found.problem.hasPrefix("damaged NumPy file") && found.place == workspace.path("set.npy"))
    }
    #expect(try failure { _ = try open(good + [0]) }.problem.contains("121 bytes"))
  }

  /// Of what is opened every image can be read: what the header says is what the file holds.
  @Test func flippedBitsAreRefusedOrRead() throws {
    var refused = 0
    for bit in 0..<8 * (good.count - 120) {
      var bytes = good
      bytes[bit / 8] ^= 1 << (bit % 8)
      do {
        let source = try open(bytes)
        for index in 0..<source.count { #expect(try source.image(at: index).pixels.count > 0) }
      } catch let error as Failure {
        refused += 1
        #expect(error.place == workspace.path("set.npy"))
      }
    }
    #expect(refused > 100)
  }

  private static let shape = "'shape': (1, 2, 5)"

  @Test(arguments: [
    "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 2, 5), }  \n",
    "{\"shape\": (1L, 2L, 5L), \"fortran_order\": False, \"descr\": \"|u1\"}",
    " { 'descr' :'<u1','fortran_order':False,'shape':[1,2,5] }",
    "{'descr': '=u1', 'more': 3, 'fortran_order': False, \(shape)}",
  ]) func headersMayBeWrittenInOtherWays(_ header: String) throws {
    for version in 1...3 {
      let source = try open(npy(header, Array(0..<10), version: UInt8(version)))
      #expect(try source.image(at: 0).pixels == Array(0..<10))
    }
  }

  @Test(arguments: [
    "", "{", "{}", "[]", "{'descr': '|u1'}", "{'descr': '|u1', 'fortran_order': 0, \(shape)}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': 10}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 'a', 5)}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (1, -2, 5)}",
    "{'descr': '|u1', 'fortran_order': False, \(shape)",
    "{'descr': '|u1', 'fortran_order': False, \(shape)} x",
    "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, \(shape)}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999, 2, 5)}",
    "{'descr': '|u1, 'fortran_order': False, \(shape)}", "{'descr': '|u1\\",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (4611686018427387904, 4, 5)}",
    "{'descr': '|u1', 'fortran_order': False, 'shape': (1000000, 1000000, 1000000)}",
    "{'descr': " + String(repeating: "(", count: 60_000), "{'descr': '|u1' 'fortran_order': False, \(shape)}",
  ]) func damagedHeadersAreRefused(_ header: String) throws {
    let found = try failure { _ = try open(npy(header, Array(0..<10))) }
    #expect(found.problem.hasPrefix("damaged NumPy file"), "\(found)")
  }

  @Test func headersOfOddLengthsAndVersionsAreRefused() throws {
    let start = [0x93] + Array("NUMPY".utf8)
    #expect(try failure { _ = try open(start + [4, 2] + good[8...]) }.problem.contains("its format is 4.2"))
    #expect(
      try failure { _ = try open(start + [2, 0, 255, 255, 255, 255] + good[10...]) }.problem
        .contains("a header of 4294967295 bytes"))
    #expect(
      try failure { _ = try open(start + [1, 0, 255, 255] + good[10...]) }.problem
        .contains("ends inside its header"))
  }

  @Test func filesThatChangeWhileTheyAreOpenAreFailures() throws {
    let source = try open(good)
    let path = workspace.path("set.npy")
    _ = try source.image(at: 1)
    #expect(truncate(path, off_t(good.count - 1)) == 0)
    #expect(try failure { _ = try source.image(at: 0) }.problem.contains("changed since"))
    try FileManager.default.removeItem(atPath: path)
    // A number of the system's: such a failure may pass, and is waited for.
    #expect(try failure { _ = try source.image(at: 0) }.errorNumber == ENOENT)
  }

  @Test func whatIsNoFileIsRefused() throws {
    try workspace.makeFolder("pipes")
    #expect(mkfifo(workspace.path("pipes/set.npy"), 0o600) == 0)
    #expect(
      try failure { _ = try ImageSources.open(workspace.path("pipes/set.npy")) }.problem
        == "not a regular file")
  }
}
