import Platform
import Tensors

/// A tensor of Vitrail's, and what it is made of in the file of another library.
struct TensorRule: Sendable {
  /// Vitrail's name and shape.
  let name: String
  let shape: [Int]
  /// What follows each other in it.
  let terms: [Term]
  /// What all its values are where Vitrail's encoder does not have it; nil: it always has.
  let absent: Scalar?

  /// A piece of a tensor.
  indirect enum Term: Sendable {
    /// A tensor as it is.
    case whole(String)
    /// Some of its rows, `width` values each.
    case rows(String, Range<Int>, width: Int)
    /// A convolution [D, C, P, P], which Vitrail keeps as [D, P·P·C].
    case kernel(String, channels: Int, side: Int)
    /// What the file does not have because it is zero.
    case zeros(Int)
    /// Two pieces, added.
    case sum(Term, Term)
  }

  init(_ name: String, shape: [Int], _ terms: [Term], absent: Scalar? = nil) {
    self.name = name
    self.shape = shape
    self.terms = terms
    self.absent = absent
  }

  /// Its values, from the tensors of a file.
  ///
  /// - Throws: `Failure` when one cannot be read.
  func values(from file: any TensorFile) throws(Failure) -> [Scalar] {
    if terms.count == 1 { return try Self.values(of: terms[0], from: file) }
    var values: [Scalar] = []
    values.reserveCapacity(shape.reduce(1, *))
    for term in terms { values += try Self.values(of: term, from: file) }
    return values
  }

  private static func values(of term: Term, from file: any TensorFile) throws(Failure) -> [Scalar] {
    switch term {
    case .whole(let name): return try file.values(of: name)
    case .rows(let name, let rows, let width):
      return Array(try file.values(of: name)[rows.lowerBound * width..<rows.upperBound * width])
    case .zeros(let count): return [Scalar](repeating: 0, count: count)
    case .sum(let first, let second):
      return zip(try values(of: first, from: file), try values(of: second, from: file)).map { $0 + $1 }
    case .kernel(let name, let channels, let side):
      return transposed(try file.values(of: name), rows: channels, columns: side * side)
    }
  }

  /// [D, rows, columns] → [D, columns, rows].
  static func transposed(_ values: [Scalar], rows: Int, columns: Int) -> [Scalar] {
    let length = rows * columns
    return [Scalar](unsafeUninitializedCapacity: values.count) { target, count in
      for start in stride(from: 0, to: values.count, by: length) {
        for column in 0..<columns {
          for row in 0..<rows {
            target.initializeElement(
              at: start + column * rows + row, to: values[start + row * columns + column])
          }
        }
      }
      count = values.count
    }
  }

  /// Names of the file's tensors that it reads.
  var sources: [String] { terms.flatMap(Self.sources) }

  private static func sources(of term: Term) -> [String] {
    switch term {
    case .whole(let name), .rows(let name, _, _), .kernel(let name, _, _): [name]
    case .zeros: []
    case .sum(let first, let second): sources(of: first) + sources(of: second)
    }
  }
}
