/// What carries all that the participants of a step exchange, whatever they are; a training plan injects it.
///
/// `SharedMemoryGroup` is that of the lanes of one process.
public protocol CollectiveGroup: Sendable {
  /// The collectives of `count` participants, one each, in the order of their ranks.
  func collectives(_ count: Int) -> [any Collective]

  /// What carries the losses and the gradients of a step in which parameters move as soon as their gradients are complete.
  ///
  /// - Parameters:
  ///   - slices: the units of the update, in the order of the parameters.
  ///   - count: number of participants.
  ///   - update: moves a slice along the sum of the gradients that it is given, in their order, and returns Σ g². It may
  ///     write the sum into the first of them. It is called once a slice, from several threads at a time.
  func gradientExchange(
    of slices: SlicedParameters, among count: Int,
    update: @escaping @Sendable (_ slice: ParameterSlice, _ gradients: [Tensor]) -> Double
  ) -> any GradientExchange

  /// Sums a range of one parameter's gradients, a part a participant in the order of the ranks, into the first; returns
  /// Σ g² of the sum. Called from several threads at a time, for different ranges.
  func reduce(_ gradients: [Tensor], _ range: Range<Int>) -> Double
}

/// Carries the losses and the gradients of one step: who contributes waits for nobody.
///
/// A parameter moves once all participants have contributed their part of its gradient. Where a loss is not finite, none
/// does. The sums run in the order of the ranks, whoever takes them: the same number of participants gives the same bits.
public protocol GradientExchange: Sendable {
  /// Takes one participant's part of the loss, before its first gradient.
  func contribute(loss: Double, from rank: Int)

  /// Takes one participant's part of a parameter's gradient, nil when none reached it. May do updates that are due.
  func contribute(_ gradient: Tensor?, of parameter: Int, from rank: Int)

  /// Does the updates that are due.
  func drain()

  /// Updates the parameters that only some participants had a gradient for; for one thread, after all participants are
  /// done. Returns the sum of the losses and, where it is finite, Σ g² of each slice.
  func finish() -> (loss: Double, squares: [Double])
}
