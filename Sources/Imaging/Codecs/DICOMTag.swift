/// The elements that tell of pixels; no other is ever looked at. (DICOM PS3.6)
enum DICOMTag {
  static let transferSyntax = 0x0002_0010
  static let samplesPerPixel = 0x0028_0002
  static let photometricInterpretation = 0x0028_0004
  static let planarConfiguration = 0x0028_0006
  static let numberOfFrames = 0x0028_0008
  static let rows = 0x0028_0010
  static let columns = 0x0028_0011
  static let bitsAllocated = 0x0028_0100
  static let bitsStored = 0x0028_0101
  static let highBit = 0x0028_0102
  static let pixelRepresentation = 0x0028_0103
  static let pixelPaddingValue = 0x0028_0120
  static let pixelPaddingRangeLimit = 0x0028_0121
  static let windowCenter = 0x0028_1050
  static let windowWidth = 0x0028_1051
  static let rescaleIntercept = 0x0028_1052
  static let rescaleSlope = 0x0028_1053
  static let windowFunction = 0x0028_1056
  /// Of red, green and blue.
  static let paletteDescriptors = [0x0028_1101, 0x0028_1102, 0x0028_1103]
  static let palettes = [0x0028_1201, 0x0028_1202, 0x0028_1203]
  static let modalityTables = 0x0028_3000
  static let tableDescriptor = 0x0028_3002
  static let table = 0x0028_3006
  static let frameWindows = 0x0028_9132
  static let frameRescaling = 0x0028_9145
  static let sharedGroups = 0x5200_9229
  static let frameGroups = 0x5200_9230
  static let extendedOffsets = 0x7FE0_0001
  static let pixelData = 0x7FE0_0010
  /// Samples in single and in double precision, and those of whole numbers.
  static let pixels: Set<Int> = [0x7FE0_0008, 0x7FE0_0009, pixelData]

  static let item = 0xFFFE_E000
  static let itemEnd = 0xFFFE_E00D
  static let sequenceEnd = 0xFFFE_E0DD
}
