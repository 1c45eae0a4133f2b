/// Something a user, a file, a network or the operating system caused.
///
/// Printed by the command line as `error: problem · place · remedy`.
/// Programmer errors inside the library are `precondition`s instead.
public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is wrong, with the value found and the value wanted.
  public let problem: String
  /// Where: a file, a key path, an offset.
  public let place: String
  /// How to mend it, as an instruction.
  public let remedy: String
  /// The `errno` of the system call that was refused; nil where none was.
  public let errorNumber: Int32?

  /// Creates a failure from its three parts.
  public init(_ problem: String, at place: String, mend remedy: String, errorNumber: Int32? = nil) {
    self.problem = problem
    self.place = place
    self.remedy = remedy
    self.errorNumber = errorNumber
  }

  /// The same failure, as it is seen from further out: its place lies within `place`.
  public func within(_ place: String, separator: String = ".") -> Failure {
    let joined =
      self.place.isEmpty
      ? place : self.place.hasPrefix("[") ? place + self.place : place + separator + self.place
    return Failure(problem, at: joined, mend: remedy, errorNumber: errorNumber)
  }

  /// The one-line form `problem · place · remedy`; what is very long in it is shortened, so that a file that holds
  /// megabytes where a word belongs does not fill the terminal.
  public var description: String {
    [problem, place, remedy].map { $0.shortened(to: Self.longestPart).printable }.joined(separator: " · ")
  }

  /// Characters of a part. The longest remedies list what is allowed.
  private static let longestPart = 1200
}

/// Runs `body`; a failure in it gets `place` before its own place, a key or an index inside of that.
///
/// - Throws: the failure, located.
public func located<Value>(
  _ place: String, separator: String = ".", _ body: () throws(Failure) -> Value
) throws(Failure) -> Value {
  do {
    return try body()
  } catch {
    throw error.within(place, separator: separator)
  }
}
