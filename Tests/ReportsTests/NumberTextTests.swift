import Reports
import Testing

@Suite struct NumberTextTests {
  @Test func measuredValuesHaveFourDigits() {
    let cases: [(Double, String)] = [
      (0.41234, "0.4123"), (1.5e-4, "1.5e-4"), (0, "0"), (12.3456, "12.35"), (61_234.4, "61234"),
      (-0.5, "-0.5000"), (3.2e9, "3.2e9"), (.nan, "not finite"), (-.infinity, "not finite"),
    ]
    for (value, text) in cases { #expect(NumberText.measured(value) == text) }
  }

  @Test func countsSharesAndDurations() {
    #expect(
      [0, 999, 1000, 1_234_567, -1000].map(NumberText.grouped) == [
        "0", "999", "1,000", "1,234,567", "-1,000",
      ])
    #expect(NumberText.percentage(0.1234) == "12.3 %" && NumberText.percentage(.nan) == "not finite")
    let durations: [(Double, String)] = [
      (0.25, "0.2 s"), (59, "59 s"), (61, "1 min 1 s"), (7500, "2 h 5 min"), (864_000, "10 d 0 h"),
      (-1, "unknown"), (.nan, "unknown"),
    ]
    for (seconds, text) in durations { #expect(NumberText.duration(seconds: seconds) == text) }
  }

  @Test func markupIsEscaped() {
    #expect(
      Markup.escaped("<script>alert('x') & \"y\"</script>")
        == "&lt;script&gt;alert(&#39;x&#39;) &amp; &quot;y&quot;&lt;/script&gt;")
    #expect(Markup.escaped("a\u{0}b\u{1B}c\r\nd\té") == "a\u{FFFD}b\u{FFFD}c\nd\té")
  }
}
