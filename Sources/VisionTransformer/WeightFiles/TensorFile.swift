import Platform
import Tensors

/// Named tensors in a file, of which the values are read one tensor at a time.
public protocol TensorFile: Sendable {
  /// Where it is.
  var path: String { get }
  /// Lengths of the axes of each tensor.
  var shapes: [String: [Int]] { get }
  /// What the file holds a tensor as, in the words of safetensors: `F32`, `F16`, …; nil where it has no such tensor.
  func type(of name: String) -> String?
  /// Free text by key.
  var metadata: [String: String] { get }
  /// The values of a tensor, the last axis fastest.
  ///
  /// - Throws: `Failure` when there is no such tensor, or its values cannot be read.
  func values(of name: String) throws(Failure) -> [Scalar]
}

extension TensorFile {
  /// Number of scalars in all tensors.
  var scalarCount: Int { shapes.values.reduce(0) { $0 + $1.reduce(1, *) } }

  /// The values of one tensor as scalars.
  ///
  /// - Throws: `Failure` when there is no such tensor, its shape is not the one wanted, or the file is of a newer format.
  public func values(_ name: String, shape: [Int]? = nil) throws(Failure) -> [Scalar] {
    try WeightFormat.check(metadata, at: path)
    guard let found = shapes[name] else {
      throw Failure.missingTensor(name, among: shapes.keys, at: path)
    }
    if let shape, found != shape {
      throw Failure(
        "the tensor '\(name)' has shape \(found), the model wants \(shape)", at: path,
        mend: "use the configuration that these weights were made with")
    }
    return try values(of: name)
  }

  /// The values of one tensor of a model: a number that is none would make every result one.
  ///
  /// - Throws: `Failure` as `values` does, and when a value is infinite or no number.
  public func finiteValues(_ name: String, shape: [Int]? = nil) throws(Failure) -> [Scalar] {
    let values = try values(name, shape: shape)
    // 0 × x is 0 for finite numbers alone; a sum has no branches.
    guard values.reduce(0, { $0 + $1 * 0 }) != 0,
      let place = values.firstIndex(where: { !$0.isFinite })
    else { return values }
    throw Failure(
      "the tensor '\(name)' holds \(values[place]) at place \(place) of \(values.count)", at: path,
      mend: "give weights of a training that did not diverge")
  }
}
