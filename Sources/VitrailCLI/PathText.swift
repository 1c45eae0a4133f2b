import Foundation
import Platform

/// A path from the root of the file system.
func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

/// A text as YAML takes it for one value.
func quoted(_ text: String) -> String { JSONValue.string(text).text }

/// A path as a shell takes it for one word.
func shellWord(_ path: String) -> String {
  let isPlain = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+,:@".contains($0) }
  return isPlain ? path : "'" + path.replacingOccurrences(of: "'", with: "'\\''") + "'"
}
