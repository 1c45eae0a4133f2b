/// The usual sizes (Dosovitskiy et al., 2020; Touvron et al., 2021).
public enum NamedSize: String, Codable, Sendable, CaseIterable {
  /// 192 × 12, 3 heads.
  case tiny
  /// 384 × 12, 6 heads.
  case small
  /// 768 × 12, 12 heads.
  case base
  /// 1024 × 24, 16 heads.
  case large

  /// Width D.
  public var width: Int {
    switch self {
    case .tiny: 192
    case .small: 384
    case .base: 768
    case .large: 1024
    }
  }

  /// Number of blocks.
  public var depth: Int { self == .large ? 24 : 12 }

  /// Number of heads: 64 channels each.
  public var headCount: Int { width / 64 }
}
