/// The variants of one seam by their names; `Seam` is the seam's metatype, such as `any Norm.Type`.
///
///     enum Norms {
///       static let all = Registry<any Norm.Type>("norm", [LayerNorm.self, RMSNorm.self]) { $0 }
///     }
public struct Registry<Seam: Sendable>: Sendable, RandomAccessCollection {
  /// What errors call a variant: `norm`.
  public let kind: String
  private var members: [Seam]
  private let variant: @Sendable (Seam) -> any Variant.Type

  /// Registers variants in the order in which they are listed; `variant` is `{ $0 }`.
  public init(
    _ kind: String, _ members: [Seam], as variant: @escaping @Sendable (Seam) -> any Variant.Type
  ) {
    self.kind = kind
    self.members = members
    self.variant = variant
  }

  /// 0.
  public var startIndex: Int { 0 }
  /// Number of variants.
  public var endIndex: Int { members.count }
  /// A variant by its place.
  public subscript(index: Int) -> Seam { members[index] }

  /// Registers a further variant, such as one of a program of its own.
  public mutating func append(_ member: Seam) { members.append(member) }

  /// All variants, as what they say about themselves.
  public var variants: [any Variant.Type] { members.map(variant) }

  /// The variant of a name or an alias, whatever its case and dashes.
  ///
  /// - Throws: `Failure` that lists the names and suggests the nearest.
  public func named(_ name: String, at place: String) throws(Failure) -> Seam {
    try findVariant(
      name, among: members, named: { variant($0).name }, aliases: { variant($0).aliases }, kind: kind,
      at: place)
  }

  /// The registered name of what `name` means; nil when it means none.
  public func registeredName(of name: String) -> String? {
    firstVariant(name, among: variants, named: { $0.name }, aliases: { $0.aliases })?.name
  }

  /// The variant that a recipe chose, its options decoded.
  ///
  /// - Throws: `Failure` for an unknown name, an unknown option, or one that is out of range.
  public func select(_ choice: Choice, at place: String) throws(Failure) -> Selection<Seam> {
    func decoded<V: Variant>(_: V.Type) throws(Failure) -> any DefaultedOptions {
      try choice.decodeOptions(V.Options.self, at: place)
    }
    let type = try named(choice.name, at: place)
    return Selection(type: type, choice: choice, place: place, decoded: try decoded(variant(type)))
  }
}

/// A variant that was chosen, and its options, decoded once: whatever is asked of the choice is asked of this.
public struct Selection<Seam: Sendable>: Sendable {
  /// The variant.
  public let type: Seam
  /// What was chosen, as it was written.
  public let choice: Choice
  /// Where it was chosen.
  public let place: String
  private let decoded: any DefaultedOptions

  fileprivate init(type: Seam, choice: Choice, place: String, decoded: any DefaultedOptions) {
    self.type = type
    self.choice = choice
    self.place = place
    self.decoded = decoded
  }

  /// The options, for the variant whose type was opened.
  public func options<V: Variant>(of _: V.Type) -> V.Options {
    guard let options = decoded as? V.Options else {
      preconditionFailure("the options of \(choice.name) asked of \(V.name)")
    }
    return options
  }

  /// The same variant with other options, all of which its choice then names; itself where nothing changes.
  public func replacing<V: Variant>(_ options: V.Options, of variant: V.Type) -> Selection {
    guard options != self.options(of: variant), case .object(let keys) = JSONValue.encoding(options) else {
      return self
    }
    return Selection(
      type: type, choice: Choice(choice.name, options: keys), place: place, decoded: options)
  }
}
