/// Makes the rules of layers from Vitrail's names and shapes, and the names of a file.
struct RuleBuilder {
  /// What was made so far.
  var rules: [TensorRule] = []
  /// The tensors of the file.
  let shapes: [String: [Int]]
  /// What precedes their names.
  let prefix: String

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

  init(_ shapes: [String: [Int]], prefix: String) {
    self.shapes = shapes
    self.prefix = prefix
  }

  mutating func add(_ name: String, _ source: String, _ shape: [Int], isOptional: Bool = false) {
    let isThere = shapes[prefix + source] != nil
    rules.append(
      TensorRule(
        name, shape: shape,
        [isThere || !isOptional ? .whole(prefix + source) : .zeros(shape.reduce(1, *))]))
  }

  mutating func addNorm(_ name: String, _ source: String, _ width: Int) {
    add("\(name).weight", "\(source).weight", [width])
    add("\(name).bias", "\(source).bias", [width], isOptional: true)
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
          parts.map { shapes[$0] == nil && end == "bias" ? .zeros(count) : .whole($0) }))
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
      add(ours(stack.ours.scale1), theirs(stack.theirs.scale1), [width])
      add(ours(stack.ours.scale2), theirs(stack.theirs.scale2), [width])
    }
    if let head = stack.normedHeadWidth {
      addNorm(ours(stack.ours.queryNorm), theirs(stack.theirs.queryNorm), head)
      addNorm(ours(stack.ours.keyNorm), theirs(stack.theirs.keyNorm), head)
    }
  }
}
