import Platform

#if DoublePrecision
  import CVectorKernelsDouble
#else
  import CVectorKernels
#endif

/// How images are cut into square patches and how a patch is laid out.
///
/// Patch n = r·columns + s; inside a patch the order is row, column, channel, channel fastest (He et al., 2021).
public struct PatchGrid: Sendable, Equatable {
  /// Patches down and across.
  public let rows, columns: Int
  /// Side of a patch in pixels.
  public let patchSize: Int
  /// Channels a pixel.
  public let channels: Int

  /// Cuts images of height × width; both must be multiples of the patch size.
  public init(height: Int, width: Int, channels: Int, patchSize: Int) {
    precondition(
      patchSize > 0 && height % patchSize == 0 && width % patchSize == 0 && height > 0 && width > 0,
      "PatchGrid: \(height)×\(width) pixels do not divide into patches of \(patchSize)")
    rows = height / patchSize
    columns = width / patchSize
    self.patchSize = patchSize
    self.channels = channels
  }

  /// Number of patches, L.
  public var count: Int { rows * columns }
  /// Values in a patch, P·P·C.
  public var width: Int { patchSize * patchSize * channels }
  /// Pixel rows of an image.
  public var imageHeight: Int { rows * patchSize }
  /// Pixel columns of an image.
  public var imageWidth: Int { columns * patchSize }

  /// Where the channels of a pixel start in the patches [L, P·P·C] of an image.
  public func offset(ofRow row: Int, column: Int) -> Int {
    let patch = row / patchSize * columns + column / patchSize
    return patch * width + (row % patchSize * patchSize + column % patchSize) * channels
  }

  /// Writes one image into row `index` of `patches` [B, L, P·P·C], normalised in the same pass.
  ///
  /// `samples` are height × width × channels interleaved.
  public func patchify(
    _ samples: PixelSamples, _ normalization: ChannelNormalization, into patches: Tensor, at index: Int
  ) {
    precondition(
      samples.count == count * width && normalization.channels == channels,
      "PatchGrid.patchify: \(samples.count) samples for \(imageHeight)×\(imageWidth)×\(channels)")
    precondition(
      patches.shape.suffix(2) == [count, width] && index >= 0 && index < patches.count / (count * width),
      "PatchGrid.patchify: row \(index) of \(patches.shape)")
    let target = patches.pointer + index * count * width
    switch samples {
    case .eightBit(let bytes):
      vk_patchify(
        bytes, vk_patch_shape(rows: rows, columns: columns, side: patchSize, channels: channels),
        repeated(normalization.mean), repeated(normalization.standardDeviation), target)
    case .sixteenBit(let words): write(words, into: target, normalization) { Scalar($0) / 65535 }
    case .float(let fractions): write(fractions, into: target, normalization) { Scalar($0) }
    }
  }

  @inline(__always)
  private func write<Sample>(
    _ samples: [Sample], into target: UnsafeMutablePointer<Scalar>, _ normalization: ChannelNormalization,
    _ unitValue: (Sample) -> Scalar
  ) {
    let run = patchSize * channels
    let (means, deviations) = (repeated(normalization.mean), repeated(normalization.standardDeviation))
    samples.withUnsafeBufferPointer { samples in
      for row in 0..<imageHeight {
        for column in 0..<columns {
          let source = (row * columns + column) * run
          let place = target + (row / patchSize * columns + column) * width + row % patchSize * run
          for index in 0..<run {
            place[index] = (unitValue(samples[source + index]) - means[index]) / deviations[index]
          }
        }
      }
    }
  }

  /// One value a channel, again and again for the pixels of a patch's row.
  private func repeated(_ values: [Float]) -> [Scalar] {
    (0..<patchSize * channels).map { Scalar(values[$0 % channels]) }
  }

  /// The inverse order: patches [L, P·P·C] to height × width × channels values.
  public func unpatchify(_ patches: [Scalar]) -> [Scalar] {
    precondition(patches.count == count * width, "PatchGrid.unpatchify: \(patches.count) values")
    var image = [Scalar](repeating: 0, count: patches.count)
    let run = patchSize * channels
    for patch in 0..<count {
      for row in 0..<patchSize {
        let target = ((patch / columns * patchSize + row) * columns + patch % columns) * run
        let source = patch * width + row * run
        image.replaceSubrange(target..<target + run, with: patches[source..<source + run])
      }
    }
    return image
  }
}
