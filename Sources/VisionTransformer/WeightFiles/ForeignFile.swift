import Foundation
import Platform

/// What a file that is no safetensors file is by its first bytes, so that it can be called by its name.
struct ForeignFile {
  /// What it is.
  let kind: String
  /// What to do with it.
  let remedy: String

  /// Recognises a file; nil where it may be safetensors, or is nothing known.
  init?(_ data: Data) {
    let start = [UInt8](data.prefix(512))
    // Byte 8 of a safetensors file opens its header.
    guard start.count < 9 || start[8] != UInt8(ascii: "{") else { return nil }
    func begins(_ text: String, at offset: Int = 0) -> Bool {
      start.dropFirst(offset).starts(with: text.utf8)
    }
    let text = String(decoding: start, as: UTF8.self)
    remedy =
      switch true {
      case begins("version https://git-lfs"): "fetch the file itself: git lfs pull"
      case begins("<"), begins("{"), begins("#!"): "give the .safetensors file itself"
      default:
        "give a .safetensors file that Vitrail wrote, or a run folder; weights of other libraries are not read"
      }
    switch true {
    case begins("PK\u{3}\u{4}") && text.contains(".npy"): kind = "a NumPy .npz archive"
    case begins("PK\u{3}\u{4}") && (text.contains(".pkl") || text.contains("/data/")):
      kind = "a PyTorch checkpoint (.pth, .pt, .bin: a zip archive with a pickle)"
    case begins("PK\u{3}\u{4}") && text.contains("config.json"):
      kind = "a Keras model (.keras: a zip archive)"
    case begins("PK\u{3}\u{4}"): kind = "a zip archive"
    case start.count > 1 && start[0] == 0x80 && (2...5).contains(start[1]):
      kind = "a Python pickle (an older PyTorch .pth, .pt or .bin)"
    case start.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]):
      kind = "an HDF5 file (Keras .h5)"
    case start.starts(with: [0x93]) && begins("NUMPY", at: 1): kind = "a NumPy .npy array"
    case begins("GGUF"): kind = "a GGUF file (llama.cpp)"
    case begins("TFL3", at: 4): kind = "a TensorFlow Lite model"
    case start.starts(with: [0x1F, 0x8B]): kind = "a gzip file"
    case begins("ustar", at: 257): kind = "a tar archive"
    case begins("version https://git-lfs"): kind = "a Git LFS pointer, not the file that it stands for"
    case begins("<"): kind = "a web page"
    case begins("{"): kind = "JSON text"
    case Self.isONNX(start): kind = "an ONNX model"
    default: return nil
    }
  }

  /// A protocol buffer whose first field is the version of ONNX, and whose next is the producer, a graph or an import.
  private static func isONNX(_ start: [UInt8]) -> Bool {
    guard start.count > 4, start[0] == 0x08, (1...64).contains(start[1]) else { return false }
    return [0x12, 0x1A, 0x22, 0x3A, 0x42].contains(start[2])
  }
}
