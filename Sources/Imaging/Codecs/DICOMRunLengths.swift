/// Frames compressed by run lengths: a segment for each byte of each sample, the highest byte of a sample first. (DICOM
/// PS3.5, G)
///
/// Decoded here, since the library's decoder believes the places of segments that a damaged frame gives.
enum DICOMRunLengths {
  /// Segments of which the head of a frame has the places, behind their number.
  private static let maximumSegments = 15

  /// Decodes a frame into samples that lie pixel by pixel, in the machine's order.
  static func decode<Source>(
    _ frame: UnsafeRawBufferPointer, of file: DICOMFile<Source>
  ) throws(DICOMProblem) -> [UInt8] {
    let sampleBytes = file.bitsAllocated / 8
    let pixelBytes = file.samplesPerPixel * sampleBytes
    guard let segments = frame.number(at: 0, bytes: 4, bigEndian: false), segments == pixelBytes,
      segments <= maximumSegments
    else { throw .damage("another number of segments than samples need") }
    let starts =
      (0..<segments).compactMap { frame.number(at: 4 + 4 * $0, bytes: 4, bigEndian: false) } + [frame.count]
    var samples = [UInt8](repeating: 0, count: file.frameBytes)
    for segment in 0..<segments {
      guard starts.count == segments + 1, starts[segment] >= 64, starts[segment] <= starts[segment + 1],
        starts[segment + 1] <= frame.count
      else { throw .damage("a segment that is not in its frame") }
      let (sample, byte) = segment.quotientAndRemainder(dividingBy: sampleBytes)
      let isBigEndianMachine = 1.bigEndian == 1
      let place = sample * sampleBytes + (isBigEndianMachine ? byte : sampleBytes - 1 - byte)
      let isWhole = unpack(
        UnsafeRawBufferPointer(rebasing: frame[starts[segment]..<starts[segment + 1]]), into: &samples,
        from: place, stride: pixelBytes)
      guard isWhole else { throw .damage("a segment that ends early") }
    }
    return samples
  }

  /// Unpacks runs until the target is full; whether it is.
  private static func unpack(
    _ runs: UnsafeRawBufferPointer, into target: inout [UInt8], from first: Int, stride: Int
  ) -> Bool {
    var (position, place) = (0, first)
    while place < target.count {
      guard position < runs.count else { return false }
      let length = Int(Int8(bitPattern: runs[position]))
      position += 1
      if length >= 0 {
        // So many bytes and one as they are.
        guard position + length < runs.count else { return false }
        for offset in 0...length where place < target.count {
          target[place] = runs[position + offset]
          place += stride
        }
        position += length + 1
      } else if length > -128 {
        // The next byte, one less often than the number says.
        guard position < runs.count else { return false }
        for _ in 0...(-length) where place < target.count {
          target[place] = runs[position]
          place += stride
        }
        position += 1
      }
    }
    return true
  }
}
