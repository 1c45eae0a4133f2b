/// What an encoder is made of, as far as the tables of layouts go by it: read from the tensors of a file, or from a
/// configuration.
struct EncoderForm {
  /// D, C and P; number of blocks; width of the MLP.
  var width, channels, patchSize, depth, hiddenWidth: Int
  /// The number of patches of an image.
  var patchCount: Int
  var hasClassToken: Bool
  var registerCount: Int
  /// Rows of the file's table of positions before those of the patches.
  var leadingPositions: Int
  var mlp: FeedForward
  var hasLayerScale, hasPixelNorm, hasPatchNorm, hasEntryNorm, hasFinalNorm, normsPooled: Bool
  /// Whether norms have a β.
  var normsHaveBias = true
  /// Width of a head, where queries and keys are normed.
  var normedHeadWidth: Int?

  /// The first layer of an MLP.
  enum FeedForward {
    /// The hidden layer alone.
    case plain
    /// Gate and hidden layer in one, under the names of a plain MLP, or under those of one with a gate.
    case gate, namedGate
  }

  /// What gives each parameter of Vitrail's encoder its values, and each tensor of a file in turn.
  ///
  /// - Parameter isThere: whether a file has, or is to have, a tensor that libraries may leave away.
  func rules(
    _ names: EncoderNames, prefix: String, isThere: @escaping (String) -> Bool
  ) -> [TensorRule] {
    let ours = EncoderNames()
    var builder = RuleBuilder(prefix: prefix, normsHaveBias: normsHaveBias, isThere: isThere)
    builder.rules += tokens(ours, names, prefix)
    builder.rules.append(
      TensorRule(
        "\(ours.patchProjection).weight", shape: [width, patchSize * patchSize * channels],
        [.kernel("\(prefix)\(names.patchProjection).weight", channels: channels, side: patchSize)]))
    builder.add("\(ours.patchProjection).bias", "\(names.patchProjection).bias", [width], isOptional: true)
    if hasPixelNorm {
      builder.addNorm(ours.pixelNorm, names.pixelNorm, patchSize * patchSize * channels)
    }
    if hasPatchNorm { builder.addNorm(ours.patchNorm, names.patchNorm, width) }
    if hasEntryNorm { builder.addNorm(ours.entryNorm, names.entryNorm, width) }
    let isNamedGate = mlp == .namedGate
    let stack = RuleBuilder.Stack(
      ours: ours, theirs: names, hidden: isNamedGate ? names.gatedHidden : [names.hidden],
      output: isNamedGate ? names.gatedOutput : names.output, width: width, hiddenWidth: hiddenWidth,
      isGated: mlp != .plain, hasLayerScale: hasLayerScale, normedHeadWidth: normedHeadWidth)
    for block in 0..<depth { builder.addBlock(block, of: stack) }
    if hasFinalNorm {
      builder.addNorm(ours.finalNorm, normsPooled ? names.pooledNorm : names.finalNorm, width)
    }
    return builder.rules
  }

  /// Class token, registers and positions. Positions of registers are added to these, which is the same.
  private func tokens(_ ours: EncoderNames, _ names: EncoderNames, _ prefix: String) -> [TensorRule] {
    let table = prefix + names.positions
    let classRows = hasClassToken ? 1 : 0
    var rules: [TensorRule] = []
    if hasClassToken {
      rules.append(TensorRule(ours.classToken, shape: [1, 1, width], [.whole(prefix + names.classToken)]))
    }
    if registerCount > 0 {
      let registers = TensorRule.Term.whole(prefix + names.registers)
      rules.append(
        TensorRule(
          ours.registers, shape: [1, registerCount, width],
          [
            leadingPositions > classRows
              ? .sum(registers, .rows(table, classRows..<leadingPositions, width: width)) : registers
          ]))
    }
    let ofClass: [TensorRule.Term] =
      classRows == 0
      ? [] : leadingPositions == 0 ? [.zeros(width)] : [.rows(table, 0..<1, width: width)]
    let ofPatches = TensorRule.Term.rows(
      table, leadingPositions..<leadingPositions + patchCount, width: width)
    rules.append(
      TensorRule(
        ours.positions, shape: [1, classRows + patchCount, width],
        leadingPositions == classRows ? [.whole(table)] : ofClass + [ofPatches], absent: 0))
    return rules
  }
}
