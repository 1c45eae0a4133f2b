import Datasets

extension ProgressLine {
  /// Says what lies at the paths of sets and is none of their images: a line a set, the same line once.
  func say(passedOverIn sources: [any ImageSource]) {
    var said: Set<String> = []
    for source in sources {
      guard let text = source.passedOver.line, said.insert(text).inserted else { continue }
      say(text)
    }
  }

  /// Says what lies at the path of a set and is none of its images.
  func say(passedOverIn source: any ImageSource) { say(passedOverIn: [source]) }

  /// Names images that could not be read: the first twenty, and how many more there are.
  func say(skipped images: [(path: String, reason: String)]) {
    let shown = 20
    for image in images.prefix(shown) { say("skipped \(image.path): \(image.reason)") }
    if images.count > shown { say("skipped \(images.count - shown) more") }
  }
}
