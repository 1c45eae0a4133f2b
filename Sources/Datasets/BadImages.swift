import Foundation
import Platform
import Synchronization

/// The images of a set that could not be read, each once, and when they are too many.
public final class BadImages: Sendable {
  /// The share of a set that may be bad unless said otherwise.
  public static let defaultMaximumShare = 0.05

  private let source: any ImageSource
  private let list: BadImageList?
  private let maximumShare: Double
  private let reasons: Mutex<[Int: String]>
  // Those that were read in vain since this register was made.
  private let confirmed = Mutex<Set<Int>>([])
  private let outage: PassingOutage

  /// Creates a register.
  ///
  /// - Parameters:
  ///   - file: where a line `path<TAB>reason` is appended for each image when it is found; what an earlier
  ///     run left there counts and is not written again.
  ///   - maximumShare: the share of the whole set that may be bad, 0…1.
  ///   - patience: the most seconds that a loader waits for a set that is away.
  ///   - note: told in a line when it waits.
  /// - Throws: `Failure` when `file` cannot be read.
  public init(
    in source: any ImageSource, file: URL? = nil, maximumShare: Double = defaultMaximumShare,
    patience: Double = 60, note: @escaping @Sendable (String) -> Void = warnOnStandardError
  ) throws(Failure) {
    precondition((0...1).contains(maximumShare), "BadImages: a share of \(maximumShare)")
    self.source = source
    self.maximumShare = maximumShare
    outage = PassingOutage(of: source, patience: patience, note: note)
    list = file.map { BadImageList(path: $0.path) }
    let known = Dictionary(
      (try list?.load() ?? []).map { ($0.location, $0.reason) }, uniquingKeysWith: { first, _ in first })
    var reasons: [Int: String] = [:]
    if !known.isEmpty {
      for index in 0..<source.count { reasons[index] = known[source.location(of: index)] }
    }
    self.reasons = Mutex(reasons)
  }

  /// Number of bad images.
  public var count: Int { reasons.withLock { $0.count } }

  /// The share of the whole set that is bad.
  public var fraction: Double { Double(count) / Double(source.count) }

  /// The bad images in the order of the set, and why they are bad.
  public var entries: [(index: Int, reason: String)] {
    reasons.withLock { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
  }

  /// Whether an image was read in vain before, so that reading it again is too.
  func isKnown(_ index: Int) -> Bool { confirmed.withLock { $0.contains(index) } }

  /// Whether every image of the set was read in vain.
  var areAllKnown: Bool { confirmed.withLock { $0.count } == source.count }

  /// Reads an image by `body`, again where what refused it may pass; enters it where it stays unreadable, and returns nil.
  ///
  /// A set that is away as a whole, such as a network folder, is waited for.
  ///
  /// - Parameter isStopping: asked during a wait, which then ends.
  /// - Throws: `Failure` when the set stays away, or as `record` does.
  func reading<Content>(
    _ index: Int, isStopping: () -> Bool, _ body: () throws(Failure) -> Content
  ) throws(Failure) -> Content? {
    var attempt = 0
    while true {
      do throws(Failure) {
        return try body()
      } catch {
        attempt += 1
        if try outage.deservesAnotherTry(index, after: error, attempt: attempt, isStopping: isStopping) {
          continue
        }
        try record(index, error)
        return nil
      }
    }
  }

  /// Enters an image, unless it is known.
  ///
  /// - Throws: `Failure` when more than the allowed share is bad, or the list cannot be written.
  public func record(_ index: Int, _ failure: Failure) throws(Failure) {
    confirmed.withLock { _ = $0.insert(index) }
    try reasons.withLock { (reasons) throws(Failure) in
      if reasons[index] == nil {
        reasons[index] = failure.problem
        try list?.append(location: source.location(of: index), reason: failure.problem)
      }
      guard Double(reasons.count) > maximumShare * Double(source.count) else { return }
      let remedy =
        list == nil
        ? "such as \(source.location(of: index))" : "all listed there, and delete the list"
      throw Failure(
        "\(reasons.count) of \(source.count) images cannot be read (\(failure.problem)), "
          + "more than the allowed share of \(maximumShare)",
        at: list?.path ?? source.path,
        mend: "mend or remove them, \(remedy); or allow more with --max-bad")
    }
  }
}

/// Writes a warning to standard error, below a line that rewrites itself.
@Sendable public func warnOnStandardError(_ text: String) {
  StandardError.write((isatty(STDERR_FILENO) == 1 ? "\n" : "") + "warning: \(text)\n")
}
