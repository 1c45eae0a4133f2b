import Imaging
import Platform
import Tensors

/// An encoder of another library, as the names and shapes of its tensors describe it.
struct FoundEncoder {
  let layout: WeightLayout
  /// The names of its parts, and what precedes all of them.
  let names: EncoderNames
  let prefix: String
  private let shapes: [String: [Int]]
  private let path: String

  /// D, C and P; number of blocks; width of the MLP.
  let width, channels, patchSize, depth, hiddenWidth: Int
  let hasClassToken: Bool
  let registerCount: Int
  /// What the first layer of an MLP has.
  let mlp: EncoderForm.FeedForward
  let hasLayerScale, hasQueryKeyNorm, hasPixelNorm, hasPatchNorm, hasEntryNorm, hasFinalNorm: Bool
  /// Whether the final norm is of the pooled vector.
  let normsPooled: Bool

  /// Looks for an encoder of one of the layouts; nil where there is none.
  ///
  /// - Throws: `Failure` when there are several, or one that does not fit together.
  init?(in file: any TensorFile) throws(Failure) {
    let shapes = file.shapes
    guard let (layout, names, prefix) = try Self.layout(of: shapes, at: file.path) else { return nil }
    self.layout = layout
    self.names = names
    self.prefix = prefix
    self.shapes = shapes
    path = file.path
    try UnreadParts.refuse(shapes.keys.filter { $0.hasPrefix(prefix) }, at: file.path)
    func shape(_ name: String, _ rank: Int) throws(Failure) -> [Int] {
      guard let shape = shapes[prefix + name] else {
        throw Failure(
          "the tensor '\(prefix + name)' of the layout \(layout.title) is missing", at: file.path,
          mend: "give a file with a whole encoder")
      }
      guard shape.count == rank, shape.allSatisfy({ $0 > 0 }) else {
        throw Failure(
          "the tensor '\(prefix + name)' has shape \(shape), not one of \(rank) axes", at: file.path,
          mend: "give the weights of a Vision Transformer")
      }
      return shape
    }
    let kernel = try shape("\(names.patchProjection).weight", 4)
    guard kernel[2] == kernel[3] else {
      throw Failure(
        "patches of \(kernel[2])×\(kernel[3]) pixels", at: file.path,
        mend: "give an encoder of square patches")
    }
    (width, channels, patchSize) = (kernel[0], kernel[1], kernel[2])
    if let table = shapes[prefix + names.positions], table.count != 3 || table[2] != width {
      throw Failure(
        "the tensor '\(prefix + names.positions)' has shape \(table), not [1, N, \(width)]", at: file.path,
        mend: "give the weights of a Vision Transformer with a table of positions")
    }
    depth = Self.depth(shapes, names, prefix)
    guard depth > 0 else {
      throw Failure(
        "no blocks named '\(prefix)\(names.blocks).0.\(names.norm1)' beside the patch embedding",
        at: file.path,
        mend: "give the weights of a plain Vision Transformer")
    }
    func isThere(_ part: String) -> Bool { shapes[prefix + names.inBlock(0, "\(part).weight")] != nil }
    let hasGatedNames = !isThere(names.hidden) && isThere(names.gatedHidden[0])
    let hidden = hasGatedNames ? names.gatedHidden : [names.hidden]
    let output = hasGatedNames ? names.gatedOutput : names.output
    let columns = try shape(names.inBlock(0, "\(output).weight"), 2)[1]
    var heights: [Int] = []
    for part in hidden { heights.append(try shape(names.inBlock(0, "\(part).weight"), 2)[0]) }
    let isTwiceAsHigh = heights[0] % 2 == 0 && heights[0] / 2 == columns
    let mlp: EncoderForm.FeedForward = hasGatedNames ? .namedGate : isTwiceAsHigh ? .gate : .plain
    self.mlp = mlp
    guard mlp != .plain && heights.count == 1 ? isTwiceAsHigh : heights.allSatisfy({ $0 == columns }) else {
      throw Failure(
        "'\(prefix + names.inBlock(0, "\(hidden[0]).weight"))' has \(heights[0]) rows beside \(columns) columns of '\(output)'",
        at: file.path, mend: "give an encoder whose MLPs are plain or SwiGLU")
    }
    hiddenWidth = columns
    hasClassToken = shapes[prefix + names.classToken] != nil
    registerCount = shapes[prefix + names.registers] == nil ? 0 : try shape(names.registers, 3)[1]
    hasLayerScale = shapes[prefix + names.inBlock(0, names.scale1)] != nil
    hasQueryKeyNorm = shapes[prefix + names.inBlock(0, "\(names.queryNorm).weight")] != nil
    hasPixelNorm = shapes[prefix + "\(names.pixelNorm).weight"] != nil
    hasPatchNorm = shapes[prefix + "\(names.patchNorm).weight"] != nil
    hasEntryNorm = shapes[prefix + "\(names.entryNorm).weight"] != nil
    hasFinalNorm = shapes[prefix + "\(names.finalNorm).weight"] != nil
    normsPooled = shapes[prefix + "\(names.pooledNorm).weight"] != nil
    guard !(hasFinalNorm && normsPooled) else {
      throw Failure(
        "norms both of the tokens and of the pooled vector: '\(prefix)\(names.finalNorm).weight' and "
          + "'\(prefix)\(names.pooledNorm).weight'", at: file.path,
        mend: "give an encoder with one of them, or use this one where it was made")
    }
  }

