import Foundation
import Imaging
import Testing

/// The files that Scripts/golden/sources.py made.
enum Golden {
  static func path(_ name: String) throws -> String {
    try #require(Bundle.module.resourceURL).appendingPathComponent("Golden/\(name)").path
  }

  static func image(_ name: String) throws -> Image {
    try ImageDecoder.decode(contentsOf: URL(filePath: path(name)))
  }

  static func decoded<Value: Decodable>(_ name: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(contentsOf: URL(filePath: path(name))))
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path(name))))
  }
}
