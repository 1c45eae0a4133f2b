import Platform
import Tensors

/// Exact search for the most similar rows of a bank by cosine similarity.
///
/// A row of zeros has similarity 0 to every row. Of equally similar bank rows the lower index comes first.
/// Bank and queries are padded with zero rows to whole blocks, so that equal rows go through the same
/// arithmetic wherever they stand and tie exactly.
public struct NearestNeighbors: Sendable {
  /// Number of bank rows.
  public let count: Int
  /// Features a row.
  public let width: Int

  private let bank: [Float]
  private let blockRows: Int
  private static let queryRows = 128

  /// Normalises and holds the bank.
  ///
  /// - Parameter values: row-major `[count, width]`, finite.
  public init(bank values: [Float], width: Int) {
    precondition(width > 0 && values.count >= width && values.count % width == 0, "NearestNeighbors: sizes")
    self.width = width
    count = values.count / width
    precondition(count <= UInt32.max, "NearestNeighbors: a bank holds at most 2³² − 1 rows")
    blockRows = min(1024, (count + 63) / 64 * 64)
    bank = unitRows(values, width: width, paddedTo: (count + blockRows - 1) / blockRows * blockRows)
  }

  /// The neighbours of some queries, each query's most similar first.
  public struct Result: Sendable {
    /// Neighbours a query: the number asked for, at most the size of the bank.
    public let neighborCount: Int
    /// Cosine similarities, row-major `[queries, neighborCount]`.
    public let similarities: [Float]
    /// Bank rows, row-major `[queries, neighborCount]`.
    public let indices: [Int]
  }

  /// Finds the `limit` most similar bank rows (all, when the bank is smaller) of each query.
  ///
  /// - Parameter queries: row-major `[queries, width]`, finite.
  public func search(_ queries: [Float], limit: Int) -> Result {
    search(queries, limit: limit, threads: MachineCapacity.coreCount)
  }

  package func search(_ queries: [Float], limit: Int, threads: Int) -> Result {
    precondition(limit > 0 && queries.count % width == 0, "NearestNeighbors.search: sizes")
    let neighborCount = min(limit, count)
    let blocks = rowRanges(count: queries.count / width, multiple: Self.queryRows)
    let found = parallelMap(count: blocks.count, threads: threads) { index in
      neighbors(of: queries, rows: blocks[index], neighborCount: neighborCount)
    }
    let keys = found.joined()
    return Result(
      neighborCount: neighborCount, similarities: keys.map { $0.similarity }, indices: keys.map { $0.index })
  }

  private func neighbors(of queries: [Float], rows: Range<Int>, neighborCount: Int) -> [NeighborKey] {
    let slice = Array(queries[(rows.lowerBound * width)..<(rows.upperBound * width)])
    let block = unitRows(slice, width: width, paddedTo: Self.queryRows)
    var heaps = [NeighborHeap](repeating: NeighborHeap(capacity: neighborCount), count: rows.count)
    var similarities = [Float](repeating: 0, count: Self.queryRows * blockRows)
    for start in stride(from: 0, to: count, by: blockRows) {
      matrixProduct(
        rows: Self.queryRows, columns: blockRows, inner: width, block, .none, bank, .transposed,
        bRowOffset: start, into: &similarities)
      let end = min(blockRows, count - start)
      for query in 0..<rows.count {
        heaps[query].offer(similarities, (query * blockRows)..<(query * blockRows + end), firstIndex: start)
      }
    }
    return heaps.flatMap { $0.sorted() }
  }
}
