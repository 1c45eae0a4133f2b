/// Formats of images that are not read, known so that a message can name them. What a codec reads goes before.
package enum UnreadFormats {
  /// All of them; of two that start alike the narrower goes first.
  package static let all = ImageCodecs.known.filter { $0.library == nil }.map { $0.format } + unknown

  /// Why files whose names end so are not read, and what can be done; nil for an ending of no such format.
  package static func reason(forExtension ending: String) -> String? {
    if let codec = ImageCodecs.known.first(where: {
      $0.library == nil && $0.format.extensions.contains(ending)
    }) {
      return "built without \(codec.format.title); \(codec.remedy)"
    }
    return unknown.contains { $0.extensions.contains(ending) } ? "not read; \(conversion)" : nil
  }

  /// What to do with a file of a format that is not read.
  package static func remedy(for format: ImageFormat) -> String {
    ImageCodecs.known.first { $0.library == nil && $0.format == format }?.remedy ?? conversion
  }

  /// What to do with an image that is not read: PNG and JPEG are in every build, and every program writes them.
  static let conversion = "convert to PNG or JPEG"

  private static let unknown = [
    ImageFormat(
      "JPEG 2000", extensions: ["jp2", "j2k", "jpx"],
      signatures: [
        FileSignature([0, 0, 0, 0x0C]).and("jP  ", at: 4), FileSignature([0xFF, 0x4F, 0xFF, 0x51]),
      ]),
    ImageFormat(
      "JPEG XL", extensions: ["jxl"],
      signatures: [FileSignature([0, 0, 0, 0x0C]).and("JXL ", at: 4), FileSignature([0xFF, 0x0A])]),
    ImageFormat("Photoshop", extensions: ["psd"], signatures: [FileSignature("8BPS")]),
    ImageFormat("Netpbm", extensions: ["pnm", "pbm", "pgm", "ppm"]),
    ImageFormat("Targa", extensions: ["tga"]),
    ImageFormat("OpenEXR", extensions: ["exr"]),
    ImageFormat("Radiance", extensions: ["hdr"]),
    ImageFormat("icon", extensions: ["ico"]),
    ImageFormat(
      "camera raw",
      extensions: ["raw", "cr2", "cr3", "nef", "arw", "dng", "orf", "rw2", "raf", "pef", "srw"]),
    ImageFormat("FITS", extensions: ["fits"]),
    ImageFormat("NIfTI", extensions: ["nii"]),
    ImageFormat("microscope or slide scanner", extensions: ["czi", "nd2", "lif", "svs", "ndpi", "mrxs"]),
  ]
}
