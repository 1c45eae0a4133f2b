import Platform
import VisionTransformer

/// Features that some heads of DINOv2's grid see.
///
/// Features of several blocks stand side by side, the last block's at the end, behind them the mean of the last block's
/// patches where it is appended. Of a block the token that the encoder itself is read at is taken: the class token, or
/// for an encoder that is pooled by the mean of its patches that mean, to which it is not appended again.
struct HeadInput: Sendable {
  let blocks: Int
  let averagesPatches: Bool
  let train: JoinedFeatures
  let test: JoinedFeatures

  /// The places that the inputs of a grid are read at; none when the encoder's own is all.
  static func readouts(
    _ options: LinearSGDOptions, of encoder: VisionTransformerConfiguration
  ) -> [FeatureReadout] {
    let blocks = min(options.blocks.max() ?? 1, encoder.depth)
    var places = (0..<blocks).map { FeatureReadout(block: encoder.depth - $0, pooling: encoder.pooling) }
    if encoder.pooling == .classToken, options.averagesPatches.contains(true) {
      places.append(FeatureReadout(block: encoder.depth, pooling: .mean))
    }
    return places == [encoder.readout] ? [] : places
  }

  /// The inputs of a grid, those of fewest features first; the task's own features alone where it has no readouts, as
  /// for stored features.
  static func all(
    _ task: EvaluationTask, test: Features, _ options: LinearSGDOptions
  ) throws(Failure) -> [HeadInput] {
    guard let depth = task.readouts.keys.map(\.block).max() else {
      return [
        HeadInput(
          blocks: 1, averagesPatches: false, train: JoinedFeatures([task.train]), test: JoinedFeatures([test])
        )
      ]
    }
    let pooling: Pooling = task.readouts.keys.contains { $0.pooling == .classToken } ? .classToken : .mean
    let available = task.readouts.keys.count { $0.pooling == pooling }
    let averages = pooling == .classToken ? Set(options.averagesPatches) : [false]
    var inputs: [HeadInput] = []
    for blocks in Set(options.blocks.map { min($0, available) }).sorted() {
      for average in [false, true] where averages.contains(average) {
        var places = (0..<blocks).reversed().map { FeatureReadout(block: depth - $0, pooling: pooling) }
        if average { places.append(FeatureReadout(block: depth, pooling: .mean)) }
        let sets = places.compactMap { task.readouts[$0] }
        let tests = sets.compactMap(\.test)
        guard sets.count == places.count, tests.count == places.count else {
          throw Failure(
            "features of \(places) are missing", at: task.train.origin,
            mend: "give both sets at every place of readouts(_:of:)")
        }
        inputs.append(
          HeadInput(
            blocks: blocks, averagesPatches: average, train: JoinedFeatures(sets.map(\.train)),
            test: JoinedFeatures(tests)))
      }
    }
    return inputs
  }
}
