/// How the pixels of a patch become its embedding.
public enum Stem: String, Codable, Sendable, CaseIterable {
  /// One projection (Dosovitskiy et al., 2020).
  case linear
  /// Three projections of ever larger parts, with norms and GELUs between (Touvron et al., 2022).
  case hMLP

  /// A line for `vitrail list`.
  public var summary: String {
    switch self {
    case .linear: "one projection of the whole patch"
    case .hMLP: "projections of sixteenths, quarters and the whole, with norms and GELUs between"
    }
  }

  /// Where it is from.
  public var source: String {
    switch self {
    case .linear: "Dosovitskiy et al., 2020"
    case .hMLP: "Touvron et al., 2022"
    }
  }
}
