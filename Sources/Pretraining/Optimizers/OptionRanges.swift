import Platform

/// Refuses a decay that is no number from 0 on.
func requireWeightDecay(
  _ value: Double, _ name: String = "weightDecay", at place: String
) throws(Failure) {
  try requireOption(name, value, value >= 0 && value.isFinite, "choose 0 or more", at: place)
}

/// Refuses a momentum that would never let go, or below 0.
func requireMomentum(_ value: Double, _ name: String = "momentum", at place: String) throws(Failure) {
  try requireOption(name, value, value >= 0 && value < 1, "choose 0 … below 1; 0.9 is usual", at: place)
}
