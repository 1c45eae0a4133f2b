import Foundation
import Platform

extension ImageSource {
  /// The file that holds the image: the location itself, or what stands before its last `#` where there is no such file.
  public func files(of index: Int) -> [String] {
    let location = location(of: index)
    guard let mark = location.lastIndex(of: "#"), location.withRawPath({ access($0, F_OK) }) != 0 else {
      return [location]
    }
    return [String(location[..<mark])]
  }

  /// A text that changes when an image's location, or the size or time of a file that it is read from, does.
  func state(of index: Int) -> String {
    var text = location(of: index)
    for file in files(of: index) {
      var status = stat()
      guard file.withRawPath({ stat($0, &status) }) == 0 else { continue }
      text += "\n\(status.st_size) \(modification(status).tv_sec) \(modification(status).tv_nsec)"
    }
    return text
  }
}

private func modification(_ status: stat) -> timespec {
  #if os(Linux)
    status.st_mtim
  #else
    status.st_mtimespec
  #endif
}
