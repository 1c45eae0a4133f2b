import Platform
import Tensors
import VisionTransformer

extension Teacher {
  /// Declares the teacher's twin of an encoder, and with `heads` those of the heads, by the names that the student's have.
  ///
  /// Nothing is drawn: the values are the student's as soon as a `Teacher` takes the parameters. A teacher drops no paths
  /// (Caron et al., 2021).
  ///
  /// - Throws: `Failure` for an encoder with a `powerNorm`.
  public static func declaring<Heads>(
    twinOf encoder: VisionTransformer, at place: String, heads: (ParameterScope) -> Heads
  ) throws(Failure) -> (encoder: VisionTransformer, heads: Heads) {
    // What it normalises by in training it learns in passes that are recorded, and a teacher's are not.
    if let norm = encoder.recipe.declaredNorms.first(where: { $0.choice.name == PowerNorm.name }) {
      throw Failure(
        "a teacher whose \(norm.name) is a \(PowerNorm.name)", at: place,
        mend: "choose another model.norm, such as batchNorm")
    }
    let store = encoder.parameters
    let draws = store.drawsInitialValues
    store.drawsInitialValues = false
    defer { store.drawsInitialValues = draws }
    var configuration = encoder.configuration
    configuration.dropPath = 0
    let scope = store.teacher
    let twin = try VisionTransformer(
      configuration, scope: scope, variants: encoder.variants, place: "\(place), teacher")
    return (twin, heads(scope))
  }
}
