import Optimization
import Tensors

/// All that changes while a plan is trained: weights, the optimiser's state and averages.
///
/// Random numbers are functions of the step and the sample: nothing else is needed to go on.
struct TrainingState {
  let store: ParameterStore
  let objectivePlan: ObjectivePlan
  /// The parameters that the optimiser moves, in its order.
  let trainable: [Parameter]
  /// Averages of these; nil without.
  let average: WeightAverage?
  private let optimizer: any Optimizer

  init(
    store: ParameterStore, objectivePlan: ObjectivePlan, optimizer: any Optimizer, trainable: [Parameter],
    averageMomentum: Double?
  ) {
    self.store = store
    self.objectivePlan = objectivePlan
    self.optimizer = optimizer
    self.trainable = trainable
    average = averageMomentum.map { WeightAverage(of: trainable, momentum: $0) }
  }

  /// All of it, by its name in a checkpoint.
  var tensors: [(name: String, tensor: Tensor)] {
    store.parameters.map { ($0.name, $0.value) }
      + optimizer.state.map { ("optimizer.\($0.name)", $0.tensor) }
      + averages.map { ("average.\($0.name)", $0.tensor) }
  }

  /// The encoder's tensors as the model file holds them, in the order of its parameters.
  var exportedEncoder: [(name: String, tensor: Tensor)] {
    exported(store.parameters(of: .encoder))
  }

  /// The same of encoder and objective.
  var exportedAll: [(name: String, tensor: Tensor)] { exported(store.parameters) }

  private var averages: [(name: String, tensor: Tensor)] {
    guard let average else { return [] }
    return zip(trainable, average.tensors).map { ($0.name, $1) }
  }

  /// Parameters as they are used: averaged where there is an average.
  private func exported(_ parameters: [Parameter]) -> [(name: String, tensor: Tensor)] {
    let byName = Dictionary(uniqueKeysWithValues: averages.map { ($0.name, $0.tensor) })
    return parameters.map { parameter in
      (name: parameter.name, tensor: byName[parameter.name] ?? objectivePlan.exported(parameter))
    }
  }
}
