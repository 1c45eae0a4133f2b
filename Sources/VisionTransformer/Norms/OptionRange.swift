import Platform

/// Refuses an option of a norm that is out of its range.
func requireOption<Value>(
  _ key: String, _ value: Value, _ holds: Bool, _ remedy: String, at place: String
) throws(Failure) {
  if !holds { throw Failure("\(key) is \(value)", at: "\(place).\(key)", mend: remedy) }
}

/// Refuses an ε that `Float` could not hold beside a square, or that outweighs what it is added to.
///
/// - Throws: `Failure` outside of 1e-12 … 1, the range that public models use.
func requireEpsilon(_ epsilon: Double, key: String = "epsilon", at place: String) throws(Failure) {
  try requireOption(
    key, epsilon, (1e-12...1).contains(epsilon), "choose 1e-12 … 1; 1e-6 is usual", at: place)
}
