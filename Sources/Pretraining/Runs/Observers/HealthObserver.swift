import Platform
import Tensors
import VisionTransformer

/// Writes `health.jsonl` of a run: a line for its first step and for every `interval`-th.
final class HealthObserver: TrainingObserver {
  private let plan: TrainingPlan
  private let folder: RunFolder
  private let interval: Int
  // Opened at the first step: only then the blocks have the weights that training starts from.
  private var opened: (probe: HealthProbe, lines: StepLines)?
  private var pending: HealthProbe.Measurement?

  init(_ plan: TrainingPlan, _ folder: RunFolder, every interval: Int) {
    self.plan = plan
    self.folder = folder
    self.interval = interval
  }

  func willTake(_ step: PendingStep) throws(Failure) {
    if opened == nil { opened = try open(after: step.number - 1) }
    guard step.number == 1 || step.number % interval == 0 else { return }
    pending = opened?.probe.measure(step.batch, step.progress)
  }

  func didTake(_ step: PendingStep, _ outcome: TrainingStep.Outcome) throws(Failure) {
    guard let pending, let (probe, lines) = opened else { return }
    self.pending = nil
    try lines.append(probe.complete(pending, after: plan.step))
  }

  private func open(after step: Int) throws(Failure) -> (probe: HealthProbe, lines: StepLines) {
    let stacks = BlockStack.all(in: plan.encoder.parameters)
    let (recipe, configuration, variants) = (plan.recipe, plan.encoder.configuration, plan.variants)
    let initial = try MatricesAtStart(
      of: stacks.flatMap { $0.matrices.joined() }, folder: folder, step: step,
      declare: { (store) throws(Failure) in
        let fresh = try VisionTransformer(configuration, parameters: store, variants: variants.model)
        _ = try variants.objectives.select(recipe.objective, at: "objective").make(fresh)
      }, seed: recipe.train.seed)
    return (
      HealthProbe(objective: plan.objective, stacks: stacks, initial: initial),
      try StepLines(folder.health, resumingAfter: step)
    )
  }
}
