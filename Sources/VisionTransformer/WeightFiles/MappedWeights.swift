import Foundation
import Platform

extension Data {
  /// A file of weights, mapped into memory: only what is read of it takes any.
  ///
  /// - Throws: `Failure` when it cannot be read or is no regular file: a pipe may never come to its end.
  init(mappedWeights url: URL) throws(Failure) {
    let unreadable = Failure(
      "cannot read the weights file", at: url.path,
      mend: "check that the path is right and the file readable")
    do throws(Failure) {
      // Foundation loses 4 KiB for each empty file that it is asked to map.
      guard try OpenFile(url.path, "weights file").size > 0 else {
        self = Data()
        return
      }
    } catch {
      throw error.errorNumber == nil ? error : unreadable
    }
    do {
      self = try Data(contentsOf: url, options: .alwaysMapped)
    } catch {
      throw unreadable
    }
  }
}

extension Failure {
  /// A tensor that a file of weights does not have, with the nearest name that it has.
  static func missingTensor(_ name: String, among names: some Sequence<String>, at path: String) -> Failure {
    Failure(
      "the tensor '\(name)' is missing", at: path,
      mend: Spelling.nearest(to: name, among: names.sorted()).map { "the file has '\($0)'; check the model" }
        ?? "give the weights of this architecture")
  }

  /// A tensor of numbers that are no weights.
  static func noScalars(_ name: String, _ type: String, at path: String) -> Failure {
    Failure(
      "the tensor '\(name)' holds numbers of type \(type)", at: path,
      mend: "save it as floating-point numbers: tensor.float()")
  }
}
