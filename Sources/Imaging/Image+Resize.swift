import Platform

extension Image {
  /// The image at another size, bit for bit as Pillow's `Image.resize`.
  ///
  /// Two passes, first along x, then along y, each rounded and clamped to the samples' depth, fractions neither; a pass that changes no
  /// size is skipped. Pillow 13 runs the passes the other way round where the height shrinks much more than
  /// the width, which moves some samples by one; this is the order of all versions before it, hence of the
  /// published models.
  ///
  /// - Parameter flipped: also exchange left and right, at no cost.
  public func resized(width: Int, height: Int, filter: ResizeFilter, flipped: Bool = false) -> Image {
    resized(
      cropping: CropRectangle(left: 0, top: 0, width: self.width, height: self.height),
      width: width, height: height, filter: filter, flipped: flipped)
  }

  /// A crop of the image at another size, bit for bit as Pillow's `crop` and then `resize`.
  ///
  /// Pixels outside the crop have no influence. The crop is read in place.
  ///
  /// - Parameter flipped: also exchange left and right, at no cost.
  public func resized(
    cropping crop: CropRectangle, width: Int, height: Int, filter: ResizeFilter, flipped: Bool = false
  ) -> Image {
    precondition(width > 0 && height > 0, "an image has at least one pixel, not \(width)×\(height)")
    return resized(
      cropping: crop, width: width, height: height, filter: filter,
      window: CropRectangle(left: 0, top: 0, width: width, height: height), flipped: flipped)
  }

  /// The part of the image inside `crop`.
  public func cropped(to crop: CropRectangle) -> Image {
    resized(cropping: crop, width: crop.width, height: crop.height, filter: .bilinear)
  }

  /// The part of the resized crop that lies in `window`; no other part of it is computed.
  func resized(
    cropping crop: CropRectangle, width: Int, height: Int, filter: ResizeFilter, window: CropRectangle,
    flipped: Bool
  ) -> Image {
    precondition(crop.isInside(width: self.width, height: self.height), "\(crop) is not inside the image")
    precondition(window.isInside(width: width, height: height), "\(window) is not inside \(width)×\(height)")
    let columns = ResizeCoefficients(
      from: crop.width, to: width, filter: filter, range: window.left..<window.left + window.width,
      reversed: flipped, of: samples.format)
    let rows = ResizeCoefficients(
      from: crop.height, to: height, filter: filter, range: window.top..<window.top + window.height,
      reversed: false, of: samples.format)
    let resample = Resample(
      imageWidth: self.width, channels: channels, crop: crop, window: window, columns: columns, rows: rows,
      keepsColumns: crop.width == width && !flipped, keepsRows: crop.height == height)
    return Image(
      width: window.width, height: window.height, channels: channels, samples: samples.mapped(resample))
  }
}

/// Both passes over an image that is in memory.
private struct Resample: SampleOperation {
  let imageWidth, channels: Int
  let crop, window: CropRectangle
  let columns, rows: ResizeCoefficients
  let keepsColumns, keepsRows: Bool

  func apply<Sample: PixelSample>(to samples: [Sample]) -> [Sample] {
    filledSamples(window.width * window.height * channels) { output in
      samples.withUnsafeBufferPointer { input in
        guard let base = input.baseAddress else { return }
        resample(base, into: output)
      }
    }
  }

  private func resample<Sample: PixelSample>(
    _ base: UnsafePointer<Sample>, into output: UnsafeMutablePointer<Sample>
  ) {
    let stride = imageWidth * channels
    let corner = base + crop.top * stride + crop.left * channels
    let outputStride = window.width * channels
    if keepsColumns && keepsRows {
      let start = corner + window.top * stride + window.left * channels
      for row in 0..<window.height {
        (output + row * outputStride).update(from: start + row * stride, count: outputStride)
      }
    } else if keepsColumns {
      resampleRows(
        of: corner + window.left * channels, stride: stride, length: outputStride, by: rows, into: output)
    } else if keepsRows {
      resampleColumns(
        of: corner + window.top * stride, stride: stride, rows: window.height, channels: channels,
        by: columns, into: output)
    } else {
      let range = rows.inputRange
      let between = UnsafeMutablePointer<Sample>.allocate(capacity: range.count * outputStride)
      defer { between.deallocate() }
      resampleColumns(
        of: corner + range.lowerBound * stride, stride: stride, rows: range.count, channels: channels,
        by: columns, into: between)
      resampleRows(
        of: between - range.lowerBound * outputStride, stride: outputStride, length: outputStride,
        by: rows, into: output)
    }
  }
}
