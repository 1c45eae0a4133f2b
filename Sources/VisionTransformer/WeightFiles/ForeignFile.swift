import Foundation
import Platform

/// What a file that is neither safetensors nor PyTorch's is by its first bytes, so that it can be called by its name.
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
    let isOlderTorch = Self.isOlderTorch(start)
    let isTorchTar =
      begins("ustar", at: 257) && ["sys_info", "pickle", "tensors", "storages"].contains { begins($0) }
    remedy =
      switch true {
      case isOlderTorch:
        "save it anew with PyTorch 1.6 or newer: torch.save(torch.load(FILE, weights_only=True), FILE)"
      case isTorchTar:
        "save it anew with PyTorch 1.6 or newer, if you trust it: "
          + "torch.save(torch.load(FILE, weights_only=False), FILE)"
      case begins("version https://git-lfs"): "fetch the file itself: git lfs pull"
      case begins("<"), begins("{"), begins("#!"): "give the file of the weights itself"
      default:
        "give weights as .safetensors, or as torch.save(model.state_dict(), FILE) of PyTorch 1.6 or newer writes them"
      }
    switch true {
    case isOlderTorch: kind = "a PyTorch file of the format before version 1.6 (pickles without an archive)"
    case isTorchTar: kind = "a PyTorch file of the format before version 0.2 (a tar archive)"
    case begins("PK\u{3}\u{4}") && text.contains(".npy"): kind = "a NumPy .npz archive"
    case begins("PK\u{3}\u{4}") && text.contains("config.json"):
      kind = "a Keras model (.keras: a zip archive)"
    case begins("PK\u{3}\u{4}"): kind = "a zip archive"
    case start.count > 1 && start[0] == 0x80 && (2...5).contains(start[1]):
      kind = "a Python pickle"
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

  /// A pickle of the number that torch wrote before each of its files, 0x1950a86a20f9469cfc6c.
  private static func isOlderTorch(_ start: [UInt8]) -> Bool {
    let number: [UInt8] = [0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    return start.first == 0x80 && start.dropFirst(2).starts(with: number)
  }

  /// A protocol buffer whose first field is the version of ONNX, and whose next is the producer, a graph or an import.
  private static func isONNX(_ start: [UInt8]) -> Bool {
    guard start.count > 4, start[0] == 0x08, (1...64).contains(start[1]) else { return false }
    return [0x12, 0x1A, 0x22, 0x3A, 0x42].contains(start[2])
  }
}
