import Platform

/// `value`, a probability.
///
/// - Throws: `Failure` outside 0…1.
func checkedProbability(_ value: Double, at place: String) throws(Failure) -> Double {
  guard (0...1).contains(value) else {
    throw Failure("a probability of \(value)", at: "\(place).probability", mend: "choose 0 … 1")
  }
  return value
}

/// `bounds`, which is `[lowest, highest]` with both in `allowed`, as a range.
///
/// - Throws: `Failure` that names `key` for anything else.
func checkedRange(
  _ bounds: [Double], in allowed: ClosedRange<Double>, _ key: String, at place: String
) throws(Failure) -> ClosedRange<Double> {
  guard bounds.count == 2, bounds[0] <= bounds[1], allowed.contains(bounds[0]), allowed.contains(bounds[1])
  else {
    throw Failure(
      "\(key) is \(bounds)", at: "\(place).\(key)",
      mend: "give [lowest, highest], both from \(allowed.lowerBound) to \(allowed.upperBound)")
  }
  return bounds[0]...bounds[1]
}

/// `value`, which is in `allowed`.
///
/// - Throws: `Failure` that names `key` for anything else.
func checked<Value: Comparable>(
  _ value: Value, in allowed: ClosedRange<Value>, _ key: String, at place: String
) throws(Failure) -> Value {
  guard allowed.contains(value) else {
    throw Failure(
      "\(key) is \(value)", at: "\(place).\(key)",
      mend: "choose \(allowed.lowerBound) … \(allowed.upperBound)")
  }
  return value
}
