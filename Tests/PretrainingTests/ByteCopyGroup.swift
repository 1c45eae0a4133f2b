import Foundation
import Tensors

/// A second implementation of the seam: everything that is exchanged becomes bytes and is read from them again, as it
/// would be between processes. It shares no code with the one for lanes.
struct ByteCopyGroup: CollectiveGroup {
  /// What has passed, to show that nothing went another way.
  let traffic = Traffic()

  func collectives(_ count: Int) -> [any Collective] {
    let mailboxes = ByteMailboxes(count: count)
    return (0..<count).map { ByteCopyCollective(mailboxes: mailboxes, traffic: traffic, rank: $0) }
  }

  func gradientExchange(
    of slices: SlicedParameters, among count: Int,
    update: @escaping @Sendable (ParameterSlice, [Tensor]) -> Double
  ) -> any GradientExchange {
    ByteCopyExchange(slices: slices, count: count, traffic: traffic, update: update)
  }

  /// In the order of the ranks, scalar by scalar in the range alone.
  func reduce(_ gradients: [Tensor], _ range: Range<Int>) -> Double {
    let copies = gradients.map { gradient in
      let bytes = bytes(Array(gradient.values[range]))
      traffic.count(bytes, .clippedGradients)
      return Tensor(shape: [range.count], values: numbers(bytes))
    }
    let square = reduceGradients(copies, 0..<range.count)
    let sum = copies[0].values
    gradients[0].withMutableSpan { span in
      for (offset, index) in range.enumerated() { span[index] = sum[offset] }
    }
    return square
  }
}

/// Bytes that have passed, by what they were.
final class Traffic: @unchecked Sendable {
  enum Kind: Hashable {
    case sums, rows, rowGradients, losses, gradients, clippedGradients
  }

  private let lock = NSLock()
  private var passed: [Kind: Int] = [:]

  func count(_ bytes: [UInt8], _ kind: Kind) { lock.withLock { passed[kind, default: 0] += bytes.count } }

  /// The kinds of which some bytes have passed.
  var kinds: Set<Kind> { lock.withLock { Set(passed.filter { $0.value > 0 }.keys) } }
}

private struct ByteCopyCollective: Collective {
  let mailboxes: ByteMailboxes
  let traffic: Traffic
  let rank: Int
  var count: Int { mailboxes.count }

  func allReduce(_ values: inout [Double]) {
    let parts: [[Double]] = swapped(values, .sums)
    values = parts.dropFirst().reduce(parts[0]) { zip($0, $1).map { $0 + $1 } }
  }

  func allGather(_ values: [Scalar]) -> [[Scalar]] { swapped(values, .rows) }

  func reduceScatter(_ parts: [[Scalar]]) -> [Scalar] {
    let all: [[Scalar]] = swapped(parts.flatMap { $0 }, .rowGradients)
    let start = parts.prefix(rank).reduce(0) { $0 + $1.count }
    let own = all.map { Array($0[start..<start + parts[rank].count]) }
    return own.dropFirst().reduce(own[0]) { zip($0, $1).map { $0 + $1 } }
  }

  private func swapped<Number>(_ values: [Number], _ kind: Traffic.Kind) -> [[Number]] {
    let own = bytes(values)
    traffic.count(own, kind)
    return mailboxes.swap(own, from: rank).map { numbers($0) }
  }
}

/// One letter a rank and round; nobody starts a round before all have read the last.
private final class ByteMailboxes: @unchecked Sendable {
  let count: Int
  private let condition = NSCondition()
  private var letters: [Int: [UInt8]] = [:]
  private var readers = 0

  init(count: Int) { self.count = count }

  func swap(_ letter: [UInt8], from rank: Int) -> [[UInt8]] {
    condition.lock()
    defer { condition.unlock() }
    while readers > 0 { condition.wait() }
    letters[rank] = letter
    if letters.count == count {
      readers = count
      condition.broadcast()
    }
    while readers == 0 { condition.wait() }
    let all = (0..<count).map { letters[$0] ?? [] }
    readers -= 1
    if readers == 0 {
      letters = [:]
      condition.broadcast()
    } else {
      // A rank that went on would find the round still open.
      while readers > 0 { condition.wait() }
    }
    return all
  }
}

/// Updates each parameter at once, in the thread that completes it.
private final class ByteCopyExchange: GradientExchange, @unchecked Sendable {
  private let slices: SlicedParameters
  private let count: Int
  private let traffic: Traffic
  private let update: @Sendable (ParameterSlice, [Tensor]) -> Double
  private let lock = NSLock()
  private var losses: [Int: [UInt8]] = [:]
  private var parts: [[Int: (shape: [Int], bytes: [UInt8])?]]
  private var squares: [Double]

  init(
    slices: SlicedParameters, count: Int, traffic: Traffic,
    update: @escaping @Sendable (ParameterSlice, [Tensor]) -> Double
  ) {
    self.slices = slices
    self.count = count
    self.traffic = traffic
    self.update = update
    parts = slices.slicesOf.map { _ in [:] }
    squares = slices.all.map { _ in 0 }
  }

  func contribute(loss: Double, from rank: Int) {
    let letter = bytes([loss])
    traffic.count(letter, .losses)
    lock.withLock { losses[rank] = letter }
  }

  func contribute(_ gradient: Tensor?, of parameter: Int, from rank: Int) {
    let letter = gradient.map { (shape: $0.shape, bytes: bytes($0.values)) }
    if let letter { traffic.count(letter.bytes, .gradients) }
    lock.withLock {
      parts[parameter][rank] = .some(letter)
      if parts[parameter].count == count { move(parameter) }
    }
  }

  func drain() {}

  func finish() -> (loss: Double, squares: [Double]) {
    lock.withLock {
      let loss = (0..<count).reduce(0.0) { $0 + (numbers(losses[$1] ?? bytes([0.0]))[0]) }
      guard loss.isFinite else { return (loss, []) }
      for parameter in parts.indices where !parts[parameter].isEmpty { move(parameter) }
      return (loss, squares)
    }
  }

  private func move(_ parameter: Int) {
    let letters = (0..<count).compactMap { parts[parameter][$0] ?? nil }
    parts[parameter] = [:]
    let isFinite = losses.values.allSatisfy { (numbers($0)[0] as Double).isFinite }
    guard isFinite, !letters.isEmpty else { return }
    let gradients = letters.map { Tensor(shape: $0.shape, values: numbers($0.bytes)) }
    for place in slices.slicesOf[parameter] { squares[place] = update(slices.all[place], gradients) }
  }
}

private func bytes<Number>(_ values: [Number]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

private func numbers<Number>(_ bytes: [UInt8]) -> [Number] {
  bytes.withUnsafeBytes { $0.withMemoryRebound(to: Number.self) { Array($0) } }
}
