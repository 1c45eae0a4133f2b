import Foundation
import Platform
import TestSupport
import Testing
import VisionTransformer

@Suite("Directories of zip archives")
struct ZipDirectoryTests {
  private static let two = ZipBytes([
    .init("a/b", Array("first".utf8)), .init("größe", Array("second one".utf8)),
  ])

  private func expectBoth(_ zip: ZipBytes) throws {
    let data = zip.data
    let members = try ZipDirectory(data, at: "a.zip").members
    #expect(members.count == 2)
    for (name, text) in [("a/b", "first"), ("größe", "second one")] {
      let member = try #require(members[name])
      #expect(data[member.range].elementsEqual(text.utf8))
    }
  }

  @Test func membersAreFound() throws {
    try expectBoth(Self.two)
    #expect(try ZipDirectory(Self.two.data, at: "a.zip").members["a/b"]?.checksum == 0x9271_EE57)
  }

  @Test func aCommentMayHoldWhatAnEndBeginsWith() throws {
    var zip = Self.two
    zip.comment = Array("PK\u{5}\u{6} and PK\u{5}\u{6}".utf8) + [UInt8](repeating: 0, count: 30)
    try expectBoth(zip)
    zip.comment = [UInt8](repeating: 1, count: 0xFFFF)
    try expectBoth(zip)
  }

  @Test func zip64NumbersAreRead() throws {
    var zip = Self.two
    zip.wide = (nil, nil, nil, nil)
    try expectBoth(zip)
    (zip.count, zip.directorySize, zip.directoryOffset) = (0xFFFF, 0xFFFF_FFFF, 0xFFFF_FFFF)
    try expectBoth(zip)
    (zip.members[0].claimedSize, zip.members[0].claimedOffset) = (0xFFFF_FFFF, 0xFFFF_FFFF)
    zip.members[0].wide = [5, 5, 0]
    try expectBoth(zip)
  }

  struct Lie: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let data: Data
    let words: String

    init(_ what: String, says words: String, _ change: (inout ZipBytes) -> Void) {
      var zip = ZipDirectoryTests.two
      change(&zip)
      (testDescription, data, self.words) = (what, zip.data, words)
    }

