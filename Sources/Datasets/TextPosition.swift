import Platform

/// A place in a text file, for messages.
struct TextPosition {
  let path: String
  /// From 1 on.
  let line: Int
  private let before: ArraySlice<UInt8>

  /// A place by what stands before it in its line.
  init(path: String, line: Int, before: ArraySlice<UInt8>) {
    self.path = path
    self.line = line
    self.before = before
  }

  /// Characters before the place in its line, and one; from 1 on.
  var column: Int { String(decoding: before, as: UTF8.self).count + 1 }

  /// A failure here.
  func failure(_ problem: String, mend remedy: String) -> Failure {
    Failure(problem, at: "\(path), line \(line), column \(column)", mend: remedy)
  }
}
