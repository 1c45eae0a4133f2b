import Platform

/// The pixels of an image in the order in which they stand upright.
struct Turn: SampleOperation {
  /// Pixels of an output row that are moved before the next row where each comes from another stored row: so many lines
  /// stay in the cache for the rows that follow.
  private static let tile = 64

  let orientation: Orientation
  /// Of the stored pixels.
  let width, height, channels: Int

  func apply<Sample: PixelSample>(to input: [Sample]) -> [Sample] {
    filledSamples(input.count) { output in
      input.withUnsafeBytes { bytes in
        guard let stored = bytes.baseAddress else { return }
        let upright = UnsafeMutableRawPointer(output)
        let size = channels * MemoryLayout<Sample>.size
        switch (orientation, size) {
        case (.mirroredVertically, _): copyRows(stored, upright, size)
        case (_, 1): move(stored, upright, size, by: UInt8.self)
        case (_, 2): move(stored, upright, size, by: UInt16.self)
        case (_, 3...4): move(stored, upright, size, by: UInt32.self)
        case (_, 5...8): move(stored, upright, size, by: UInt64.self)
        default: move(stored, upright, size) { $1.copyMemory(from: $0, byteCount: size) }
        }
      }
    }
  }

  private func copyRows(_ stored: UnsafeRawPointer, _ upright: UnsafeMutableRawPointer, _ size: Int) {
    let length = width * size
    for row in 0..<height {
      (upright + row * length).copyMemory(from: stored + (height - 1 - row) * length, byteCount: length)
    }
  }

  /// Moves each pixel of `size` bytes as a word of at least as many: what is too much is overwritten by the next pixel.
  private func move<Word: FixedWidthInteger>(
    _ stored: UnsafeRawPointer, _ upright: UnsafeMutableRawPointer, _ size: Int, by _: Word.Type
  ) {
    move(stored, upright, size) { $1.storeBytes(of: $0.loadUnaligned(as: Word.self), as: Word.self) }
  }

  /// Moves all pixels, each row from left to right: by `copy` those that are neither first nor last of their row, the
  /// others, among which is the last of the stored ones, by no more than their bytes.
  @inline(__always)
  private func move(
    _ stored: UnsafeRawPointer, _ upright: UnsafeMutableRawPointer, _ size: Int,
    _ copy: (_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer) -> Void
  ) {
    let swaps = orientation.swapsSides
    let (columns, rows) = swaps ? (height, width) : (width, height)
    // Output pixel (x, y) is at stored + x·across + y·down.
    let reversed = orientation.reversed
    let across = (swaps ? width : 1) * (reversed.alongRow ? -size : size)
    let down = (swaps ? 1 : width) * (reversed.alongColumn ? -size : size)
    let origin =
      (reversed.alongRow ? (1 - columns) * across : 0) + (reversed.alongColumn ? (1 - rows) * down : 0)
    let tile = swaps ? Self.tile : columns
    for left in stride(from: 0, to: columns, by: tile) {
      let right = min(left + tile, columns)
      for row in 0..<rows {
        let source = stored + (origin + row * down)
        let target = upright + row * columns * size
        if left == 0 { target.copyMemory(from: source, byteCount: size) }
        var column = max(left, 1)
        var (from, to) = (source + column * across, target + column * size)
        while column < min(right, columns - 1) {
          copy(from, to)
          from += across
          to += size
          column += 1
        }
        if right == columns {
          (target + (columns - 1) * size).copyMemory(from: source + (columns - 1) * across, byteCount: size)
        }
      }
    }
  }
}
