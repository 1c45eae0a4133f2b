extension Features: CustomStringConvertible {
  /// Size, origin and classes: `Features [5000, 128] of model of photos/, 10 classes`.
  public var description: String {
    let several = labelSets == nil ? "" : ", several an image"
    let classes =
      labels.isEmpty && labelSets == nil
      ? "no labels" : "\(classNames.count) \(classNames.count == 1 ? "class" : "classes")\(several)"
    return "Features [\(count), \(width)] of \(origin), \(classes)"
  }
}
