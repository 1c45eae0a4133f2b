/// Width, depth and heads: those of a named size where a number is not given.
struct ModelDimensions: Sendable, Equatable {
  var size = NamedSize.tiny
  var width, depth, headCount: Int?

  /// Equal when the numbers are, however they are written.
  static func == (one: ModelDimensions, other: ModelDimensions) -> Bool { one.numbers == other.numbers }

  /// Whether the same size and the same numbers are given.
  func isWritten(like other: ModelDimensions) -> Bool {
    (size, width, depth, headCount) == (other.size, other.width, other.depth, other.headCount)
  }

  private var numbers: [Int] {
    [width ?? size.width, depth ?? size.depth, headCount ?? size.headCount]
  }
}

extension VisionTransformerConfiguration {
  /// A named size, which width, depth and heads override.
  public var size: NamedSize {
    get { dimensions.size }
    set { dimensions.size = newValue }
  }

  /// Width of the stream, D.
  public var width: Int {
    get { dimensions.width ?? size.width }
    set { dimensions.width = newValue }
  }

  /// Number of blocks.
  public var depth: Int {
    get { dimensions.depth ?? size.depth }
    set { dimensions.depth = newValue }
  }

  /// Number of attention heads, H; divides the width.
  public var headCount: Int {
    get { dimensions.headCount ?? size.headCount }
    set { dimensions.headCount = newValue }
  }

  /// Whether recipes write the dimensions of both alike: by the same size and the same numbers.
  package func isWritten(like other: VisionTransformerConfiguration) -> Bool {
    dimensions.isWritten(like: other.dimensions)
  }
}
