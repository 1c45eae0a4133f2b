import Platform
import Pretraining
import Tensors
import VisionTransformer

/// A masked objective under masks that its options give, row `index` for the sample of that index: one that is not Vitrail's
/// own and takes a distillation all the same.
struct GivenMask: DistillableObjective {
  static let name = "givenMask"
  static let summary = "a masked objective whose masks its options give"
  static let source = "these tests, 2026"

  struct Options: DefaultedOptions, DistillableOptions {
    var objective: Choice = "mae"
    var visible: [Int32] = []
    var masked: [Int32] = []
    var samples = 1
    var distillation: Distillation?
    init() {}
  }

  private let fixed: FixedMask

  init(encoder: VisionTransformer, options: Options, at place: String) throws(Failure) {
    let made = try Objectives.all.select(options.objective, at: place).make(encoder)
    guard let masked = made as? any MaskedObjective else {
      throw Failure("\(options.objective.name) masks nothing", at: place, mend: "give one that does")
    }
    fixed = FixedMask(
      masked, PatchMask(visible: options.visible, masked: options.masked), count: options.samples)
  }

  func loss(_ batch: MicroBatch, _ tape: Tape) -> Tensor { fixed.loss(batch, tape) }
}
