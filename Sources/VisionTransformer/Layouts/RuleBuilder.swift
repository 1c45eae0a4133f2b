import Tensors

/// Makes the rules of layers from Vitrail's names and shapes, and the names of a file.
struct RuleBuilder {
  /// What was made so far.
  var rules: [TensorRule] = []
  /// What precedes the names of a file's tensors.
  let prefix: String
  /// Whether norms have a β.
  let normsHaveBias: Bool
  /// Whether the file has a tensor that it may leave away.
  let isThere: (String) -> Bool

  /// Blocks that are alike.
  struct Stack {
    /// Vitrail's names, and those of the file.
    let ours, theirs: EncoderNames
    /// The layers of an MLP within a block of the file; the first may be two, gate and gated.
    let hidden: [String], output: String
    let width, hiddenWidth: Int
    let isGated, hasLayerScale: Bool
    /// Width of a head, where queries and keys are normed.
    let normedHeadWidth: Int?
  }

  init(prefix: String, normsHaveBias: Bool = true, isThere: @escaping (String) -> Bool) {
    self.prefix = prefix
    self.normsHaveBias = normsHaveBias
    self.isThere = isThere
  }

  /// `absent` is what the tensor holds where Vitrail has none that says the same.
  mutating func add(
    _ name: String, _ source: String, _ shape: [Int], isOptional: Bool = false, absent: Scalar? = nil
  ) {
    let isWhole = !isOptional || isThere(prefix + source)
    rules.append(
      TensorRule(
        name, shape: shape, [isWhole ? .whole(prefix + source) : .zeros(shape.reduce(1, *))], absent: absent))
  }

  mutating func addNorm(_ name: String, _ source: String, _ width: Int) {
    add("\(name).weight", "\(source).weight", [width], absent: 1)
    if normsHaveBias { add("\(name).bias", "\(source).bias", [width], isOptional: true, absent: 0) }
  }

  mutating func addLinear(_ name: String, _ source: String, outputs: Int, inputs: Int) {
    add("\(name).weight", "\(source).weight", [outputs, inputs])
    add("\(name).bias", "\(source).bias", [outputs], isOptional: true)
  }

  /// One layer of ours that is several of the file, their outputs in order.
  mutating func addStacked(_ name: String, _ sources: [String], outputs: Int, inputs: Int) {
    for (end, shape) in [("weight", [outputs, inputs]), ("bias", [outputs])] {
      let parts = sources.map { "\(prefix)\($0).\(end)" }
      let count = shape.reduce(1, *) / parts.count
      rules.append(
        TensorRule(
          "\(name).\(end)", shape: shape,
          parts.map { end == "bias" && !isThere($0) ? .zeros(count) : .whole($0) }))
    }
  }

  /// The block of a number, from 0.
  mutating func addBlock(_ number: Int, of stack: Stack) {
    let (width, hiddenWidth) = (stack.width, stack.hiddenWidth)
    func ours(_ part: String) -> String { stack.ours.inBlock(number, part) }
    func theirs(_ part: String) -> String { stack.theirs.inBlock(number, part) }
    addNorm(ours(stack.ours.norm1), theirs(stack.theirs.norm1), width)
    addStacked(
      ours(stack.ours.queryKeyValue[0]), stack.theirs.queryKeyValue.map(theirs), outputs: 3 * width,
      inputs: width)
    addLinear(ours(stack.ours.projection), theirs(stack.theirs.projection), outputs: width, inputs: width)
    addNorm(ours(stack.ours.norm2), theirs(stack.theirs.norm2), width)
    addStacked(
      ours(stack.ours.hidden), stack.hidden.map(theirs),
      outputs: stack.isGated ? 2 * hiddenWidth : hiddenWidth,
      inputs: width)
    addLinear(ours(stack.ours.output), theirs(stack.output), outputs: width, inputs: hiddenWidth)
    if stack.hasLayerScale {
      add(ours(stack.ours.scale1), theirs(stack.theirs.scale1), [width], absent: 1)
      add(ours(stack.ours.scale2), theirs(stack.theirs.scale2), [width], absent: 1)
    }
    if let head = stack.normedHeadWidth {
      addNorm(ours(stack.ours.queryNorm), theirs(stack.theirs.queryNorm), head)
      addNorm(ours(stack.ours.keyNorm), theirs(stack.theirs.keyNorm), head)
    }
  }
}
