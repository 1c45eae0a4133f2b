import Foundation
import Platform

/// Makes batches ahead of the one who wants them, on a fixed number of threads that share the rows of a batch.
///
/// Batches come out in order; at most `ahead` are finished or in work. Threads sleep when there is nothing to do.
// All `var`s, also those of OpenBatch, are read and written with `condition` locked.
final class PrefetchRing<Producer: BatchProducer>: @unchecked Sendable {
  private final class OpenBatch {
    let number: Int
    let draft: Producer.Draft
    var rows: [Producer.Row?]
    var nextRow = 0
    var missing: Int

    init(number: Int, draft: Producer.Draft, rowCount: Int) {
      self.number = number
      self.draft = draft
      rows = Array(repeating: nil, count: rowCount)
      missing = rowCount
    }
  }

  private let producer: Producer
  private let end: Int
  private let ahead: Int
  private let condition = NSCondition()
  private var current: OpenBatch?
  private var isOpening = false
  private var nextToOpen: Int
  private var nextToGive: Int
  private var ready: [Int: Producer.Batch] = [:]
  private var failure: Failure?
  private var isOver = false
  private var liveThreads: Int
  private var waited = 0

  /// Starts making the batches `numbers`.
  init(_ producer: Producer, numbers: Range<Int>, options: LoadingOptions) {
    self.producer = producer
    end = numbers.upperBound
    ahead = options.batchesAhead
    nextToOpen = numbers.lowerBound
    nextToGive = numbers.lowerBound
    liveThreads = options.threads
    let stackBytes = 8 << 20
    OutOfMemory.requireStacks(
      options.threads, of: stackBytes, for: "loader threads",
      mend: "lower data.threads, or raise the limit")
    for index in 0..<options.threads {
      let thread = Thread { [self] in work() }
      thread.name = "loader \(index)"
      thread.stackSize = stackBytes
      thread.start()
    }
  }

  /// Seconds that `next()` has waited.
  var waitSeconds: Double { locked { Double(waited) * 1e-9 } }

  /// The next batch; nil after the last, after `stop()`, and when `isCancelled` says so while there is none.
  ///
  /// - Throws: the `Failure` that ended the work, as soon as there is one.
  func next(unless isCancelled: () -> Bool = { false }) throws(Failure) -> Producer.Batch? {
    condition.lock()
    defer { condition.unlock() }
    let start = WorkClock.now
    var isUnwanted = false
    while ready[nextToGive] == nil && nextToGive < end && !isOver && !isUnwanted {
      isUnwanted = !condition.wait(until: Date(timeIntervalSinceNow: 0.2)) && isCancelled()
    }
    waited += WorkClock.now - start
    if let failure { throw failure }
    guard let batch = ready.removeValue(forKey: nextToGive) else { return nil }
    nextToGive += 1
    condition.broadcast()
    return batch
  }

  /// Ends the work and waits until no thread runs any more.
  func stop() {
    locked {
      isOver = true
      condition.broadcast()
      while liveThreads > 0 { condition.wait() }
      current = nil
      ready = [:]
    }
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    condition.lock()
    defer { condition.unlock() }
    return body()
  }

  /// `body` with the lock given up.
  private func unlocked<Result>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    condition.unlock()
    defer { condition.lock() }
    return try body()
  }

  private func work() {
    locked {
      do throws(Failure) {
        while !isOver {
          if let batch = current {
            try fillRow(of: batch)
          } else if !isOpening && nextToOpen < min(end, nextToGive + ahead) {
            try open()
          } else {
            condition.wait()
          }
        }
      } catch {
        failure = failure ?? error
        isOver = true
      }
      liveThreads -= 1
      condition.broadcast()
    }
  }

  private func open() throws(Failure) {
    let number = nextToOpen
    isOpening = true
    nextToOpen += 1
    let (draft, rowCount) = try unlocked { () throws(Failure) in producer.draft(number) }
    isOpening = false
    current = OpenBatch(number: number, draft: draft, rowCount: rowCount)
    condition.broadcast()
  }

  private func fillRow(of batch: OpenBatch) throws(Failure) {
    let row = batch.nextRow
    batch.nextRow += 1
    if batch.nextRow == batch.rows.count { current = nil }
    let draft = batch.draft
    batch.rows[row] = try unlocked { () throws(Failure) in try producer.fill(row, of: draft) }
    batch.missing -= 1
    guard batch.missing == 0 else { return }
    let rows = batch.rows.compactMap { $0 }
    ready[batch.number] = try unlocked { () throws(Failure) in producer.finish(draft, rows: rows) }
    condition.broadcast()
  }
}
