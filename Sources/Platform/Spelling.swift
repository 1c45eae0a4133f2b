/// Suggestions for misspelt names.
public enum Spelling {
  /// Longer words, in bytes, are no misspelt names, and comparing them would take long.
  private static let longestWord = 200

  /// The candidate nearest to `word` by edit distance, when it is near enough to be meant.
  public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    guard word.utf8.count <= longestWord else { return nil }
    let scored = candidates.map { (name: $0, distance: distance(word.lowercased(), $0.lowercased())) }
    guard let best = scored.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else { return nil }
    return best.distance <= max(2, word.count / 3) ? best.name : nil
  }

  /// ` did you mean 'x'?` for the nearest candidate or else the list of what is allowed, as an instruction.
  public static func remedy(for word: String, among candidates: [String]) -> String {
    guard !candidates.isEmpty else { return "leave it out: there is nothing to set" }
    let allowed = "allowed: " + candidates.joined(separator: ", ")
    guard let nearest = nearest(to: word, among: candidates) else { return allowed }
    return "did you mean '\(nearest)'? \(allowed)"
  }

  /// Levenshtein distance: insertions, deletions and substitutions.
  package static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var row = Array(0...b.count)
    for i in 0..<a.count {
      var diagonal = row[0]
      row[0] = i + 1
      for j in 0..<b.count {
        let substituted = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
      }
    }
    return row[b.count]
  }
}
