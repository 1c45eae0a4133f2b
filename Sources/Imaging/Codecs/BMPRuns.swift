/// The indices of a BMP in runs, of 8 or of 4 bits, decoded whole. Where runs leave pixels out, their index is 0.
///
/// Two bytes, a count and a value, are a run; of 4 bits its indices alternate. A count of 0 is followed by 0 for the end of a
/// row, 1 for the end of the image, 2 for a move by two bytes, right and on, and n > 2 for n indices as they are,
/// padded to two bytes.
struct BMPRuns {
  /// The indices, in the order of the file's rows.
  private(set) var indices: [UInt8]
  /// Where data that end early end: before this index.
  private(set) var known: Int

  init(_ bytes: Slice<UnsafeRawBufferPointer>, width: Int, height: Int, depth: Int) {
    let bytes = UnsafeRawBufferPointer(rebasing: bytes)
    indices = [UInt8](repeating: 0, count: width * height)
    known = width * height
    var offset = 0
    var (column, row) = (0, 0)
    indices.withUnsafeMutableBufferPointer { indices in
      /// Writes an index; those beyond the end of a row are left out, as programs round runs up.
      func put(_ index: UInt8) {
        if column < width { indices[row * width + column] = index }
        column += 1
      }
      while row < height {
        guard offset + 2 <= bytes.count else {
          known = row * width + min(column, width)
          return
        }
        let (count, value) = (Int(bytes[offset]), bytes[offset + 1])
        offset += 2
        switch (count, value) {
        case (0, 0):
          column = 0
          row += 1
        case (0, 1):
          return
        case (0, 2):
          guard offset + 2 <= bytes.count else {
            known = row * width + min(column, width)
            return
          }
          column += Int(bytes[offset])
          row += Int(bytes[offset + 1])
          offset += 2
        case (0, _):
          for position in 0..<Int(value) {
            let place = offset + position * depth / 8
            guard place < bytes.count else {
              known = row * width + min(column, width)
              return
            }
            put(depth == 8 ? bytes[place] : position % 2 == 0 ? bytes[place] >> 4 : bytes[place] & 15)
          }
          offset += (Int(value) * depth + 15) / 16 * 2
        default:
          for position in 0..<count {
            put(depth == 8 ? value : position % 2 == 0 ? value >> 4 : value & 15)
          }
        }
        // Without an end of the row the last one ends the image.
        if row == height - 1, column >= width { return }
      }
    }
  }
}
