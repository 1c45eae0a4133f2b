import Foundation
import VisionTransformer

/// Positions that are sines and cosines.
extension DynamicSize {
  /// Angles a channel of half a head's pairs: base^(−i/(d/4)).
  var rotaryFrequencies: [Float] {
    Self.frequencies(configuration.width / configuration.headCount / 4, base: configuration.rotaryBase)
  }

  /// What queries and keys are multiplied with, straight and crossed, [prefix + rows·columns, 1, d] each: see
  /// `Lowering.rotated`. Coordinates are whole numbers from 0, whatever the size.
  func rotation(prefixCount: Int, _ graph: GraphBuilder) -> (straight: Value, crossed: Value) {
    let frequencies = rotaryFrequencies
    let width = 4 * frequencies.count
    func table(unturned: Float, _ ofAxis: (Value) -> Value) -> Value {
      let (down, across) = (
        ofAxis(angles(rows, frequencies, graph)), ofAxis(angles(columns, frequencies, graph))
      )
      let turned = graph.reshaped(
        joined(ofRows: down, ofColumns: across, width / 2, rowsFirst: true, graph), [-1, 1, width])
      guard prefixCount > 0 else { return graph.cast(turned, to: graph.inner) }
      let prefix = [Float](repeating: unturned, count: prefixCount * width)
      let leading = graph.numbers(prefix, [prefixCount, 1, width], .float)
      return graph.cast(graph.joined([leading, turned], axis: 0), to: graph.inner)
    }
    let straight = table(unturned: 1) { angles in
      let cosines = graph.apply("Cos", angles)
      return graph.joined([cosines, cosines], axis: -1)
    }
    let crossed = table(unturned: 0) { angles in
      let sines = graph.apply("Sin", angles)
      return graph.joined([graph.apply("Neg", sines), sines], axis: -1)
    }
    return (straight, crossed)
  }

  /// `Positions.sinCosTable` of the run's grid in the form of the stream, [rows·columns, width].
  func sinCosTable(_ graph: GraphBuilder) -> Value {
    let width = configuration.width
    let frequencies = Self.frequencies(width / 4, base: 10_000)
    func encoded(_ count: Value) -> Value {
      let angles = angles(count, frequencies, graph)
      return graph.joined([graph.apply("Sin", angles), graph.apply("Cos", angles)], axis: -1)
    }
    let table = joined(
      ofRows: encoded(rows), ofColumns: encoded(columns), width / 2, rowsFirst: false, graph)
    let stream = configuration.entryStream
    guard stream != .full else { return table }
    let centred = graph.difference(table, graph.mean(table))
    return stream == .centered ? centred : graph.slice(centred, 0..<stream.streamWidth(width), axis: -1)
  }

  private static func frequencies(_ count: Int, base: Double) -> [Float] {
    (0..<count).map { Float(pow(base, -Double($0) / Double(count))) }
  }

  /// Coordinates times frequencies, [count, frequencies].
  private func angles(_ count: Value, _ frequencies: [Float], _ graph: GraphBuilder) -> Value {
    graph.product(
      graph.reshaped(graph.range(count), [-1, 1]), graph.numbers(frequencies, [1, frequencies.count], .float))
  }

  /// For each patch what its row has, [rows, width], beside what its column has, [columns, width] → [rows·columns, 2·width].
  private func joined(
    ofRows down: Value, ofColumns across: Value, _ width: Int, rowsFirst: Bool, _ graph: GraphBuilder
  ) -> Value {
    let shape = graph.joined([rows, columns, graph.integers([width])], axis: 0)
    let down = graph.apply("Expand", graph.reshaped(down, [-1, 1, width]), shape)
    let across = graph.apply("Expand", across, shape)
    let both = graph.joined(rowsFirst ? [down, across] : [across, down], axis: -1)
    return graph.reshaped(both, [-1, 2 * width])
  }
}
