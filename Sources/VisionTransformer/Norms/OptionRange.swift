import Platform

/// Refuses an option that is out of its range.
func requireOption<Value>(
  _ key: String, _ value: Value, _ holds: Bool, _ remedy: String, at place: String
) throws(Failure) {
  if !holds { throw Failure("\(key) is \(value)", at: "\(place).\(key)", mend: remedy) }
}

/// Refuses an ε that does not keep squares from 0 in `Float`, or that outweighs what it is added to.
func requireEpsilon(_ epsilon: Double, key: String = "epsilon", at place: String) throws(Failure) {
  try requireOption(
    key, epsilon, (1e-12...1).contains(epsilon), "choose 1e-12 … 1; 1e-6 and 1e-5 are usual", at: place)
}
