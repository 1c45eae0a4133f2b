/// A named tensor that training changes.
///
/// Its value is shared by all lanes: read during a pass, written by the optimiser between passes.
public final class Parameter: @unchecked Sendable {
  // `isTrainable` is set before training starts; the storage of `value` is written only between passes, by
  // one thread for each range, or, of a buffer, by the lane that `Tape.writesBuffers` names while no other reads it.

  /// The full name, from the root of the model: `blocks.0.attn.qkv.weight`.
  public let name: String
  /// The current value.
  public let value: Tensor
  /// Whether gradients are computed for it and the optimiser moves it.
  public var isTrainable: Bool
  /// What it is for its layer.
  public let role: ParameterRole
  /// Where in the model it stands.
  public let site: ParameterSite
  /// The name of the layer that declares it: `blocks.0.attn.qkv`. Those of one layer share it.
  public let layer: String
  /// Of a teacher's parameter, the one that it follows; nil of others.
  public let student: Parameter?

  init(
    name: String, value: Tensor, isTrainable: Bool, role: ParameterRole, site: ParameterSite, layer: String,
    student: Parameter?
  ) {
    self.name = name
    self.value = value
    self.isTrainable = isTrainable
    self.role = role
    self.site = site
    self.layer = layer
    self.student = student
  }

  /// Lengths of the axes.
  public var shape: [Int] { value.shape }

  /// Replaces the value; the count must match.
  public func assign(_ values: [Scalar]) {
    value.assign(values)
  }
}
