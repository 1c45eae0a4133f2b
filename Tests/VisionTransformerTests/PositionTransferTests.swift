import Foundation
import Imaging
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Tables of positions on another grid, against torch.nn.functional.interpolate.
@Suite("Positions at another size")
struct PositionTransferTests {
  private let golden: GoldenFile
  private static let rules = [PositionTransfer.bicubic, .antialiased, .offsetBicubic]

  init() throws { golden = try GoldenFile("starts.safetensors", in: .module) }

  private func moved(
    _ table: [Scalar], to new: (Int, Int), _ rule: PositionTransfer, from old: (Int, Int) = (4, 6)
  ) -> [Scalar] {
    Positions.interpolated(table, from: old, to: new, width: 8, prefixCount: 1, rule)
  }

  /// Computed in double and stored as Float.
  @Test(arguments: [(8, 12), (2, 3), (3, 4), (7, 5), (1, 13)], rules)
  func matchesPyTorch(size: (Int, Int), rule: PositionTransfer) throws {
    let table = try golden("interpolation.table").values
    let wanted = try golden("interpolation.\(rule.rawValue).\(size.0)x\(size.1)").values
    #expect(relativeError(moved(table, to: size, rule), to: wanted) <= 1.2e-7)
  }

  @Test(arguments: rules)
  func theSameGridGivesTheSameTable(rule: PositionTransfer) throws {
    let table = try golden("interpolation.table").values
    #expect(moved(table, to: (4, 6), rule) == table)
  }

  @Test(arguments: [(8, 12), (2, 3), (1, 1), (5, 9)], rules)
  func aConstantTableStaysConstant(size: (Int, Int), rule: PositionTransfer) {
    let table = [Scalar](repeating: 0.7, count: 25 * 8)
    let result = moved(table, to: size, rule)
    #expect(result.count == (1 + size.0 * size.1) * 8)
    #expect(result.allSatisfy { abs($0 - 0.7) <= 1e-6 })
  }

  private func file(_ positions: Positions, hasClassToken: Bool = true) throws -> (
    ModelFile, VisionTransformer
  ) {
    let folder = try TemporaryFolder()
    let model = try makeModel(
      smallConfiguration {
        ($0.positions, $0.hasClassToken, $0.initializer) = (positions, hasClassToken, "mimetic")
      })
    let url = folder("model.safetensors")
    try model.write(to: url, preprocessing: .init(height: 4, width: 6, resizeShorterSide: 5))
    return (try ModelFile(contentsOf: url), model)
  }

  @Test(arguments: [Positions.sinCos2D, .learned], [true, false])
  func aModelTakesLargerImages(positions: Positions, hasClassToken: Bool) throws {
    let (file, model) = try file(positions, hasClassToken: hasClassToken)
    let prefix = hasClassToken ? 1 : 0
    let old = try #require(model.parameters["pos_embed"]).value.values.map { Scalar(Float($0)) }
    for rule in Self.rules {
      let large = try file.makeModel(imageHeight: 8, imageWidth: 10, rule)
      #expect(large.configuration.grid.count == 20 && large.configuration.width == 12)
      let table = try #require(large.parameters["pos_embed"])
      #expect(table.shape == [1, prefix + 20, 12] && table.isTrainable == (positions == .learned))
      let wanted = Positions.interpolated(
        old, from: (2, 3), to: (4, 5), width: 12, prefixCount: prefix, rule)
      #expect(table.value.values == wanted)
      for parameter in large.parameters.parameters where parameter.name != "pos_embed" {
        let original = try #require(model.parameters[parameter.name])
        #expect(parameter.value.values == original.value.values.map { Scalar(Float($0)) })
      }
      #expect(large.features(.random([1, 20, 12]), Tape(.evaluating)).isFinite)
      let same = try file.makeModel(imageHeight: 4, imageWidth: 6, rule)
      #expect(try #require(same.parameters["pos_embed"]).value.values == old)
    }
  }

  @Test func fixedTablesCanBeRecomputed() throws {
    let (file, _) = try file(.sinCos2D)
    let large = try file.makeModel(imageHeight: 8, imageWidth: 10, .recomputed)
    let fresh = Positions.sinCosTable(rows: 4, columns: 5, width: 12)
    let table = try #require(large.parameters["pos_embed"]).value.values
    #expect(table == [Scalar](repeating: 0, count: 12) + fresh)
    let (learned, _) = try self.file(.learned)
    let failure = try #require(throws: Failure.self) {
      try learned.makeModel(imageHeight: 8, imageWidth: 10, .recomputed)
    }
    #expect(failure.problem.contains("recomputed") && failure.remedy.contains("bicubic"))
  }

  /// A part of a larger picture gives what the small one gave: attention sees offsets alone. A class token would not: it
  /// has no place, so that patches are as far from it as from the corner.
  @Test func rotaryPositionsNeedNothing() throws {
    let (file, model) = try file(.rotary2D, hasClassToken: false)
    let large = try file.makeModel(imageHeight: 8, imageWidth: 10)
    let patches = Tensor.random([1, 20, 12], seed: 6)
    let tape = Tape(.evaluating)
    let corner: [Int32] = [6, 7, 8, 11, 12, 13]  // two rows of three, a row and a column in
    let wanted = model.encode(tape.gather(patches, indices: corner), tape)
    let found = large.encode(patches, visible: corner, tape)
    #expect(relativeError(found, to: wanted) <= bound(single: 2e-6, double: 1e-6))  // files hold Float
  }

  @Test func sizesThatDoNotDivideAreRefused() throws {
    let (file, _) = try file(.learned)
    #expect(throws: Failure.self) { try file.makeModel(imageHeight: 7, imageWidth: 6) }
    #expect(throws: Failure.self) { try file.makeModel(imageHeight: 0, imageWidth: 6) }
  }

  @Test func preprocessingFollows() throws {
    let (file, _) = try file(.learned)
    let large = file.preprocessing(imageHeight: 8, imageWidth: 12)
    #expect(large.height == 8 && large.width == 12 && large.resizeShorterSide == 10)
    #expect(large.mean == file.preprocessing.mean)
  }
}
