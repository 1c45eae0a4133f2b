import Platform

/// What the stored numbers of a frame mean, and how they become samples.
struct DICOMPixels {
  /// What a pixel is.
  enum Meaning {
    /// Gray of so many bits.
    case gray
    /// A measured number.
    case number
    /// An entry of tables of red, green and blue.
    case palette([DICOMLookupTable])
    /// Red, green and blue.
    case rgb
    /// Luminance and differences of colour, 8 bits each.
    case ybr
  }

  let meaning: Meaning
  let bitsStored: Int
  let highBit: Int
  let isSigned: Bool
  /// Whether small numbers are bright.
  let isInverted: Bool
  /// Whether the samples of a colour lie in a plane of their own.
  let isPlanar: Bool
  /// What numbers range over: all that can be stored, or the window.
  let range: SampleRange.Pair
  /// The name of the meaning, which the decoder of compressed frames wants.
  let photometric: String

  private let hasWindow: Bool
  private let slope: Double
  private let intercept: Double
  private let table: DICOMLookupTable?
  /// Stored numbers that say that there is none.
  private let padding: ClosedRange<Int>?

  init<Source>(_ file: DICOMFile<Source>, frame: Int, usesWindow: Bool) throws(DICOMProblem) {
    let dataSet = file.dataSet
    guard let stored = dataSet.word(DICOMTag.bitsStored), (1...file.bitsAllocated).contains(stored) else {
      throw .damage("no number of stored bits that is one")
    }
    let highest = dataSet.word(DICOMTag.highBit) ?? stored - 1
    guard (stored - 1..<file.bitsAllocated).contains(highest) else {
      throw .damage("no highest bit that is one")
    }
    bitsStored = stored
    highBit = highest
    let isSigned = dataSet.word(DICOMTag.pixelRepresentation) == 1
    self.isSigned = isSigned
    isPlanar =
      file.samplesPerPixel > 1 && dataSet.word(DICOMTag.planarConfiguration) == 1 && !file.isCompressed
    photometric = dataSet.text(DICOMTag.photometricInterpretation) ?? ""
    isInverted = photometric == "MONOCHROME1"

    let groups = try FunctionalGroups(file, frame: frame)
    let rescaling = try groups.dataSet(DICOMTag.frameRescaling) ?? dataSet
    // One frame's numbers may be those stored where another's are not, and all have to be of a kind.
    let isPerFrame = try groups.isOwn(DICOMTag.frameRescaling)
    slope = rescaling.decimal(DICOMTag.rescaleSlope) ?? 1
    intercept = rescaling.decimal(DICOMTag.rescaleIntercept) ?? 0
    let tables = try dataSet.item(0, of: DICOMTag.modalityTables)
    table =
      if let tables {
        try DICOMLookupTable(
          tables, descriptor: DICOMTag.tableDescriptor, data: DICOMTag.table, isSigned: isSigned)
      } else {
        nil
      }
    padding = Self.padding(dataSet, isSigned: isSigned)

    let window =
      usesWindow ? try Self.window(groups.dataSet(DICOMTag.frameWindows) ?? dataSet) : nil
    let isWhole =
      !isPerFrame && table == nil && slope == 1 && intercept == 0 && !isSigned && stored <= 16
      && window == nil
    meaning = try Self.meaning(photometric, file, isWhole: isWhole, isSigned: isSigned, bits: stored)
    guard case .number = meaning else {
      range = SampleRange.Pair(low: 0, high: 1)
      hasWindow = false
      return
    }
    hasWindow = window != nil
    let whole = Self.range(bits: stored, isSigned: isSigned, slope: slope, intercept: intercept, table: table)
    let (low, high) = window ?? whole
    guard low.isFinite, high.isFinite, low < high else { throw .damage("numbers that range over nothing") }
    range = SampleRange.Pair(low: low, high: high)
  }

  private static func meaning<Source>(
    _ photometric: String, _ file: DICOMFile<Source>, isWhole: Bool, isSigned: Bool, bits: Int
  ) throws(DICOMProblem) -> Meaning {
    let isGray = ["MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"].contains(photometric)
    guard isGray || ["RGB", "YBR_FULL", "YBR_FULL_422"].contains(photometric) else {
      throw .unsupported("pixels that are neither monochrome, of a palette, RGB nor YBR_FULL")
    }
    guard file.samplesPerPixel == (isGray ? 1 : 3) else { throw .damage("another number of samples a pixel") }
    if photometric == "PALETTE COLOR" {
      guard file.bitsAllocated <= 16 else { throw .unsupported("a palette for more than 16 bits") }
      var tables: [DICOMLookupTable] = []
      for (descriptor, data) in zip(DICOMTag.paletteDescriptors, DICOMTag.palettes) {
        tables.append(
          try DICOMLookupTable(file.dataSet, descriptor: descriptor, data: data, isSigned: isSigned))
      }
      guard [[8], [16]].contains(Set(tables.map(\.bits))) else {
        throw .damage("palettes of other than 8 or 16 bits")
      }
      return .palette(tables)
    }
    if isGray { return isWhole ? .gray : .number }
    guard !isSigned, file.bitsAllocated <= 16 else { throw .unsupported("colours of more than 16 bits") }
    if photometric == "RGB" { return .rgb }
    guard bits == 8 else { throw .unsupported("YBR_FULL of other than 8 bits") }
    guard photometric == "YBR_FULL" || file.isCompressed else {
      throw .unsupported("uncompressed pixels with fewer samples of colour")
    }
    return .ybr
  }

