import Foundation
import Platform

/// A path from the root of the file system.
func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

/// A text as YAML takes it for one value.
func quoted(_ text: String) -> String { JSONValue.string(text).text }
