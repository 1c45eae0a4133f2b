import Synchronization

/// Where the lanes of one process leave gradients as their backward passes complete them, and find parameters to update.
///
/// A parameter is updated when every lane has contributed its part: no lane will read it again in this step, and its
/// gradients have just been in the cache. So a step never holds the gradients of the whole model.
final class SharedMemoryExchange: GradientExchange {
  private struct Ready {
    let slice: Int
    let gradients: [Tensor]
  }

  private struct State {
    var losses: [Double]
    var parts: [[Tensor?]]
    var arrivals: [Int]
    var ready: [Ready] = []
    var squares: [Double]
  }

  private let count: Int
  private let slices: SlicedParameters
  private let update: @Sendable (ParameterSlice, [Tensor]) -> Double
  private let state: Mutex<State>

  init(
    slices: SlicedParameters, count: Int, update: @escaping @Sendable (ParameterSlice, [Tensor]) -> Double
  ) {
    self.slices = slices
    self.count = count
    self.update = update
    state = Mutex(
      State(
        losses: [Double](repeating: 0, count: count),
        parts: slices.slicesOf.map { _ in [Tensor?](repeating: nil, count: count) },
        arrivals: [Int](repeating: 0, count: slices.slicesOf.count),
        squares: [Double](repeating: 0, count: slices.all.count)))
  }

  func contribute(loss: Double, from rank: Int) {
    state.withLock { $0.losses[rank] = loss }
  }

  /// The lane that completes a parameter is the one behind: it goes on, and the updates that are due fall to a lane
  /// that comes with a part that others still lack. So lanes stay side by side and few gradients wait.
  func contribute(_ gradient: Tensor?, of parameter: Int, from rank: Int) {
    let isBehind = state.withLock { state in
      state.parts[parameter][rank] = gradient
      state.arrivals[parameter] += 1
      guard state.arrivals[parameter] == count else { return false }
      makeReady(parameter, &state)
      return count > 1
    }
    if !isBehind { drain() }
  }

  func drain() {
    while updateOne() {}
  }

  func finish() -> (loss: Double, squares: [Double]) {
    let loss = state.withLock { $0.losses.reduce(0, +) }
    guard loss.isFinite else { return (loss, []) }
    state.withLock { state in
      for parameter in slices.slicesOf.indices
      where state.arrivals[parameter] > 0 && state.arrivals[parameter] < count {
        makeReady(parameter, &state)
      }
    }
    drain()
    return (loss, state.withLock { $0.squares })
  }

  private func makeReady(_ parameter: Int, _ state: inout State) {
    let gradients = state.parts[parameter].compactMap { $0 }
    state.parts[parameter] = []
    // Every lane has contributed its loss by the time that the first parameter is complete.
    guard !gradients.isEmpty, state.losses.allSatisfy(\.isFinite) else { return }
    state.ready += slices.slicesOf[parameter].map { Ready(slice: $0, gradients: gradients) }
  }

  private func updateOne() -> Bool {
    guard let next = state.withLock({ $0.ready.popLast() }) else { return false }
    let square = update(slices.all[next.slice], next.gradients)
    state.withLock { $0.squares[next.slice] = square }
    return true
  }
}
