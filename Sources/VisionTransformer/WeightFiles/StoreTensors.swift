import Platform
import Tensors

/// The parameters of a model that has been changed since it was read from a file.
struct StoreTensors: TensorFile {
  let path: String
  let shapes: [String: [Int]]
  let metadata: [String: String]
  private let store: ParameterStore

  init(_ store: ParameterStore, path: String, metadata: [String: String]) {
    self.store = store
    self.path = path
    self.metadata = metadata
    shapes = Dictionary(uniqueKeysWithValues: store.parameters.map { ($0.name, $0.shape) })
  }

  func type(of name: String) -> String? { shapes[name].map { _ in WeightType.f32.rawValue } }

  func values(of name: String) throws(Failure) -> [Scalar] {
    guard let parameter = store[name] else { throw Failure.missingTensor(name, among: shapes.keys, at: path) }
    return parameter.value.values
  }
}
