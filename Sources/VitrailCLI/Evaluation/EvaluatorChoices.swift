import ArgumentParser
import Evaluation
import Platform
import Pretraining

/// The evaluators of a command and their options.
struct EvaluatorChoices: ParsableArguments {
  @Option(help: "Evaluators, separated by commas, or all; vitrail list evaluators names them.")
  var evaluators = "linear,knn"
  @Option(help: "Set an option of an evaluator: name.key=value, such as knn.k=[10,20]. May be repeated.")
  var set: [String] = []

  func validate() throws {
    if evaluators.split(separator: ",").isEmpty {
      throw ValidationError("--evaluators names no evaluator")
    }
  }

  /// The chosen evaluators, their options checked.
  func chosen() throws(Failure) -> [EvaluatorChoice] {
    var tree = JSONValue.object([:])
    for override in set { tree = tree.overlaid(with: try RecipeFile.parse(override: override)) }
    guard case .object(var options) = tree else { preconditionFailure("overrides make an object") }
    let names =
      evaluators == "all"
      ? Evaluators.all.map { $0.name }
      : evaluators.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    var found: [EvaluatorChoice] = []
    for name in names {
      let evaluator = try Evaluators.all.named(name, at: "--evaluators")
      guard !found.contains(where: { $0.evaluator == evaluator }) else { continue }
      var keys: [String: JSONValue] = [:]
      switch options.removeValue(forKey: evaluator.name) {
      case nil: break
      case .object(let given)?: keys = given
      default:
        throw Failure(
          "'\(evaluator.name)' is no option", at: "--set", mend: "write \(evaluator.name).key=value")
      }
      found.append(try EvaluatorChoice(evaluator, options: keys, isRequired: evaluators != "all"))
    }
    if let unused = options.keys.sorted().first {
      throw Failure(
        "'\(unused)' is not among the evaluators of this command", at: "--set",
        mend: Spelling.remedy(for: unused, among: names))
    }
    return found
  }
}
