import Platform

/// Checks that images to be measured on are not those that are learnt from.
///
/// - Throws: `Failure` when both sets are the same, or when one lies in a folder of the other.
public func requireDistinct(train: any ImageSource, test: any ImageSource) throws(Failure) {
  let mend = "hold out a part with --hold-out 0.2, or give another set to be measured on"
  guard !isSame(train, test) else {
    throw Failure("the same images to learn from and to be measured on", at: test.path, mend: mend)
  }
  for (outer, inner, what) in [
    (train, test, "images to be measured on lie among those to learn from"),
    (test, train, "images to learn from lie among those to be measured on"),
  ] where outer is ImageFolder && inner is ImageFolder && inner.path.hasPrefix(outer.path + "/") {
    throw Failure("\(what), in \(outer.path)", at: inner.path, mend: mend)
  }
}

private func isSame(_ first: any ImageSource, _ second: any ImageSource) -> Bool {
  first.path == second.path && first.count == second.count && first.location(of: 0) == second.location(of: 0)
    && first.location(of: first.count - 1) == second.location(of: second.count - 1)
}
