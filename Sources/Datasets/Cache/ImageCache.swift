import Imaging
import Platform

/// Keeps decoded images for a while; safe to use from many threads.
///
/// The first images that come are kept until the bound is reached, and none is dropped for another: an epoch visits
/// every image once, so that a cache that drops the least recently used would drop each image before it is wanted
/// again.
protocol ImageCache: Sendable {
  /// The image that was kept under a key; nil when none was, or when it is damaged.
  func image(for key: ContentHash) -> Image?
  /// Keeps an image, when there is room for it.
  func keep(_ image: Image, for key: ContentHash)
}
