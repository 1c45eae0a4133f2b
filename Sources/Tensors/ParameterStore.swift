import Synchronization

/// All parameters of a model in the order of their declaration.
///
/// What checkpoints, weight-decay groups, freezing, averaging, name maps and `inspect` read.
public final class ParameterStore: @unchecked Sendable {
  // Parameters are declared by one thread before the store is shared; after that it is only read.

  /// Parameters in the order of their declaration.
  public private(set) var parameters: [Parameter] = []
  /// The seed that initial values derive from.
  public let seed: UInt64
  /// False while parameters are declared whose values a file will give: they start at 0, which takes no time.
  package var drawsInitialValues = true
  private var byName: [String: Parameter] = [:]
  private let pool = BufferPool()

  /// Creates an empty store; the same seed and names give the same initial values.
  public init(seed: UInt64 = 0) { self.seed = seed }

  /// The scope without a prefix.
  public var root: ParameterScope { ParameterScope(store: self, prefix: "") }

  /// The parameter of that full name.
  public subscript(name: String) -> Parameter? { byName[name] }

  /// Number of scalars in all parameters, frozen ones included.
  public var scalarCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

  /// Number of scalars that training moves.
  public var trainableScalarCount: Int {
    parameters.reduce(0) { $0 + ($1.isTrainable ? $1.value.count : 0) }
  }

  func declare(_ name: String, shape: [Int], initial: InitialValue, isTrainable: Bool) -> Parameter {
    precondition(byName[name] == nil, "the parameter \(name) is declared twice")
    let value = Tensor(shape: shape, pool: pool)
    if drawsInitialValues { initial.fill(value, seed: seed, name: name) }
    let parameter = Parameter(name: name, value: value, isTrainable: isTrainable)
    parameters.append(parameter)
    byName[name] = parameter
    return parameter
  }
}

/// A place in the tree of names under which a layer declares its parameters.
public struct ParameterScope: Sendable {
  /// The store that the parameters go to.
  public let store: ParameterStore
  /// The name of this place, without a dot at its end; empty at the root.
  public let prefix: String

  /// The place below.
  public subscript(name: String) -> ParameterScope {
    ParameterScope(store: store, prefix: path(name))
  }

  /// The place of the child with that number.
  public subscript(index: Int) -> ParameterScope { self["\(index)"] }

  /// Declares a parameter; its full name must be new.
  public func parameter(
    _ name: String, shape: [Int], initial: InitialValue, isTrainable: Bool = true
  ) -> Parameter {
    store.declare(path(name), shape: shape, initial: initial, isTrainable: isTrainable)
  }

  /// Declares what a layer keeps between steps and no optimiser moves, such as running statistics.
  public func buffer(_ name: String, shape: [Int], initial: InitialValue) -> Parameter {
    parameter(name, shape: shape, initial: initial, isTrainable: false)
  }

  private func path(_ name: String) -> String { prefix.isEmpty ? name : "\(prefix).\(name)" }
}
