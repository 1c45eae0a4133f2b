import Platform

/// The registry of evaluators.
public enum Evaluators {
  /// Every evaluator, in the order in which `vitrail list evaluators` shows them.
  public static let all: [any Evaluator.Type] = [LinearProbe.self, NearestNeighborVote.self]

  /// The evaluator called `name`.
  ///
  /// - Throws: `Failure` with the nearest spelling when there is none.
  public static func named(_ name: String) throws(Failure) -> any Evaluator.Type {
    if let evaluator = all.first(where: { $0.name == name }) { return evaluator }
    let names = all.map { $0.name }
    let nearest = names.min { spellingDistance(name, $0) < spellingDistance(name, $1) } ?? ""
    throw Failure(
      "there is no evaluator “\(name)”", at: "evaluators",
      mend: "did you mean “\(nearest)”? Known: \(names.joined(separator: ", "))")
  }
}

/// Insertions, deletions and substitutions that turn `a` into `b`, upper and lower case being equal.
func spellingDistance(_ a: String, _ b: String) -> Int {
  let target = Array(b.lowercased())
  var row = Array(0...target.count)
  for (i, character) in a.lowercased().enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in target.enumerated() {
      let substituted = diagonal + (character == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[target.count]
}
