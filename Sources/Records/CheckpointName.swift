/// Names in the folder `RunFile.checkpoints`.
public enum CheckpointName {
  /// The newest checkpoint: a link.
  public static let last = "last.safetensors"
  /// The checkpoint that `train.monitor` scored best: a link.
  public static let best = "best.safetensors"
  /// Where checkpoints that were set aside end.
  public static let damagedSuffix = ".damaged"

  /// The checkpoint of a step.
  public static func numbered(_ step: Int) -> String { StepName.text(step) + ".safetensors" }

  /// Whether a name is that of the checkpoint of a step.
  public static func isNumbered(_ name: String) -> Bool {
    name.hasPrefix(StepName.prefix) && name.hasSuffix(".safetensors")
  }
}

/// What the names of a step's files begin with: eight digits at least, so that they sort by their steps.
public enum StepName {
  static let prefix = "step-"

  /// `step-00000100`.
  public static func text(_ step: Int) -> String {
    prefix + String(repeating: "0", count: max(0, 8 - "\(step)".count)) + "\(step)"
  }

  /// The step of such a name without its ending; nil of another name.
  public static func step(of text: some StringProtocol) -> Int? {
    let digits = text.dropFirst(prefix.count)
    guard text.hasPrefix(prefix), !digits.isEmpty, digits.allSatisfy(\.isNumber) else { return nil }
    return Int(digits)
  }
}
