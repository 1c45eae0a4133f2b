import Platform
import Testing

@Suite struct ByteCountTests {
  @Test(arguments: [
    ("4GB", 4_000_000_000), ("512 MiB", 512 << 20), ("1.5kb", 1500), ("7", 7), ("7b", 7),
    (" 2 TiB ", 2 << 40),
    ("0.5GB", 500_000_000), ("3kB", 3000), ("1KiB", 1024),
  ])
  func reads(_ text: String, _ bytes: Int) { #expect(ByteCount(text)?.bytes == bytes) }

  @Test(arguments: [
    "", "GB", "0", "0.2", "-4GB", "4 XB", "4GB5", "1.2.3GB", "nan", "inf", "9e9GB", "9999999999TB", "٤GB",
  ])
  func refuses(_ text: String) { #expect(ByteCount(text) == nil) }

  @Test func decodesNumbersAndTextsAndEncodesTheNumber() throws {
    func decoded(_ value: JSONValue) throws -> Int {
      try StrictDecoder.decode(ByteCount.self, from: value, at: "test").bytes
    }
    #expect(try decoded(.integer(12)) == 12 && decoded(.string("12kB")) == 12_000)
    #expect(JSONValue.encoding(ByteCount(12_000)) == .integer(12_000))
    for value in [JSONValue.integer(0), .integer(-1), .string("much"), .bool(true), .array([])] {
      #expect(throws: Failure.self) { try decoded(value) }
    }
  }

  @Test(arguments: [
    (1, "1 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (999_949, "999.9 kB"), (999_950, "1.0 MB"),
    (4_000_000_000, "4.0 GB"), (12_345_678_900_000, "12.3 TB"), (5_000_000_000_000_000, "5000.0 TB"),
  ])
  func isWritten(_ bytes: Int, _ text: String) { #expect(ByteCount(bytes).description == text) }

  @Test func theMachineHasMemoryAndDisk() throws {
    #expect(MachineCapacity.memoryBytes > 1 << 26)
    #expect(try MachineCapacity.freeDiskBytes(at: "/") >= 0)
    #expect(throws: Failure.self) { try MachineCapacity.freeDiskBytes(at: "/no such folder") }
  }
}
