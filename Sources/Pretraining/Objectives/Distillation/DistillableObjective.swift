import Platform

/// Options of an objective that takes a distillation beside it.
public protocol DistillableOptions: DefaultedOptions {
  /// What is distilled beside the objective; nil: nothing.
  var distillation: Distillation? { get set }
}

extension DistillableOptions {
  /// Checks the distillation's own keys.
  public func validate() throws(Failure) {
    try located("distillation") { () throws(Failure) in try distillation?.validate() }
  }
}

/// An objective to whose loss `objective.distillation` may be added: one whose loss takes each sample for itself, sees one
/// view of it and has no teacher.
public protocol DistillableObjective: Objective where Options: DistillableOptions {}

extension Registry<any Objective.Type> {
  /// Refuses a distillation beside an objective that takes none.
  ///
  /// - Throws: `Failure` that names those that do.
  func requireDistillable(_ choice: Choice, at place: String) throws(Failure) {
    guard choice.options["distillation"] != nil else { return }
    let type = try named(choice.name, at: place)
    guard !(type is any DistillableObjective.Type) else { return }
    let names = filter { $0 is any DistillableObjective.Type }.map { $0.name }
    throw Failure(
      "a distillation beside \(type.name), which has views or a teacher of its own to compare, or labels",
      at: "\(place).distillation",
      mend: "leave it out, or choose another objective: \(names.joined(separator: ", "))")
  }
}
