/// What of a file with several pages is decoded as an image.
public enum PageChoice: Sendable, Hashable {
  /// One page, counted from 0.
  case page(Int)
  /// All pages, the channels of one after those of the other.
  case allAsChannels

  /// The page, where it is one.
  var number: Int {
    switch self {
    case .page(let number): number
    case .allAsChannels: 0
    }
  }
}
