import Platform

/// Refuses an ε that does not keep squares from 0 in `Float`, or that outweighs what it is added to.
func requireEpsilon(_ epsilon: Double, key: String = "epsilon", at place: String) throws(Failure) {
  try requireOption(
    key, epsilon, (1e-12...1).contains(epsilon), "choose 1e-12 … 1; 1e-6 and 1e-5 are usual", at: place)
}
