/// Formats of images that are not read, known so that a message can name them. What a codec reads goes before.
package enum UnreadFormats {
  /// All of them; of two that start alike the narrower goes first.
  package static let all = [
    ImageFormat(
      "WebP", extensions: ["webp"], signatures: [FileSignature("RIFF").and("WEBP", at: 8)]),
    ImageFormat(
      "TIFF", extensions: ["tif", "tiff"],
      // The 2A is of TIFF, the 2B of BigTIFF.
      signatures: [
        FileSignature([0x49, 0x49, 0x2A, 0]), FileSignature([0x49, 0x49, 0x2B, 0]),
        FileSignature([0x4D, 0x4D, 0, 0x2A]), FileSignature([0x4D, 0x4D, 0, 0x2B]),
      ]),
    ImageFormat("GIF", extensions: ["gif"], signatures: [FileSignature("GIF87a"), FileSignature("GIF89a")]),
    ImageFormat(
      "BMP", extensions: ["bmp", "dib"], signatures: [FileSignature("BM").and([0, 0, 0, 0], at: 6)]),
    ImageFormat(
      "AVIF", extensions: ["avif"], signatures: ["avif", "avis"].map { FileSignature("ftyp\($0)", at: 4) }),
    ImageFormat("HEIF", extensions: ["heic", "heif"], signatures: [FileSignature("ftyp", at: 4)]),
    ImageFormat(
      "JPEG 2000", extensions: ["jp2", "j2k", "jpx"],
      signatures: [
        FileSignature([0, 0, 0, 0x0C]).and("jP  ", at: 4), FileSignature([0xFF, 0x4F, 0xFF, 0x51]),
      ]),
    ImageFormat(
      "JPEG XL", extensions: ["jxl"],
      signatures: [FileSignature([0, 0, 0, 0x0C]).and("JXL ", at: 4), FileSignature([0xFF, 0x0A])]),
    ImageFormat("Photoshop", extensions: ["psd"], signatures: [FileSignature("8BPS")]),
    ImageFormat("DICOM", extensions: ["dcm", "dicom"], signatures: [FileSignature("DICM", at: 128)]),
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
