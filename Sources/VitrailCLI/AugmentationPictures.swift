import Datasets
import Imaging
import Platform
import Reports
import Tensors

/// Images beside views that augmentations made of them.
struct AugmentationPictures {
  /// The most pixels that a picture may have.
  private static let maximumPixels = 100_000_000

  /// What makes the views, again from the first when there are fewer.
  let pipelines: [AugmentationPipeline]
  let preprocessing: Preprocessing
  let decoding: DecodeOptions
  let views: Int
  let seed: UInt64
  let progress: Double

  private var layout: ImageGrid {
    ImageGrid(
      columns: views + 1,
      scale: ImageGrid.readableScale(side: max(preprocessing.width, preprocessing.height)),
      headings: ["original"] + (1...views).map { "view \($0)" })
  }

  /// Checks that the picture is not too large for memory.
  ///
  /// - Throws: `Failure` when it is.
  func requireRoom(rows: Int) throws(Failure) {
    let layout = layout
    let width = Double(layout.columns) * Double(preprocessing.width * layout.scale + layout.margin)
    let pixels = width * Double(rows) * Double(preprocessing.height * layout.scale + layout.margin)
    guard pixels <= Double(Self.maximumPixels) else {
      throw Failure(
        "a picture of \(Int(pixels / 1e6)) million pixels, where \(Self.maximumPixels / 1_000_000) are allowed",
        at: "--count and --views", mend: "ask for fewer images or views, or set a smaller model.imageSize")
    }
  }

  /// A row for each of `count` images, spread over the source; those that cannot be read are left out.
  ///
  /// - Throws: `Failure` when none can be read: that of the first.
  func draw(
    _ source: any ImageSource, count: Int
  ) throws(Failure) -> (grid: Image, drawn: Int, skipped: Int) {
    let rows = min(count, source.count)
    var cells: [Image] = []
    var failures: [Failure] = []
    for row in 0..<rows {
      do throws(Failure) {
        cells += try self.row(source, sample: row * source.count / rows)
      } catch {
        failures.append(error)
      }
    }
    if cells.isEmpty, let failure = failures.first { throw failure }
    return (layout.render(cells), rows - failures.count, failures.count)
  }

  /// The evaluation view of a sample, then the views that the first epoch's random streams draw.
  private func row(_ source: any ImageSource, sample: Int) throws(Failure) -> [Image] {
    let image = try source.image(at: sample, options: decoding)
    try ImageReader(image, place: source.location(of: sample)).requireChannels(preprocessing.channels)
    var row = [preprocessing.evaluationView(of: image).displayed]
    for view in 0..<views {
      var stream = RandomStream(
        seed: seed, purpose: .augmentation, epoch: 0, sample: sample, variant: view)
      // A reader of its own for each: what is decoded for a crop is what training decodes.
      let reader = try source.reader(at: sample, options: decoding)
      let drawn = try pipelines[view % pipelines.count].view(of: reader, progress: progress, using: &stream)
      row.append(drawn.fitting(width: preprocessing.width, height: preprocessing.height).displayed)
    }
    return row
  }
}

extension Image {
  /// The image at the size of a cell: small crops are enlarged.
  fileprivate func fitting(width: Int, height: Int) -> Image {
    if (self.width, self.height) == (width, height) { return self }
    let whole = CropRectangle(left: 0, top: 0, width: self.width, height: self.height)
    return resized(cropping: whole, width: width, height: height, filter: .bilinear)
  }
}
