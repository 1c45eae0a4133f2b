import Platform

/// Refuses an option of a norm that is out of its range.
func requireOption<Value>(
  _ key: String, _ value: Value, _ holds: Bool, _ remedy: String, at place: String
) throws(Failure) {
  if !holds { throw Failure("\(key) is \(value)", at: "\(place).\(key)", mend: remedy) }
}

/// Refuses an ε under which a constant channel would be divided by 0.
func requireEpsilon(_ epsilon: Double, key: String = "epsilon", at place: String) throws(Failure) {
  try requireOption(
    key, epsilon, epsilon > 0 && epsilon < .infinity, "choose a number above 0; 1e-5 is usual", at: place)
}
