import Datasets
import Evaluation
import Imaging
import Platform
import Pretraining
import Tensors
import VisionTransformer

/// What `train.monitor` of a recipe asks for: the sets are opened once, the encoder is scored whenever it is due.
struct MonitorScoring {
  private let evaluators: [EvaluatorChoice]
  private let train, test: any ImageSource
  private let recipe: Recipe
  /// What scores leave out or count as wrong, a sentence each.
  let notes: [String]

  private var lanes: Int {
    if case .count(let count) = recipe.train.lanes { return count }
    return MachineCapacity.coreCount
  }

  /// Opens the sets.
  ///
  /// - Throws: `Failure` when an evaluator is not known or wants more than features, a set cannot be opened, or an
  ///   evaluator could not score such sets.
  init(_ monitor: MonitorRecipe, _ recipe: Recipe) throws(Failure) {
    evaluators = try monitor.evaluators.map { (name) throws(Failure) in
      let evaluator = try EvaluatorChoice(Evaluators.all.named(name, at: "--evaluators"))
      guard evaluator.readouts(of: recipe.model).isEmpty else {
        throw Failure(
          "\(name) reads more than the features of the last block", at: "train.monitor.evaluators",
          mend: "choose others, such as [knn, linear]")
      }
      return evaluator
    }
    func open(_ path: String, _ split: DatasetSplit) throws(Failure) -> any ImageSource {
      SubsetImages.limited(
        to: monitor.limit,
        of: try ImageSources.open(
          path,
          options: SourceOptions(
            split: split, layout: recipe.data.layout, maximumBad: recipe.data.maxBad)))
    }
    train = try open(monitor.train, .train)
    test = try open(monitor.test ?? monitor.train, .test)
    try requireDistinct(train: train, test: test)
    self.recipe = recipe
    let labels = TaskLabels(
      train: try RowLabels(of: train), test: try RowLabels(of: test), hasImages: false)
    for evaluator in evaluators { try evaluator.check(labels) }
    notes = labels.notes
  }

  /// The first number of each evaluator, by its name.
  func score(
    _ encoder: VisionTransformer, _ preprocessing: Preprocessing, _ line: ProgressLine
  ) throws(Failure) -> [String: Double] {
    let settings = FeatureSettings(
      lanes: lanes, maximumBad: recipe.data.maxBad, decoding: recipe.data.loading.decoding)
    let extraction = settings.extraction([.init(name: "model", model: encoder)], preprocessing)
    func features(_ source: any ImageSource) throws(Failure) -> Features? {
      try extraction.run(source) { line.show("monitor: \($0)", $1, rate: $2) }.features["model"]
    }
    guard let trainFeatures = try features(train), let testFeatures = try features(test) else { return [:] }
    let task = EvaluationTask(train: trainFeatures, test: testFeatures)
    var scores: [String: Double] = [:]
    for choice in evaluators {
      scores[choice.evaluator.name] = try choice.evaluate(task) { line.show("monitor: \($0)", $1) }.score
    }
    return scores
  }
}
