import Platform
import Tensors
import TestSupport
import Testing

@Suite("Patch grid")
struct PatchGridTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    let rows, columns, patch, channels: Int
    var testDescription: String { "\(rows)×\(columns) patches of \(patch), \(channels) channels" }
    var grid: PatchGrid {
      PatchGrid(height: rows * patch, width: columns * patch, channels: channels, patchSize: patch)
    }

    static let all: [Shape] = {
      var random = RandomStream(seed: 1, purpose: .synthetic)
      return (0..<20).map { index in
        Shape(
          rows: .random(in: 1...6, using: &random), columns: .random(in: 1...6, using: &random),
          patch: .random(in: 1...7, using: &random), channels: index % 2 == 0 ? 3 : 1)
      }
    }()
  }

  private func bytes(_ count: Int) -> [UInt8] {
    var random = RandomStream(seed: 2, purpose: .synthetic)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next32()) }
  }

  private func plainTable(_ channels: Int) -> ChannelNormalization {
    ChannelNormalization(
      mean: [Float](repeating: 0, count: channels), standardDeviation: [Float](repeating: 1, count: channels))
  }

  @Test(arguments: Shape.all)
  func unpatchifyUndoesPatchify(_ shape: Shape) {
    let grid = shape.grid
    let pixels = bytes(grid.count * grid.width)
    let patches = Tensor(shape: [2, grid.count, grid.width])
    grid.patchify(.eightBit(pixels), plainTable(shape.channels), into: patches, at: 1)
    let half = grid.count * grid.width
    #expect(patches.values[..<half].allSatisfy { $0 == 0 })
    #expect(grid.unpatchify(Array(patches.values[half...])) == pixels.map { Scalar($0) / 255 })
  }

  /// [B, C, h, p, w, p] → [B, h, w, p_row, p_column, C], written out (He et al., 2021).
  @Test(arguments: Shape.all)
  func theOrderIsThatOfMAE(_ shape: Shape) {
    let grid = shape.grid
    let (p, channels) = (shape.patch, shape.channels)
    let pixels = bytes(grid.count * grid.width)
    let patches = Tensor(shape: [1, grid.count, grid.width])
    grid.patchify(.eightBit(pixels), plainTable(channels), into: patches, at: 0)
    var wanted: [Scalar] = []
    for row in 0..<shape.rows {
      for column in 0..<shape.columns {
        for i in 0..<p {
          for j in 0..<p {
            for channel in 0..<channels {
              let pixel = (row * p + i) * shape.columns * p + column * p + j
              wanted.append(Scalar(pixels[pixel * channels + channel]) / 255)
            }
          }
        }
      }
    }
    #expect(patches.values == wanted)
  }

  @Test func theTableNormalisesEachChannel() {
    let grid = PatchGrid(height: 1, width: 2, channels: 3, patchSize: 1)
    let table = ChannelNormalization(mean: [0.5, 0.25, 0], standardDeviation: [0.5, 2, 1])
    let patches = Tensor(shape: [1, 2, 3])
    grid.patchify(.eightBit([0, 255, 51, 255, 0, 102]), table, into: patches, at: 0)
    let wanted: [Scalar] = [-1, 0.375, 0.2, 1, -0.125, 0.4]
    #expect(relativeError(patches.values, to: wanted) <= 1e-7)
  }

  /// 1/65535 of the range is seen, 257 times finer than bytes.
  @Test func deepSamplesKeepTheirPrecision() {
    let grid = PatchGrid(height: 2, width: 2, channels: 1, patchSize: 1)
    let table = ChannelNormalization(mean: [0.25], standardDeviation: [0.5])
    let patches = Tensor(shape: [1, 4, 1])
    grid.patchify(.sixteenBit([0, 1, 40_000, 65_535]), table, into: patches, at: 0)
    let wanted: [Scalar] = [0, 1, 40_000, 65_535].map { ($0 / 65_535 - 0.25) / 0.5 }
    #expect(relativeError(patches.values, to: wanted) <= 1e-7)
    #expect(patches.values[0] < patches.values[1])
  }

  /// Fractions keep what lies outside of 0…1, each sample at its place, for every kind alike.
  @Test func allKindsOfSamplesTakeTheSamePlaces() {
    let grid = PatchGrid(height: 4, width: 6, channels: 2, patchSize: 2)
    let table = ChannelNormalization(mean: [0.25, 0], standardDeviation: [0.5, 4])
    let bytes = (0..<48).map { UInt8($0 * 5) }
    let results = [
      PixelSamples.eightBit(bytes), .sixteenBit(bytes.map { UInt16($0) * 257 }),
      .float(bytes.map { Float($0) / 255 }),
    ].map { samples in
      let patches = Tensor(shape: [1, 6, 8])
      grid.patchify(samples, table, into: patches, at: 0)
      return patches.values
    }
    #expect(relativeError(results[1], to: results[0]) <= 1e-6)
    #expect(relativeError(results[2], to: results[0]) <= 1e-6)
    let patches = Tensor(shape: [1, 1, 1])
    let one = PatchGrid(height: 1, width: 1, channels: 1, patchSize: 1)
    one.patchify(
      .float([-3]), ChannelNormalization(mean: [1], standardDeviation: [2]), into: patches, at: 0)
    #expect(patches.values == [-2])
  }

  /// Mean 0 and unbiased variance 1 of each patch, 1e-6 added; a flat patch becomes 0.
  @Test func targetsAreNormalisedPatches() {
    let patches = Tensor.random([2, 3, 27], seed: 1, scale: 0.3, shift: 0.5)
    let flat = Tensor(shape: [1, 1, 12], repeating: 0.25)
    let pool = BufferPool()
    let wanted = patches.values.chunked(27).flatMap { row -> [Double] in
      let values = row.map { Double($0) }
      let mean = values.reduce(0, +) / 27
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 26
      return values.map { ($0 - mean) / (variance + 1e-6).squareRoot() }
    }
    #expect(relativeError(normalizedPatches(patches, pool: pool).values.map { Double($0) }, wanted) <= 1e-6)
    #expect(normalizedPatches(flat, pool: pool).values.allSatisfy { $0 == 0 })
  }
}
