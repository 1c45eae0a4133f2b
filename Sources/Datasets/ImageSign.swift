import Foundation
import Imaging
import Platform

/// By what a file of a folder is known as an image.
enum ImageSign: Sendable {
  /// By its extension.
  case name
  /// By its extension, or else by what it starts with.
  case nameOrContent

  /// Whether the file `name` of an open folder is an image; one whose extension is that of an image that is not read is
  /// not opened.
  func isImage(_ name: some RandomAccessCollection<UInt8>, in folder: Int32) -> Bool {
    if ImageExtension.start(in: name) != nil { return true }
    guard self == .nameOrContent else { return false }
    // O_NONBLOCK: opening a pipe must not wait for a writer.
    let descriptor = Array(name).withCString { openat(folder, $0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    if case .read? = ImageSignature(startOf: descriptor) { return true }
    return false
  }
}