  /// Whether norms have no β: LayerNorms mostly have one, RMSNorms none.
  var hasNormsWithoutBias: Bool { shapes[prefix + names.inBlock(0, "\(names.norm1).bias")] == nil }

  /// Whether the first layer of an MLP has a gate beside the hidden layer.
  var isGated: Bool { mlp != .plain }

  /// What is known without the file's saying so; a gate is taken for SwiGLU's where nobody says another.
  var facts: EncoderFacts {
    var facts = layout.facts
    if isGated { facts.activation = .swiGLU }
    if normsPooled { facts.pooling = .mean }
    if !hasNormsWithoutBias { facts.norm = .layerNorm }
    return facts
  }

  private static func layout(
    of shapes: [String: [Int]], at path: String
  ) throws(Failure) -> (WeightLayout, EncoderNames, String)? {
    for layout in WeightLayout.all {
      let isMarked =
        layout.marks.isEmpty
        || layout.marks.contains { group in
          group.allSatisfy { end in shapes.keys.contains { $0.hasSuffix(end) } }
        }
      guard isMarked else { continue }
      // Names differ by library versions, and by kinds of MLPs.
      func hasMLP(_ names: EncoderNames, below prefix: String) -> Bool {
        [names.hidden, names.gatedHidden[0]].contains {
          shapes["\(prefix)\(names.inBlock(0, "\($0).weight"))"] != nil
        }
      }
      var withoutMLP: (WeightLayout, EncoderNames, String)?
      for names in layout.names {
        let query = names.inBlock(0, "\(names.queryKeyValue[0]).weight")
        let prefixes = shapes.keys.filter { $0.hasSuffix(query) }.map { String($0.dropLast(query.count)) }
          .filter { $0.isEmpty || $0.hasSuffix(".") }
          .filter { shapes["\($0)\(names.patchProjection).weight"] != nil }
        guard let prefix = try prefix(among: prefixes.sorted(), at: path) else { continue }
        if hasMLP(names, below: prefix) { return (layout, names, prefix) }
        withoutMLP = withoutMLP ?? (layout, names, prefix)
      }
      if let withoutMLP { return withoutMLP }
    }
    return nil
  }

  /// Of a student and its average over time it is the average that is published.
  private static func prefix(among found: [String], at path: String) throws(Failure) -> String? {
    guard found.count > 1 else { return found.first }
    for wanted in ["teacher.", "target_encoder.", "model_ema.", "base_encoder."] {
      let matching = found.filter { ".\($0)".contains(".\(wanted)") }
      if matching.count == 1 { return matching[0] }
    }
    throw Failure(
      "\(found.count) encoders in this file: \(found.map { "'\($0)'" }.joined(separator: ", "))", at: path,
      mend: "save the state dict of one of them in a file of its own")
  }

  private static func depth(_ shapes: [String: [Int]], _ names: EncoderNames, _ prefix: String) -> Int {
    var depth = 0
    while shapes[prefix + names.inBlock(depth, "\(names.norm1).weight")] != nil { depth += 1 }
    return depth
  }

  /// Rows of the table of positions; nil where there is none.
  private var positionCount: Int? {
    guard let shape = shapes[prefix + names.positions], shape.count == 3, shape[2] == width else {
      return nil
    }
    return shape[1]
  }

  /// The number of rows before those of the patches, for images of a size.
  private func leadingRows(_ patchCount: Int) -> Int? {
    positionCount.flatMap { count in
      let leading = count - patchCount
      return [0, hasClassToken ? 1 : 0, (hasClassToken ? 1 : 0) + registerCount].contains(leading)
        ? leading : nil
    }
  }

  /// The size of square images that the table of positions fits; nil where it fits none, or there is none.
  var squareSize: ImageSize? {
    guard let count = positionCount else { return nil }
    for leading in [(hasClassToken ? 1 : 0) + registerCount, hasClassToken ? 1 : 0, 0] {
      let side = Int(Double(max(0, count - leading)).squareRoot().rounded())
      if side > 0, side * side == count - leading {
        return ImageSize(height: side * patchSize, width: side * patchSize)
      }
    }
    return nil
  }