    static let all: [Lie] = [
      Lie("deflated", says: "'a/b' of the archive is deflated") { $0.members[0].method = 8 },
      Lie("packed otherwise", says: "packed (method 93)") { $0.members[1].method = 93 },
      Lie("encrypted", says: "encrypted") { $0.members[0].flags = 1 },
      Lie("strongly encrypted", says: "encrypted") { $0.members[0].flags = 0x40 },
      Lie("a directory that is hidden", says: "encrypted") { $0.members[0].flags = 0x2000 },
      Lie("of several parts", says: "several parts") { $0.disk = 1 },
      Lie("a name twice", says: "two members 'a/b'") { $0.members[1].name = "a/b" },
      Lie("two names for one place", says: "not where") { $0.members[1].claimedOffset = 0 },
      Lie("a member behind the directory", says: "not where") { $0.members[1].claimedSize = 400 },
      Lie("a member that reaches into the directory", says: "not where") { $0.members[1].claimedSize = 11 },
      Lie("a member that reaches into the next", says: "share bytes") { $0.members[0].claimedSize = 6 },
      Lie("a header elsewhere", says: "not where") { $0.members[0].claimedOffset = 1 },
      Lie("a header behind the file", says: "not where") { $0.members[0].claimedOffset = 0xFFFF_FFF0 },
      Lie("another name in its header", says: "not where") { $0.members[0].localName = "a/c" },
      Lie("a longer name in its header", says: "not where") { $0.members[0].localName = "a/bc" },
      Lie("more members than entries", says: "entry 2") { $0.count = 3 },
      Lie("fewer members than entries", says: "its entries fill others") { $0.count = 1 },
      Lie("a longer directory", says: "directory claims") { $0.directorySize = 1_000 },
      Lie("a shorter directory", says: "directory claims") { $0.directorySize = 10 },
      Lie("a directory behind its end", says: "directory claims") { $0.directoryOffset = 0xFFFF_FF00 },
      Lie("a directory elsewhere", says: "directory claims") { $0.directoryOffset = 0 },
      Lie("no zip64 record", says: "zip64") { $0.count = 0xFFFF },
      Lie("a zip64 record behind the file", says: "zip64") { $0.wide = (1 << 40, nil, nil, nil) },
      Lie("a zip64 record at 2⁶⁴ − 1", says: "zip64") { $0.wide = (.max, nil, nil, nil) },
      Lie("a zip64 record elsewhere", says: "zip64") { $0.wide = (0, nil, nil, nil) },
      Lie("zip64 and other members", says: "different things") { $0.wide = (nil, 3, nil, nil) },
      Lie("zip64 and 2⁶² members", says: "more than 100000") {
        $0.wide = (nil, 1 << 62, nil, nil)
        $0.count = 0xFFFF
      },
      Lie("a zip64 directory of 2⁶³ − 1 bytes", says: "directory claims") {
        $0.wide = (nil, nil, 1 << 63 - 1, nil)
        $0.directorySize = 0xFFFF_FFFF
      },
      Lie("a zip64 directory at 2⁶³ − 1", says: "directory claims") {
        $0.wide = (nil, nil, nil, 1 << 63 - 1)
        $0.directoryOffset = 0xFFFF_FFFF
      },
      Lie("a zip64 directory at 2⁶³", says: "zip64") { $0.wide = (nil, nil, nil, 1 << 63) },
      Lie("a size without its zip64 field", says: "entry 0") { $0.members[0].claimedSize = 0xFFFF_FFFF },
      Lie("a zip64 size of 2⁶³ − 1 bytes", says: "not where") {
        $0.members[0].claimedSize = 0xFFFF_FFFF
        $0.members[0].wide = [1 << 63 - 1, 1 << 63 - 1]
      },
      Lie("a zip64 size of 2⁶⁴ − 1 bytes", says: "entry 0") {
        $0.members[0].claimedSize = 0xFFFF_FFFF
        $0.members[0].wide = [.max, .max]
      },
      Lie("a zip64 offset of 2⁶³ − 1", says: "not where") {
        $0.members[0].claimedOffset = 0xFFFF_FFFF
        $0.members[0].wide = [1 << 63 - 1]
      },
      Lie("two zip64 sizes", says: "5 bytes in 6") {
        $0.members[0].claimedSize = 0xFFFF_FFFF
        $0.members[0].wide = [5, 6]
      },
    ]
  }

  @Test("that lie are refused", arguments: Lie.all)
  func isRefused(_ lie: Lie) throws {
    let failure = try #require(throws: Failure.self) { try ZipDirectory(lie.data, at: "a.zip") }
    #expect(failure.problem.contains(lie.words), "\(failure)")
    #expect(failure.place == "a.zip" && !failure.remedy.isEmpty)
  }

  @Test func everyShorterOrLongerFileIsRefused() throws {
    var zip = Self.two
    zip.wide = (nil, nil, nil, nil)
    let data = zip.data
    for count in 0..<data.count {
      #expect(throws: Failure.self) { try ZipDirectory(data.prefix(count), at: "a.zip") }
    }
    #expect(throws: Failure.self) { try ZipDirectory(data + Data([0]), at: "a.zip") }
    #expect(throws: Failure.self) { try ZipDirectory(Data([0]) + data, at: "a.zip") }
  }

  @Test func aNameThatIsNotUTF8IsRefused() throws {
    var data = Self.two.data
    while let place = data.range(of: Data("a/b".utf8)) { data[place.lowerBound] = 0xFF }
    let failure = try #require(throws: Failure.self) { try ZipDirectory(data, at: "a.zip") }
    #expect(failure.problem.contains("UTF-8"))
  }

  @Test func moreThanAHundredThousandMembersAreRefused() throws {
    var zip = ZipBytes((0...100_000).map { .init("\($0)", []) })
    zip.count = 0xFFFF
    zip.wide = (nil, nil, nil, nil)
    let failure = try #require(throws: Failure.self) { try ZipDirectory(zip.data, at: "a.zip") }
    #expect(failure.problem.contains("more than 100000 members"))
  }
}
