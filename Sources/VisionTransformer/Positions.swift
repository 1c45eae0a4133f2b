import Foundation
import Tensors

/// How a token knows its place.
public enum Positions: String, Codable, Sendable, CaseIterable {
  /// Fixed sines and cosines of row and column (He et al., 2021).
  case sinCos2D
  /// A learned table (Dosovitskiy et al., 2020).
  case learned
  /// None in the stream: queries and keys are turned by row and column in every block (Su et al., 2021).
  case rotary2D
  /// None: the encoder is equivariant under permutations of the patches.
  case none

  /// A line for `vitrail list`.
  public var summary: String {
    switch self {
    case .sinCos2D: "fixed sines and cosines of row and column"
    case .learned: "a learned table"
    case .rotary2D: "queries and keys turned by row and column in every block"
    case .none: "none: the encoder is equivariant under permutations of the patches"
    }
  }

  /// Where it is from.
  public var source: String {
    switch self {
    case .sinCos2D: "He et al., 2021"
    case .learned: "Dosovitskiy et al., 2020"
    case .rotary2D: "Su et al., 2021; Heo et al., 2024"
    case .none: ""
    }
  }

  /// Whether a table is added to the patches' embeddings.
  public var hasTable: Bool {
    switch self {
    case .sinCos2D, .learned: true
    case .rotary2D, .none: false
    }
  }

  /// Declares the table [1, c + L, stream width] as `name`, or nothing; row 0 belongs to the class token when there is
  /// one.
  public func declare(
    _ name: String, grid: PatchGrid, width: Int, stream: StreamForm = .full, hasClassToken: Bool,
    initializer: any Initializer, scope: ParameterScope
  ) -> Parameter? {
    let shape = [1, grid.count + (hasClassToken ? 1 : 0), stream.streamWidth(width)]
    switch self {
    case .sinCos2D:
      let table = Self.sinCosTable(rows: grid.rows, columns: grid.columns, width: width)
      let prefix = [Scalar](repeating: 0, count: hasClassToken ? width : 0)
      return scope.parameter(
        name, shape: shape, role: .positions, initial: .values(stream.rows(prefix + table, width: width)),
        isTrainable: false)
    case .learned:
      return scope.parameter(name, shape: shape, role: .positions, initial: initializer.token(.position))
    case .rotary2D, .none:
      return nil
    }
  }

  /// The fixed table [rows·columns, width], exactly MAE's: the column's coordinate fills the first half, the row's
  /// the second; in each half all sines come first. The width must be a multiple of 4.
  public static func sinCosTable(rows: Int, columns: Int, width: Int) -> [Scalar] {
    precondition(width % 4 == 0, "sinCosTable: the width \(width) is not a multiple of 4")
    let quarter = width / 4
    let frequencies = (0..<quarter).map { pow(10_000, -Double($0) / Double(quarter)) }
    func encode(_ coordinate: Int) -> [Scalar] {
      frequencies.map { Scalar(sin(Double(coordinate) * $0)) }
        + frequencies.map { Scalar(cos(Double(coordinate) * $0)) }
    }
    return (0..<rows).flatMap { row in (0..<columns).flatMap { encode($0) + encode(row) } }
  }
}

/// How the tokens of an image become one vector.
public enum Pooling: String, Codable, Sendable, CaseIterable {
  /// Mean of the patch tokens, class token and registers left out.
  case mean
  /// The class token.
  case classToken
}
