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

  /// The scope without a prefix: an objective's own, until an encoder takes it for its own.
  public var root: ParameterScope { ParameterScope(store: self, root: "", site: ParameterSite()) }

  /// What the names of a teacher's parameters begin with, before a dot.
  public static let teacherName = "teacher"
  /// The scope of a teacher, below `teacher`: what is declared there follows what has the same name below `root`.
  public var teacher: ParameterScope {
    var site = ParameterSite()
    site.owner = .teacher
    return ParameterScope(store: self, root: Self.teacherName, site: site)
  }

  /// The parameter of that full name.
  public subscript(name: String) -> Parameter? { byName[name] }

  /// Those of one owner, in the order of their declaration.
  public func parameters(of owner: ParameterSite.Owner) -> [Parameter] {
    parameters.filter { $0.site.owner == owner }
  }

  /// Number of scalars in all parameters, frozen ones included.
  public var scalarCount: Int { parameters.reduce(0) { $0 + $1.value.count } }

  /// Number of scalars that training moves.
  public var trainableScalarCount: Int {
    parameters.reduce(0) { $0 + ($1.isTrainable ? $1.value.count : 0) }
  }

  /// A tensor of that shape for a new parameter of that name, with its initial value.
  func makeValue(_ name: String, shape: [Int], initial: InitialValue) -> Tensor {
    precondition(byName[name] == nil, "the parameter \(name) is declared twice")
    let value = Tensor(shape: shape, pool: pool)
    if drawsInitialValues { initial.fill(value, seed: seed, name: name) }
    return value
  }

  func append(_ parameter: Parameter) {
    parameters.append(parameter)
    byName[parameter.name] = parameter
  }
}
