import Synchronization
import Tensors

/// Where lanes bring gradients as their backward passes complete them, and find parameters to update.
///
/// A parameter is updated when every lane has brought its part: no lane will read it again in this step, and its
/// gradients have just been in the cache. So a step never holds the gradients of the whole model. The sum runs in the
/// order of the lanes, whoever takes it: the same lane count gives the same bits.
final class GradientExchange: Sendable {
  private struct Ready {
    let slice: Int
    let gradients: [Tensor]
  }

  private struct State {
    var parts: [[Tensor?]]
    var arrivals: [Int]
    var ready: [Ready] = []
    var squares: [Double]
  }

  private let participantCount: Int
  private let slices: [ParameterSlice]
  private let slicesOf: [Range<Int>]
  private let update: @Sendable (ParameterSlice, [Tensor]) -> Double
  private let state: Mutex<State>

  /// Prepares one step in which `participantCount` of `laneCount` lanes have samples; `update` moves a slice and returns Σ g².
  init(
    slices: [ParameterSlice], slicesOf: [Range<Int>], participantCount: Int, laneCount: Int,
    update: @escaping @Sendable (ParameterSlice, [Tensor]) -> Double
  ) {
    self.slices = slices
    self.slicesOf = slicesOf
    self.participantCount = participantCount
    self.update = update
    state = Mutex(
      State(
        parts: slicesOf.map { _ in [Tensor?](repeating: nil, count: laneCount) },
        arrivals: [Int](repeating: 0, count: slicesOf.count),
        squares: [Double](repeating: 0, count: slices.count)))
  }

  /// Takes one lane's part of a parameter's gradient, nil when none reached it.
  ///
  /// The lane that completes a parameter is the one behind: it goes on, and the updates that are due fall to a lane
  /// that comes with a part that others still lack. So lanes stay side by side and few gradients wait.
  func bring(_ gradient: Tensor?, of parameter: Int, from lane: Int) {
    let isBehind = state.withLock { state in
      state.parts[parameter][lane] = gradient
      state.arrivals[parameter] += 1
      guard state.arrivals[parameter] == participantCount else { return false }
      makeReady(parameter, &state)
      return participantCount > 1
    }
    if !isBehind { drain() }
  }

  /// Does what is due until nothing is.
  func drain() {
    while updateOne() {}
  }

  /// Updates the parameters that only some lanes had a gradient for; for one thread, after all lanes are done. Returns
  /// Σ g² of each slice.
  func finish() -> [Double] {
    state.withLock { state in
      for parameter in slicesOf.indices
      where state.arrivals[parameter] > 0 && state.arrivals[parameter] < participantCount {
        makeReady(parameter, &state)
      }
    }
    drain()
    return state.withLock { $0.squares }
  }

  private func makeReady(_ parameter: Int, _ state: inout State) {
    let gradients = state.parts[parameter].compactMap { $0 }
    state.parts[parameter] = []
    guard !gradients.isEmpty else { return }
    state.ready += slicesOf[parameter].map { Ready(slice: $0, gradients: gradients) }
  }

  private func updateOne() -> Bool {
    guard let next = state.withLock({ $0.ready.popLast() }) else { return false }
    let square = update(slices[next.slice], next.gradients)
    state.withLock { $0.squares[next.slice] = square }
    return true
  }
}
