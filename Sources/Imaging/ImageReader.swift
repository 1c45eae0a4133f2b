import Platform

/// An image about to be decoded: its size is known, and its pixels come when they are asked for, no more of them than
/// are needed.
///
/// For one thread.
public final class ImageReader {
  /// Pixels a row, upright.
  public let width: Int
  /// Rows, upright.
  public let height: Int
  /// Channels: those of `image()`.
  public let channels: Int
  /// What the file says about itself; nil for an image that came from none.
  public let header: ImageHeader?
  /// What a failure names.
  public let place: String

  /// How the samples of `image()` are held.
  public var sampleFormat: SampleFormat {
    switch content {
    case .decoded(let image): image.samples.format
    case .encoded: header?.sampleFormat ?? .eightBit
    case .bands(let readers):
      readers.map(\.sampleFormat).max { $0.bitCount < $1.bitCount } ?? .eightBit
    }
  }

  /// Nanoseconds spent inside codecs so far.
  public var codecNanoseconds: Int {
    guard case .bands(let readers) = content else { return clock.nanoseconds }
    return readers.reduce(0) { $0 + $1.codecNanoseconds }
  }

  private let clock: CodecClock
  private enum Content {
    case decoded(Image)
    case encoded(EncodedBytes, DecodeOptions)
    case bands([ImageReader])
  }
  private let content: Content
  // The decoder that read the header; the first to decode takes it.
  private var opened: (any RowDecoder)?

  /// An image that is decoded already.
  ///
  /// - Parameter reader: where its pixels are from, when the time that took is to count here.
  public init(
    _ image: Image, place: String = ImageDecoder.memoryPlace, decodedBy reader: ImageReader? = nil
  ) {
    clock = reader?.clock ?? CodecClock()
    width = image.width
    height = image.height
    channels = image.channels
    header = nil
    self.place = place
    content = .decoded(image)
  }

  /// An encoded image, of which this reads the header.
  ///
  /// - Throws: `Failure` when it is of no format that is read, its header is damaged, or it is above the limits.
  public init(
    _ bytes: EncodedBytes, options: DecodeOptions = DecodeOptions(), place: String = ImageDecoder.memoryPlace
  ) throws(Failure) {
    clock = CodecClock()
    let decoder = try makeRowDecoder(bytes.buffer, options: options, place: place, clock: clock)
    header = decoder.header
    width = decoder.header.width
    height = decoder.header.height
    self.place = place
    guard options.pages == .allAsChannels else {
      channels = try StoredPixels(decoder.header, options, place: place).channels
      content = .encoded(bytes, options)
      opened = decoder
      return
    }
    let pages = try Self.pages(decoder.header.pageCount, of: bytes, options, place)
    channels = pages.reduce(0) { $0 + $1.channels }
    content = .bands(pages)
  }

  /// An image file, of which this reads the header.
  ///
  /// - Throws: `Failure` naming the path, as above or when it cannot be read.
  public convenience init(contentsOf path: String, options: DecodeOptions = DecodeOptions()) throws(Failure) {
    try self.init(EncodedBytes(contentsOf: path, options: options), options: options, place: path)
  }

  /// An image whose channels are gray images of one size, each a band; where bands of 8 and of 16 bits meet, all
  /// widen to 16, of a crop after it is resized.
  ///
  /// - Throws: `Failure` when one is not gray or of another size, or when they take more memory than four channels
  ///   of the largest image allowed.
  public init(stacking bands: [ImageReader], options: DecodeOptions, place: String) throws(Failure) {
    precondition((1...Image.maximumChannels).contains(bands.count), "an image of \(bands.count) bands")
    (width, height) = (bands[0].width, bands[0].height)
    if let band = bands.first(where: { $0.channels != 1 }) {
      throw Failure(
        "a band of \(band.channels) channels", at: band.place, mend: "give a gray image for each band")
    }
    try Self.requireFit(bands, options, place)
    clock = CodecClock()
    header = nil
    channels = bands.count
    self.place = place
    content = .bands(bands)
  }

  /// A reader for each page of a file, whose channels are those of one image.
  private static func pages(
    _ count: Int, of bytes: EncodedBytes, _ options: DecodeOptions, _ place: String
  ) throws(Failure) -> [ImageReader] {
    var pages: [ImageReader] = []
    var first = 0
    for page in 0..<count {
      var own = options
      own.pages = .page(page)
      own.range = nil
      let place = "\(place)#\(page)"
      var reader = try ImageReader(bytes, options: own, place: place)
      let channels = first..<first + reader.channels
      if let range = try options.range?.channels(channels, place: place) {
        // How many channels a page has is known when its header is read.
        own.range = range
        reader = try ImageReader(bytes, options: own, place: place)
      }
      first = channels.upperBound
      pages.append(reader)
      try requireFit(pages, options, place)
    }
    return pages
  }

