/// What a look at the features adds to a line of `metrics.jsonl`; the names are its keys.
public enum LoggedHealth: String, CaseIterable, Sendable {
  case rankMe, featureStd, alignment, uniformity, teacherEntropy, baselineLoss

  /// The heading of its plot.
  var title: String {
    switch self {
    case .rankMe: "Effective rank (RankMe)"
    case .featureStd: "Spread of the features"
    case .alignment: "Alignment of positive pairs"
    case .uniformity: "Uniformity of the features"
    case .teacherEntropy: "Teacher entropy"
    case .baselineLoss: "Loss without a look at the images"
    }
  }

  /// The heading of its column.
  var columnTitle: String {
    switch self {
    case .rankMe: "RankMe"
    case .featureStd: "spread"
    case .alignment, .uniformity, .teacherEntropy, .baselineLoss: rawValue
    }
  }

  /// Its vertical axis.
  var unit: String {
    switch self {
    case .rankMe: "directions"
    case .featureStd: "1: isotropic, 0: collapsed"
    case .alignment: "mean ‖x − x⁺‖²"
    case .uniformity: "log mean exp(−2‖x − y‖²)"
    case .teacherEntropy: "nats"
    case .baselineLoss: "loss"
    }
  }

  /// Whether its plot begins at zero.
  var beginsAtZero: Bool { self != .uniformity }
}
