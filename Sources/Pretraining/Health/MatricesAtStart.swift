import Foundation
import Platform
import Records
import Tensors
import VisionTransformer

/// The weight matrices of a model's blocks before the first step.
package struct MatricesAtStart {
  /// Where they are from.
  package let origin: DepthHealth.Origin
  /// The matrices by the names of their parameters.
  package let matrices: [String: Tensor]

  /// Known weights.
  package init(origin: DepthHealth.Origin, matrices: [String: Tensor]) {
    self.origin = origin
    self.matrices = matrices
  }

  /// Those of a run that has done `step` steps.
  ///
  /// They are what the seed gives, which nothing need be stored for. A run that starts from other weights writes them
  /// to its folder when it begins.
  ///
  /// - Throws: `Failure` when that file cannot be written or read.
  package init(
    of parameters: [Parameter], folder: RunFolder, step: Int,
    declare: (ParameterStore) throws(Failure) -> Void, seed: UInt64
  ) throws(Failure) {
    let stored = folder.initialWeights
    if step > 0 && FileManager.default.fileExists(atPath: stored.path) {
      let file = try SafetensorsFile(contentsOf: stored)
      var matrices: [String: Tensor] = [:]
      for parameter in parameters {
        let values = try file.values(parameter.name, shape: parameter.shape)
        matrices[parameter.name] = Tensor(shape: parameter.shape, values: values)
      }
      (origin, self.matrices) = (.start, matrices)
      return
    }
    let store = ParameterStore(seed: seed)
    try declare(store)
    let drawn = parameters.map { store[$0.name]?.value }
    let differs = zip(parameters, drawn).contains { $0.value.values != $1?.values }
    guard step == 0 && differs else {
      let pairs = zip(parameters, drawn).map { ($0.name, $1 ?? $0.value) }
      (origin, matrices) = (.seed, Dictionary(uniqueKeysWithValues: pairs))
      return
    }
    try SafetensorsFile.write(parameters.map { ($0.name, $0.value) }, metadata: [:], to: stored)
    let copies = parameters.map { ($0.name, Tensor(shape: $0.shape, values: $0.value.values)) }
    (origin, matrices) = (.start, Dictionary(uniqueKeysWithValues: copies))
  }
}
