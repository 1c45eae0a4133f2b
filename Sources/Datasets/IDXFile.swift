import Platform

/// An array of bytes in the IDX format (LeCun, 1998): magic number, sizes, bytes; all numbers big-endian.
struct IDXFile {
  /// Lengths of the axes, outermost first.
  let sizes: [Int]
  /// The elements, row-major.
  let bytes: [UInt8]

  /// Deflate shrinks nothing further than this.
  private static let greatestRatio = 1032

  /// Reads a file of `axes` axes, plain or gzip.
  ///
  /// - Throws: `Failure` when it is no such file, claims more than it can hold or than `maximumBytes`,
  ///   or is truncated, damaged or longer than its header says.
  init(path: String, axes: Int, maximumBytes: Int) throws(Failure) {
    func damaged(_ problem: String) -> Failure {
      Failure("damaged IDX file: \(problem)", at: path, mend: "fetch the file again")
    }
    let reader = try GzipReader(path: path)
    let header = try reader.read(upTo: 4 + 4 * axes)
    guard header.count == 4 + 4 * axes else { throw damaged("it ends inside its header") }
    guard Array(header[..<4]) == [0, 0, 8, UInt8(axes)] else {
      let found = header[..<4].map { String($0) }.joined(separator: " ")
      throw damaged("it starts with bytes \(found), not 0 0 8 \(axes)")
    }
    sizes = (1...axes).map { axis in header[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) } }

    var count = 1
    for size in sizes {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, product <= maximumBytes else {
        let text = sizes.map { String($0) }.joined(separator: "×")
        throw damaged("its header claims \(text) bytes, above the limit of \(maximumBytes)")
      }
      count = product
    }
    let isPossible =
      reader.isPlain
      ? count == reader.storedCount - header.count : count <= reader.storedCount * Self.greatestRatio
    guard isPossible else {
      throw damaged("its header claims \(count) bytes, which a file of \(reader.storedCount) does not hold")
    }
    bytes = try reader.read(upTo: count)
    guard bytes.count == count else {
      throw damaged("it holds \(bytes.count) bytes of the \(count) its header claims")
    }
    guard try reader.read(upTo: 1).isEmpty else {
      throw damaged("it goes on after the \(count) bytes its header claims")
    }
  }
}