  /// All that can be stored, as measured numbers.
  private static func range(
    bits: Int, isSigned: Bool, slope: Double, intercept: Double, table: DICOMLookupTable?
  ) -> (low: Double, high: Double) {
    if let table { return (0, Double(1 << table.bits - 1)) }
    let least = isSigned ? -Double(1 << (bits - 1)) : 0
    let greatest = isSigned ? Double(1 << (bits - 1) - 1) : Double(1 << bits - 1)
    let ends = [least * slope + intercept, greatest * slope + intercept]
    return (min(ends[0], ends[1]), max(ends[0], ends[1]))
  }

  /// The first window: what it makes black and white. (DICOM PS3.3, C.11.2.1.2)
  private static func window<Source>(
    _ dataSet: DICOMDataSet<Source>
  ) throws(DICOMProblem) -> (low: Double, high: Double)? {
    guard let center = dataSet.decimal(DICOMTag.windowCenter),
      let width = dataSet.decimal(DICOMTag.windowWidth)
    else { return nil }
    switch dataSet.text(DICOMTag.windowFunction) ?? "LINEAR" {
    // y = (x − (c − 0.5)) / (w − 1) + 0.5
    case "LINEAR", "": return (center - 0.5 - (width - 1) / 2, center - 0.5 + (width - 1) / 2)
    // y = (x − c) / w + 0.5
    case "LINEAR_EXACT": return (center - width / 2, center + width / 2)
    default: throw .unsupported("a window that is not linear")
    }
  }

  private static func padding<Source>(
    _ dataSet: DICOMDataSet<Source>, isSigned: Bool
  ) -> ClosedRange<Int>? {
    func value(_ tag: Int) -> Int? {
      dataSet.word(tag).map { isSigned ? Int(Int16(truncatingIfNeeded: $0)) : $0 }
    }
    return value(DICOMTag.pixelPaddingValue).map { one in
      let other = value(DICOMTag.pixelPaddingRangeLimit) ?? one
      return min(one, other)...max(one, other)
    }
  }

  var layout: PixelLayout {
    switch meaning {
    case .gray, .number: .gray
    case .palette, .rgb, .ybr: .rgb
    }
  }

  var sampleFormat: SampleFormat {
    switch meaning {
    case .number: .float
    case .palette(let tables): tables[0].bits > 8 ? .sixteenBit : .eightBit
    case .gray, .rgb, .ybr: bitsStored > 8 ? .sixteenBit : .eightBit
    }
  }

  /// The measured number for a stored one: as its window clips it, turned round where small numbers are bright.
  func number(_ stored: Int) -> Float {
    if let padding, padding.contains(stored) { return .nan }
    var value = table.map { Double($0[stored]) } ?? Double(stored) * slope + intercept
    if hasWindow { value = min(max(value, range.low), range.high) }
    return Float(isInverted ? range.low + range.high - value : value)
  }

  /// What is put for numbers that a file ends before.
  var missingNumber: Float { Float(range.low + (range.high - range.low) * 128 / 255) }
}

/// What a frame of an enhanced file has for itself, or else all frames have in common. (DICOM PS3.3, C.7.6.16)
private struct FunctionalGroups<Source: ByteSource> {
  private let own: DICOMDataSet<Source>?
  private let shared: DICOMDataSet<Source>?

  init(_ file: DICOMFile<Source>, frame: Int) throws(DICOMProblem) {
    own = try file.dataSet.item(frame, of: DICOMTag.frameGroups)
    shared = try file.dataSet.item(0, of: DICOMTag.sharedGroups)
  }

  /// Whether a frame has a group for itself.
  func isOwn(_ tag: Int) throws(DICOMProblem) -> Bool { try own?.item(0, of: tag) != nil }

  /// The data set of a group.
  func dataSet(_ tag: Int) throws(DICOMProblem) -> DICOMDataSet<Source>? {
    if let found = try own?.item(0, of: tag) { return found }
    return try shared?.item(0, of: tag)
  }
}
