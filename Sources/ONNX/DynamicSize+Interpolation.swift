extension DynamicSize {
  /// What `Positions.interpolated` does along one axis, as a matrix [new, old].
  ///
  /// The weight of place j in the new place i is cubic(|(2i + 1)·old − (2j + 1)·new|/divisor). All but the quotient are
  /// whole numbers, so that the own grid gives the unit matrix to the bit.
  func interpolation(from old: Int, to new: Value, _ graph: GraphBuilder) -> Value {
    let (count, isAntialiased) = (graph.cast(new, to: .float), transfer == .antialiased)
    var (oldScale, newScale) = (Float(old), count)
    if transfer == .offsetBicubic {
      // old/(new + 0.1) = 10·old/(10·new + 1), but for the own length.
      let difference = graph.apply("Abs", graph.sum(count, -Float(old)))
      let isOther = graph.apply("Min", difference, graph.number(1, .float))
      (oldScale, newScale) = (10 * oldScale, graph.sum(graph.product(count, 10), isOther))
    }
    // Antialiasing widens the kernel where the new grid is coarser; it leaves out what lies beyond the border. The others
    // repeat the border, of which a place reads no more than two.
    let divisor = graph.product(
      isAntialiased ? graph.apply("Max", newScale, graph.number(oldScale, .float)) : newScale, 2)
    let border = isAntialiased ? 0 : 2
    let places = (-border..<old + border).map { Float(2 * $0 + 1) }
    let odd = graph.sum(graph.product(graph.reshaped(graph.range(new), [-1, 1]), 2), 1)
    let distance = graph.difference(
      graph.product(odd, oldScale), graph.product(graph.numbers(places, [1, places.count], .float), newScale))
    let weights = cubic(
      graph.quotient(graph.apply("Abs", distance), divisor), isAntialiased ? -0.5 : -0.75, graph)
    guard !isAntialiased else { return graph.quotient(weights, graph.total(weights)) }
    let folded = (-border..<old + border).flatMap { place in
      (0..<old).map { Float($0 == min(max(place, 0), old - 1) ? 1 : 0) }
    }
    return graph.matrixProduct(weights, graph.numbers(folded, [places.count, old], .float))
  }

  /// Keys' kernel (1981) of x ≥ 0: ((a + 2)·x − (a + 3))·x² + 1 up to 1, then ((a·x − 5a)·x + 8a)·x − 4a up to 2, then 0.
  ///
  /// The first is 0 at 1, and the second at 1 and 2: each of x cut to its own part, they add up.
  private func cubic(_ x: Value, _ a: Float, _ graph: GraphBuilder) -> Value {
    let (one, two) = (graph.number(1, .float), graph.number(2, .float))
    let near = graph.apply("Min", x, one)
    let far = graph.apply("Max", graph.apply("Min", x, two), one)
    let slope = graph.sum(graph.product(near, a + 2), -(a + 3))
    let inner = graph.sum(graph.product(graph.product(slope, near), near), 1)
    let curve = graph.sum(graph.product(graph.sum(graph.product(far, a), -5 * a), far), 8 * a)
    return graph.sum(inner, graph.sum(graph.product(curve, far), -4 * a))
  }
}
