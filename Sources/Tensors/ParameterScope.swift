/// A place in the tree of names under which a layer declares its parameters.
///
/// It knows where in the model that is; scopes below know it too.
public struct ParameterScope: Sendable {
  /// The store that the parameters go to.
  public let store: ParameterStore
  /// The name of this place, without a dot at its end; empty at the root.
  public let prefix: String
  /// The name of the place above; empty at the root.
  public let parentPrefix: String
  /// What is told of the parameters that are declared here.
  public let site: ParameterSite
  /// `prefix` as it is below the owner's root: a teacher's names are those of what it follows.
  private let ownPrefix: String

  private init(
    store: ParameterStore, prefix: String, parentPrefix: String, site: ParameterSite, ownPrefix: String
  ) {
    self.store = store
    self.prefix = prefix
    self.parentPrefix = parentPrefix
    self.site = site
    self.ownPrefix = ownPrefix
  }

  /// The root of an owner's names.
  init(store: ParameterStore, root: String, site: ParameterSite) {
    self.init(store: store, prefix: root, parentPrefix: "", site: site, ownPrefix: "")
  }

  /// The place below.
  public subscript(name: String) -> ParameterScope {
    ParameterScope(
      store: store, prefix: Self.path(prefix, name), parentPrefix: prefix, site: site,
      ownPrefix: Self.path(ownPrefix, name))
  }

  /// The place of the child with that number.
  public subscript(index: Int) -> ParameterScope { self["\(index)"] }

  /// The place of the block with that number, from 0, of the stack that this scope is in.
  public subscript(block number: Int) -> ParameterScope { self[number].at(.block(number)) }

  /// This place as part of a stack of blocks, before or behind them.
  public func of(stack: String, at stage: ParameterSite.Stage) -> ParameterScope {
    changed {
      $0.stack = stack
      $0.stage = stage
    }
  }

  /// This place as the encoder's, unless it is a teacher's.
  public var ofEncoder: ParameterScope {
    changed { if $0.owner != .teacher { $0.owner = .encoder } }
  }

  /// This place at another stage of its stack.
  public func at(_ stage: ParameterSite.Stage) -> ParameterScope { changed { $0.stage = stage } }

  /// This place as one around a sublayer of its block: of norms and factors between it and the stream.
  public func of(_ sublayer: Sublayer, branch: Int? = nil) -> ParameterScope {
    changed {
      $0.sublayer = sublayer
      $0.branch = branch
    }
  }

  /// This place as one inside of its sublayer.
  public var insideSublayer: ParameterScope { changed { $0.isInsideSublayer = true } }

  /// This place as a norm's.
  public var asNorm: ParameterScope { changed { $0.norm = prefix } }

  private func changed(_ change: (inout ParameterSite) -> Void) -> ParameterScope {
    var site = site
    change(&site)
    return ParameterScope(
      store: store, prefix: prefix, parentPrefix: parentPrefix, site: site, ownPrefix: ownPrefix)
  }

  /// Declares a parameter; its full name must be new. What a teacher declares follows what is declared already under
  /// the same name without the teacher's.
  public func parameter(
    _ name: String, shape: [Int], role: ParameterRole, initial: InitialValue, isTrainable: Bool = true
  ) -> Parameter {
    let fullName = Self.path(prefix, name)
    var student: Parameter?
    if site.owner == .teacher {
      student = store[Self.path(ownPrefix, name)]
      precondition(student != nil, "\(fullName) follows no parameter")
    }
    let parameter = Parameter(
      name: fullName, value: store.makeValue(fullName, shape: shape, initial: initial),
      isTrainable: isTrainable, role: role, site: site, layer: prefix, student: student)
    store.append(parameter)
    return parameter
  }

  /// Declares what a layer keeps between steps and no optimiser moves, such as running statistics.
  public func buffer(_ name: String, shape: [Int], initial: InitialValue) -> Parameter {
    parameter(name, shape: shape, role: .statistic, initial: initial, isTrainable: false)
  }

  private static func path(_ prefix: String, _ name: String) -> String {
    prefix.isEmpty ? name : "\(prefix).\(name)"
  }
}
