import Foundation
import Platform
import Testing

@Suite("Who made a file")
struct ProvenanceTests {
  @Test("says version, commit, command, machine and date, and reads back")
  func roundTrip() throws {
    let provenance = Provenance(commit: "0123456789ab")
    #expect(
      try JSONDecoder().decode(Provenance.self, from: JSONEncoder().encode(provenance)) == provenance)
    #expect(provenance.command == CommandLine.arguments && provenance.machine.cores > 0)
    #expect(abs(try Date(provenance.date, strategy: .iso8601).timeIntervalSinceNow) < 60)
    let summary = provenance.summary
    for part in [
      Provenance.presentVersion, "0123456789ab", provenance.date, provenance.machine.host,
      provenance.machine.processor, "Linux",
    ] { #expect(summary.contains(part), "\(part) in \(summary)") }
  }

  @Test(
    "words as a shell takes them",
    arguments: [
      ("plain", "plain"), ("a/b.c-d_e=f", "a/b.c-d_e=f"), ("two words", "'two words'"), ("", "''"),
      ("it's", #"'it'\''s'"#), ("$HOME", "'$HOME'"),
    ])
  func shellWords(_ word: String, _ expected: String) { #expect(word.shellWord == expected) }
}
