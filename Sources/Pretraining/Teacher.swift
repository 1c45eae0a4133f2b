import Tensors
import VisionTransformer

/// Weights that a loss asks beside the trained ones. They follow these slowly, teacher ← m·teacher + (1 − m)·student after
/// every step (Tarvainen & Valpola, 2017), or stay as they were at the start.
///
/// The teacher's parameters lie in the same store, below `ParameterStore.teacher`; no gradient reaches them, checkpoints hold
/// them. Buffers, such as running statistics, are each side's own.
public struct Teacher: Sendable {
  /// The momentum of the update after a step; progress is that of the step just taken.
  public typealias Momentum = @Sendable (_ progress: TrainingProgress) -> Double

  /// Weights that a frozen teacher starts with in place of the student's.
  struct Weights: Sendable {
    /// A run or a weights file.
    let path: String
    /// The teacher's encoder.
    let encoder: VisionTransformer
  }

  /// The weights of its own that it starts with; nil: the student's.
  let weights: Weights?
  private let pairs: [(student: Parameter, teacher: Parameter)]
  private let teachers: [ObjectIdentifier: Parameter]
  private let momentum: Momentum?

  /// Takes the parameters of a store that follow others and gives them the values of those; they are no longer trainable.
  public init(in store: ParameterStore, momentum: @escaping Momentum) {
    self.init(in: store, momentum: momentum, weights: nil)
  }

  /// The same of a teacher that stays as it is when training starts: as the student is then, or as `weights` have it.
  init(frozenIn store: ParameterStore, weights: Weights?) {
    self.init(in: store, momentum: nil, weights: weights)
  }

  private init(in store: ParameterStore, momentum: Momentum?, weights: Weights?) {
    pairs = store.parameters.compactMap { teacher in teacher.student.map { ($0, teacher) } }
    // What is fixed is the same on both sides for good.
    teachers = Dictionary(
      uniqueKeysWithValues: pairs.filter(\.student.isTrainable).map {
        (ObjectIdentifier($0.student), $0.teacher)
      })
    self.momentum = momentum
    self.weights = weights
    // Those with weights of their own too: what their file lacks stays as it is initially.
    for pair in pairs { pair.teacher.isTrainable = false }
    followStudent()
  }

  /// Gives the teacher the student's present values, buffers too, unless it has weights of its own.
  public func restart() {
    if weights == nil { followStudent() }
  }

  private func followStudent() {
    for pair in pairs { pair.teacher.assign(pair.student.value.values) }
  }

  /// The teacher's counterpart of a parameter of the student.
  public func counterpart(of student: Parameter) -> Parameter? { teachers[ObjectIdentifier(student)] }

  /// Moves a range of the teacher's counterpart of a parameter that was just updated.
  func follow(_ student: Parameter, _ range: Range<Int>, _ progress: TrainingProgress) {
    guard let momentum, let teacher = counterpart(of: student) else { return }
    student.average(range, into: teacher.value, momentum: momentum(progress))
  }
}