  /// What the tables of layouts go by, for images of a size.
  ///
  /// - Throws: `Failure` when the positions are those of another grid, or there are none.
  func form(patchCount: Int) throws(Failure) -> EncoderForm {
    guard let leading = leadingRows(patchCount) else {
      throw Failure(
        positionCount.map { "\($0) positions, which are not those of \(patchCount) patches" }
          ?? "no table of positions [1, N, \(width)] named '\(prefix + names.positions)'",
        at: path, mend: "give the size of the images that the encoder was trained on: --encoder-image-size")
    }
    let queryNorm = shapes[prefix + names.inBlock(0, "\(names.queryNorm).weight")]
    return EncoderForm(
      width: width, channels: channels, patchSize: patchSize, depth: depth, hiddenWidth: hiddenWidth,
      patchCount: patchCount, hasClassToken: hasClassToken, registerCount: registerCount,
      leadingPositions: leading, mlp: mlp, hasLayerScale: hasLayerScale, hasPixelNorm: hasPixelNorm,
      hasPatchNorm: hasPatchNorm,
      hasEntryNorm: hasEntryNorm, hasFinalNorm: hasFinalNorm || normsPooled, normsPooled: normsPooled,
      normedHeadWidth: queryNorm.map { $0.first ?? 0 })
  }

  /// What gives each parameter of Vitrail's encoder its values.
  ///
  /// - Throws: `Failure` when the encoder has a part that Vitrail's has not, or tensors of other sizes.
  func rules(_ form: EncoderForm) throws(Failure) -> [TensorRule] {
    guard registerCount == 0 || shapes[prefix + names.registers] == [1, registerCount, width] else {
      throw Failure(
        "'\(prefix + names.registers)' has shape \(shapes[prefix + names.registers] ?? [])", at: path,
        mend: "give register tokens of [1, R, \(width)]")
    }
    let rules = form.rules(names, prefix: prefix) { shapes[$0] != nil }
    try Self.check(rules, of: shapes, layout, at: path)
    try checkNothingIsLeft(rules)
    return rules
  }

  /// Checks that all tensors are there with as many values as are wanted.
  static func check(
    _ rules: [TensorRule], of shapes: [String: [Int]], _ layout: WeightLayout, at path: String
  ) throws(Failure) {
    for rule in rules where !rule.terms.contains(where: { if case .rows = $0 { true } else { false } }) {
      let wanted = rule.shape.reduce(1, *)
      var (count, isEven) = (0, true)
      for term in rule.terms {
        switch term {
        case .whole(let name), .kernel(let name, _, _):
          guard let shape = shapes[name] else {
            throw Failure(
              "the tensor '\(name)' of the layout \(layout.title) is missing", at: path,
              mend: "give a file with a whole encoder")
          }
          count += shape.reduce(1, *)
          // Of layers that are stacked each has its share: none may make up for another.
          isEven = isEven && shape.reduce(1, *) == wanted / rule.terms.count
        case .zeros(let zeros): count += zeros
        case .rows, .sum: count = wanted
        }
      }
      guard count == wanted && isEven else {
        throw Failure(
          "\(rule.sources.map { "'\($0)'" }.joined(separator: ", ")): \(count) values where \(rule.shape) are wanted",
          at: path, mend: "give the weights of a plain Vision Transformer")
      }
    }
  }

  /// Checks that no tensor is left over that changes what the encoder computes.
  private func checkNothingIsLeft(_ rules: [TensorRule]) throws(Failure) {
    let read = Set(rules.flatMap(\.sources))
    let own = shapes.keys.filter { $0.hasPrefix(prefix) && !read.contains($0) }
    for name in own.sorted() {
      let rest = name.dropFirst(prefix.count)
      guard !layout.besides.contains(where: { rest.hasPrefix($0) }) else { continue }
      // Below an empty prefix lies all of the file: what is of no encoder stands beside it.
      let stems = [
        names.blocks, names.finalNorm, names.pooledNorm, names.entryNorm, names.patchProjection,
        names.classToken,
      ].map {
        $0.prefix { $0 != "." }
      }
      guard !prefix.isEmpty || stems.contains(rest.prefix { $0 != "." }) else { continue }
      throw Failure(
        "'\(name)' is of a part that Vitrail's encoder has not", at: path,
        mend: "give a plain Vision Transformer, or use this one where it was made")
    }
  }

  /// Names of tensors of the file that are not read.
  func unread(besides rules: [TensorRule]) -> [String] {
    let read = Set(rules.flatMap(\.sources))
    return shapes.keys.filter { !read.contains($0) }.sorted()
  }
}
