import Platform

/// Refuses an ε that `Float` could not hold beside a square, or that outweighs what it is added to.
///
/// - Throws: `Failure` outside of 1e-12 … 1, the range that public models use.
func checkEpsilon(_ epsilon: Double, at place: String) throws(Failure) {
  guard (1e-12...1).contains(epsilon) else {
    throw Failure(
      "epsilon is \(epsilon)", at: "\(place).epsilon", mend: "choose 1e-12 … 1; 1e-6 is usual")
  }
}
