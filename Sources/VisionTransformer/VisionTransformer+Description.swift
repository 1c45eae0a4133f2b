extension VisionTransformer: CustomStringConvertible {
  /// Size and input: `VisionTransformer 192 × 12, 3 heads, patch 16 of 224×224×3, 5526528 parameters`.
  public var description: String {
    "VisionTransformer \(configuration.summary), \(parameters.trainableScalarCount) parameters"
  }
}

extension ModelFile: CustomStringConvertible {
  /// Size, input and place: `ModelFile 192 × 12, 3 heads, patch 16 of 224×224×3, 5526528 weights, in model.safetensors`.
  public var description: String {
    "ModelFile \(configuration.summary), \(file.scalarCount) weights, in \(path)"
  }
}

extension VisionTransformerConfiguration {
  fileprivate var summary: String {
    "\(width) × \(depth), \(headCount) heads, patch \(patchSize) of \(imageHeight)×\(imageWidth)×\(channels)"
  }
}
