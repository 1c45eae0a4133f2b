import Foundation
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Fixed positions against MAE's, as NumPy computes them.
@Suite("Positions")
struct PositionsTests {
  private let golden: GoldenFile

  init() throws { golden = try GoldenFile("positions.safetensors", in: .module) }

  /// Values up to 1, computed in double and stored as Float.
  @Test(arguments: [("width8.rows3.columns3", 3, 3, 8), ("width32.rows4.columns6", 4, 6, 32)])
  func matchTheTable(name: String, rows: Int, columns: Int, width: Int) throws {
    let table = Positions.sinCosTable(rows: rows, columns: columns, width: width)
    #expect(relativeError(table, to: try golden(name).values) <= 6e-8)
  }

  @Test func matchTheTableOfATinyViT() throws {
    let table = Positions.sinCosTable(rows: 14, columns: 14, width: 192)
    let wanted = try golden("width192.rows14.columns14.first20")
    #expect(relativeError(Array(table.prefix(20 * 192)), to: wanted.values) <= 6e-8)
  }

  /// Half the squares of a sine and its cosine are 1 each.
  @Test func everyRowHasTheSameNorm() {
    let width = 24
    let table = Positions.sinCosTable(rows: 5, columns: 7, width: width)
    for row in 0..<35 {
      let square = table[row * width..<(row + 1) * width].reduce(0) { $0 + Double($1 * $1) }
      #expect(abs(square - Double(width) / 2) <= 1e-5)
    }
  }

  @Test(arguments: [true, false])
  func theClassTokenHasZeros(hasClassToken: Bool) throws {
    let model = try makeModel(
      smallConfiguration {
        $0.hasClassToken = hasClassToken
        $0.pooling = .mean
      })
    let positions = try #require(model.parameters["pos_embed"])
    let table = Positions.sinCosTable(rows: 2, columns: 3, width: 12)
    #expect(!positions.isTrainable)
    #expect(positions.value.values == [Scalar](repeating: 0, count: hasClassToken ? 12 : 0) + table)
  }

  @Test func learnedPositionsAreTrained() throws {
    let model = try makeModel(smallConfiguration { $0.positions = .learned })
    let positions = try #require(model.parameters["pos_embed"])
    #expect(positions.isTrainable && positions.shape == [1, 7, 12])
  }

  @Test func noPositionsNoTable() throws {
    #expect(try makeModel(smallConfiguration { $0.positions = .none }).parameters["pos_embed"] == nil)
  }
}