  /// Checks that images can be the channels of one.
  private static func requireFit(
    _ bands: [ImageReader], _ options: DecodeOptions, _ place: String
  ) throws(Failure) {
    let (width, height) = (bands[0].width, bands[0].height)
    if let band = bands.first(where: { ($0.width, $0.height) != (width, height) }) {
      throw Failure(
        "a band of \(band.width)×\(band.height) pixels beside one of \(width)×\(height)", at: band.place,
        mend: "resample the bands of an image to one size")
    }
    let channels = bands.reduce(0) { $0 + $1.channels }
    guard channels <= Image.maximumChannels else {
      throw Failure(
        "more than \(Image.maximumChannels) channels in \(bands.count) pages", at: place,
        mend: "take each page for an image: data.pages images")
    }
    guard width * height * channels <= 4 * options.maximumPixels else {
      throw Failure(
        "\(bands.count) bands of \(width)×\(height) pixels, above four of the limit of \(options.maximumPixels)",
        at: place, mend: "scale the bands down, give fewer, or raise the pixel limit")
    }
  }

  /// The file's content; nil for an image that came from none.
  public var encoded: EncodedBytes? {
    if case .encoded(let bytes, _) = content { bytes } else { nil }
  }

  /// The whole image.
  ///
  /// - Throws: `Failure` when its data are damaged or cut short.
  public func image() throws(Failure) -> Image {
    switch content {
    case .decoded(let image): return image
    case .bands(let readers):
      return Image(stacking: try readers.map { (reader) throws(Failure) in try reader.image() })
    case .encoded(let bytes, let options):
      return try decodeWhole(takeDecoder(bytes, options), options: options, place: place)
    }
  }

  /// A crop at another size; of an encoded image only the rows and columns that matter are decoded, and a JPEG at a
  /// half, a quarter or an eighth of its size where the crop stays as large as what is wanted.
  ///
  /// - Throws: `Failure` when the data that are read are damaged or cut short.
  public func resized(
    cropping crop: CropRectangle, width: Int, height: Int, filter: ResizeFilter, flipped: Bool = false
  ) throws(Failure) -> Image {
    precondition(crop.isInside(width: self.width, height: self.height), "\(crop) is not inside the image")
    switch content {
    case .decoded(let image):
      return image.resized(cropping: crop, width: width, height: height, filter: filter, flipped: flipped)
    case .bands(let readers):
      let crops = try readers.map { (reader) throws(Failure) in
        try reader.resized(cropping: crop, width: width, height: height, filter: filter, flipped: flipped)
      }
      return Image(stacking: crops)
    case .encoded(let bytes, let options):
      let decoder = try takeDecoder(bytes, options)
      return try StreamedResize(
        decoder, cropping: crop, width: width, height: height, filter: filter, flipped: flipped,
        pixels: StoredPixels(decoder.header, options, place: place)
      ).run()
    }
  }

  /// Checks that `Image.converted(toChannels:)` can give the channels that a model wants.
  ///
  /// - Throws: `Failure` when it cannot.
  public func requireChannels(_ wanted: Int) throws(Failure) {
    let converts = channels == wanted || (channels == 1 && wanted == 3) || (channels == 3 && wanted == 1)
    guard converts else {
      throw Failure(
        "an image of \(channels) channels where the model wants \(wanted)", at: place,
        mend: "give images of \(wanted) channels, or set model.channels")
    }
  }

  private func takeDecoder(_ bytes: EncodedBytes, _ options: DecodeOptions) throws(Failure) -> any RowDecoder
  {
    if let decoder = opened {
      opened = nil
      return decoder
    }
    return try makeRowDecoder(bytes.buffer, options: options, place: place, clock: clock)
  }
}

/// All pixels of an image, upright.
func decodeWhole(
  _ decoder: any RowDecoder, options: DecodeOptions, place: String
) throws(Failure) -> Image {
  let pixels = try StoredPixels(decoder.header, options, place: place)
  return switch decoder.header.sampleFormat {
  case .eightBit: try decodeWhole(decoder, pixels, as: UInt8.self)
  case .sixteenBit: try decodeWhole(decoder, pixels, as: UInt16.self)
  case .float: try decodeWhole(decoder, pixels, as: Float.self)
  }
}

private func decodeWhole<Sample: PixelSample>(
  _ decoder: any RowDecoder, _ pixels: StoredPixels, as _: Sample.Type
) throws(Failure) -> Image {
  let header = decoder.header
  let (width, height) = (header.storedWidth, header.storedHeight)
  _ = try decoder.start(DecodeWindow(left: 0, top: 0, width: width, height: height))
  let stored = width * height * header.storedChannels
  var failure: Failure?
  let samples = [Sample](unsafeUninitializedCapacity: stored) { buffer, initialized in
    guard let base = buffer.baseAddress else { return }
    do throws(Failure) {
      try decoder.read(height, into: base)
      try decoder.finish()
      pixels.convert(width * height, at: base)
      initialized = width * height * pixels.channels
    } catch {
      failure = error
    }
  }
  if let failure { throw failure }
  return Image(
    width: width, height: height, channels: pixels.channels, samples: Sample.wrap(samples)
  ).reoriented(header.orientation)
}
