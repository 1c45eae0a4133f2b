import Foundation

/// The part of a data set that is wanted, where it comes in parts.
public enum DatasetSplit: String, Sendable, Codable, CaseIterable {
  /// What models learn from.
  case train
  /// What models are scored on.
  case test
}

extension DatasetSplit {
  /// Whether there is a folder at `path`.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The folder that `split` names in one that holds both `train/` and `test/`; else the folder itself.
  static func folder(_ split: DatasetSplit?, of path: String) -> String {
    guard let split, allCases.allSatisfy({ isFolder(path + "/" + $0.rawValue) }) else { return path }
    return path + "/" + split.rawValue
  }
}
