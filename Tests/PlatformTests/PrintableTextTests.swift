import Platform
import Testing

@Suite("Text from files on a terminal")
struct PrintableTextTests {
  @Test func controlCharactersAndMarksOfDirectionAreWrittenOut() {
    #expect("\u{1B}[31mred\u{7}".printable == "\\u{1B}[31mred\\u{7}")
    #expect("a\nb\tc\u{7F}\u{9B}2J\u{202E}x".printable == "a\\u{A}b\\u{9}c\\u{7F}\\u{9B}2J\\u{202E}x")
    #expect("größe · 日本 🙂".printable == "größe · 日本 🙂")
  }

  @Test func longTextKeepsItsStartAndItsEnd() {
    #expect("short".shortened(to: 5) == "short")
    #expect(String(repeating: "ä", count: 5).shortened(to: 5) == "äääää", "characters count, not bytes")
    let short = ("a" + String(repeating: "x", count: 10_000_000) + "z").shortened(to: 100)
    #expect(short.count < 150 && short.hasPrefix("axx") && short.hasSuffix("xxz"))
    #expect(short.contains("(9999902 more characters)"))
  }

  @Test func aFailureIsOneShortLineWhateverTheValues() {
    let huge = String(repeating: "y", count: 10_000_000)
    let line = Failure("found '\(huge)'\n\u{1B}[2J", at: huge, mend: huge).description
    #expect(line.count < 5000 && !line.contains("\u{1B}") && !line.contains("\n"))
    #expect(line.components(separatedBy: " · ").count == 3)
    #expect(JSONValue.string(huge).summary.count < 200)
    #expect(Spelling.nearest(to: huge, among: ["mae"]) == nil)
  }
}
