import Platform
import Tensors

/// The tensors of another library's file under Vitrail's names.
struct RenamedTensors: TensorFile {
  let path: String
  let shapes: [String: [Int]]
  let metadata: [String: String]
  private let rules: [String: TensorRule]
  private let file: any TensorFile

  init(_ rules: [TensorRule], of file: any TensorFile, metadata: [String: String] = [:]) {
    self.metadata = metadata
    path = file.path
    shapes = Dictionary(uniqueKeysWithValues: rules.map { ($0.name, $0.shape) })
    self.rules = Dictionary(uniqueKeysWithValues: rules.map { ($0.name, $0) })
    self.file = file
  }

  func type(of name: String) -> String? {
    rules[name]?.sources.first.flatMap(file.type(of:))
  }

  func values(of name: String) throws(Failure) -> [Scalar] {
    guard let rule = rules[name] else {
      throw Failure.missingTensor(name, among: shapes.keys, at: path)
    }
    return try rule.values(from: file)
  }
}
