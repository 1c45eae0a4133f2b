import Platform
import Tensors

extension TensorRule {
  /// Puts values of Vitrail's tensor where the file has them: the way back of `values(from:)`.
  ///
  /// - Throws: `Failure` when the file has no place for values that are not zero.
  func write(_ values: [Scalar], to tensors: inout WrittenTensors, at place: String) throws(Failure) {
    var start = 0
    for term in terms {
      let count = Self.count(of: term) ?? values.count / terms.count
      try write(values[start..<start + count], of: term, to: &tensors, at: place)
      start += count
    }
    precondition(start == values.count, "\(name): \(values.count) values, \(start) of which have a place")
  }

  private func write(
    _ values: ArraySlice<Scalar>, of term: Term, to tensors: inout WrittenTensors, at place: String
  ) throws(Failure) {
    switch term {
    case .whole(let source):
      let isAlone = terms.count == 1
      tensors.set(source, isAlone ? shape : [shape[0] / terms.count] + shape.dropFirst(), values)
    case .kernel(let source, let channels, let side):
      tensors.set(
        source, [shape[0], channels, side, side],
        Self.transposed(Array(values), rows: side * side, columns: channels)[...])
    case .rows(let source, let rows, let width): tensors.set(source, rows: rows, width: width, values)
    case .sum(let first, let second):
      // The second is what was added to the first.
      try write(values, of: first, to: &tensors, at: place)
      try write([Scalar](repeating: 0, count: values.count)[...], of: second, to: &tensors, at: place)
    case .zeros:
      guard values.allSatisfy({ $0 == 0 }) else {
        throw Failure(
          "the layout has no place for '\(name)', which is not zero", at: place,
          mend: "choose another layout, or --to encoder.onnx")
      }
    }
  }

  /// The number of values that a term says itself.
  private static func count(of term: Term) -> Int? {
    switch term {
    case .rows(_, let rows, let width): rows.count * width
    case .zeros(let count): count
    case .whole, .kernel, .sum: nil
    }
  }
}
