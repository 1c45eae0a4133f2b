import Tensors

/// Weights that follow the trained ones slowly, and that a loss asks: teacher ← m·teacher + (1 − m)·student after every
/// step (Tarvainen & Valpola, 2017).
///
/// The teacher's parameters lie in the same store, below `ParameterStore.teacher`; no gradient reaches them, checkpoints hold
/// them. Buffers, such as running statistics, are each side's own.
public struct Teacher: Sendable {
  /// The momentum of the update after a step; progress is that of the step just taken.
  public typealias Momentum = @Sendable (_ progress: TrainingProgress) -> Double

  private let pairs: [(student: Parameter, teacher: Parameter)]
  private let teachers: [ObjectIdentifier: Parameter]
  private let momentum: Momentum

  /// Takes the parameters of a store that follow others and gives them the values of those; they are no longer trainable.
  public init(in store: ParameterStore, momentum: @escaping Momentum) {
    pairs = store.parameters.compactMap { teacher in teacher.student.map { ($0, teacher) } }
    // What is fixed is the same on both sides for good.
    teachers = Dictionary(
      uniqueKeysWithValues: pairs.filter(\.student.isTrainable).map {
        (ObjectIdentifier($0.student), $0.teacher)
      })
    self.momentum = momentum
    for pair in pairs { pair.teacher.isTrainable = false }
    restart()
  }

  /// Gives the teacher the student's present values, buffers too.
  public func restart() {
    for pair in pairs { pair.teacher.assign(pair.student.value.values) }
  }

  /// The teacher's counterpart of a parameter of the student.
  public func counterpart(of student: Parameter) -> Parameter? { teachers[ObjectIdentifier(student)] }

  /// Moves a range of the teacher's counterpart of a parameter that was just updated.
  func follow(_ student: Parameter, _ range: Range<Int>, _ progress: TrainingProgress) {
    guard let teacher = counterpart(of: student) else { return }
    student.average(range, into: teacher.value, momentum: momentum(progress))
  }
}
