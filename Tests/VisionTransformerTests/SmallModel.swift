import Platform
import Tensors
import VisionTransformer

/// A model small enough to check by brute force, every part of it present.
func smallConfiguration(
  _ change: (inout VisionTransformerConfiguration) -> Void = { _ in }
) -> VisionTransformerConfiguration {
  var configuration = VisionTransformerConfiguration()
  configuration.width = 12
  configuration.depth = 2
  configuration.headCount = 3
  configuration.imageHeight = 4
  configuration.imageWidth = 6
  configuration.patchSize = 2
  change(&configuration)
  return configuration
}

/// A model of that configuration with random weights, or its initial ones when `seed` is nil.
func makeModel(_ configuration: VisionTransformerConfiguration, seed: UInt64? = 1) throws -> VisionTransformer
{
  let model = try VisionTransformer(configuration, parameters: ParameterStore(seed: 7))
  if let seed { model.parameters.randomize(seed: seed) }
  return model
}
