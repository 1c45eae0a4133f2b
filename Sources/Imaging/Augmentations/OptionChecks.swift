import Platform

/// `bounds`, which is `[lowest, highest]`, as a range.
///
/// - Throws: `Failure` that names `key` for anything else.
func checkedRange(
  _ bounds: [Double], _ key: String
) throws(Failure) -> ClosedRange<Double> {
  guard bounds.count == 2, bounds[0] <= bounds[1] else {
    throw Failure("\(key) is \(bounds)", at: key, mend: "give [lowest, highest]")
  }
  return bounds[0]...bounds[1]
}
