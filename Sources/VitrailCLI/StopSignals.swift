import Dispatch
import Foundation
import Synchronization

/// SIGINT and SIGTERM as a wish to stop; a second one ends the process at once.
final class StopSignals {
  private static let wasAsked = Atomic(false)
  private let sources: [any DispatchSourceSignal]

  /// Starts listening; `notice` answers the first signal.
  init(notice: String = "stopping after this step; once more to stop without a checkpoint") {
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if Self.wasAsked.exchange(true, ordering: .relaxed) { exit(130) }
        FileHandle.standardError.write(
          Data("\n\(notice)\n".utf8))
      }
      source.resume()
      return source
    }
  }

  var wantsStop: Bool { Self.wantsStop }

  /// The same for all threads, as long as one listens.
  static var wantsStop: Bool { wasAsked.load(ordering: .relaxed) }
}
