import Platform

/// The number of patches that a ratio leaves of `count`.
///
/// - Throws: `Failure` for a ratio that leaves none, or all.
func requireMask(_ ratio: Double, of count: Int, _ name: String, at place: String) throws(Failure) -> Int {
  let keep = (0...1).contains(ratio) ? PatchMask.keep(patchCount: count, ratio: ratio) : 0
  guard keep > 0 && keep < count else {
    throw Failure(
      "\(name) \(ratio) of \(count) patches leaves \(keep) visible", at: "\(place).\(name)",
      mend: "choose a ratio above 0 and below 1 that leaves at least one patch of each kind; 0.75 is usual")
  }
  return keep
}
