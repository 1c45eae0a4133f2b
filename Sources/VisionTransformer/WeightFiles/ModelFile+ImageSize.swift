import Imaging
import Platform
import Tensors

extension ModelFile {
  /// How a table of positions follows to images of another size where nothing else is said: as the library does that
  /// wrote the file, Vitrail `antialiased`.
  public var positionTransfer: PositionTransfer { origin?.transfer ?? .antialiased }

  /// Builds the encoder for images of another size and gives it the weights of the file, a table of positions brought to
  /// the new grid as `transfer` says; nil: as the file's own. Rotary positions need nothing: they go by rows and columns.
  ///
  /// - Throws: `Failure` when a tensor is missing or has another shape, the size does not divide into patches, or a
  ///   learned table is to be recomputed.
  public func makeModel(
    imageHeight: Int, imageWidth: Int, _ transfer: PositionTransfer? = nil
  ) throws(Failure) -> VisionTransformer {
    let transfer = transfer ?? positionTransfer
    let original = try makeModel()
    var resized = configuration
    (resized.imageHeight, resized.imageWidth) = (imageHeight, imageWidth)
    guard configuration.positions != .learned || transfer != .recomputed else {
      throw Failure(
        "learned positions cannot be recomputed for \(imageHeight)×\(imageWidth) pixels", at: path,
        mend: "interpolate them: bicubic or antialiased")
    }
    let store = ParameterStore()
    store.drawsInitialValues = false
    let model = try VisionTransformer(resized, parameters: store, place: path)
    store.drawsInitialValues = true
    for (target, parameter) in zip(store.parameters, original.parameters.parameters) {
      let isTable = parameter.role == .positions
      target.assign(isTable ? table(parameter.value.values, resized, transfer) : parameter.value.values)
    }
    return model
  }

  /// A table of positions of the file's grid, brought to that of another configuration.
  package func table(
    _ values: [Scalar], _ resized: VisionTransformerConfiguration, _ transfer: PositionTransfer
  ) -> [Scalar] {
    let (old, new, stream) = (configuration.grid, resized.grid, configuration.entryStream)
    let width = stream.streamWidth(configuration.width)
    let prefixCount = configuration.hasClassToken ? 1 : 0
    guard transfer != .recomputed else {
      let table = Positions.sinCosTable(rows: new.rows, columns: new.columns, width: configuration.width)
      return values.prefix(prefixCount * width) + stream.rows(table, width: configuration.width)
    }
    return Positions.interpolated(
      values, from: (old.rows, old.columns), to: (new.rows, new.columns), width: width,
      prefixCount: prefixCount, transfer)
  }

  /// The preprocessing for images of a size that `makeModel` takes: the shorter side is resized to the same multiple of
  /// the view's as before.
  public func preprocessing(imageHeight: Int, imageWidth: Int) -> Preprocessing {
    let old = preprocessing
    let shorter = min(
      old.resizeShorterSide * min(imageHeight, imageWidth) / min(old.height, old.width), 1 << 20)
    return Preprocessing(
      height: imageHeight, width: imageWidth, channels: old.channels, resizeShorterSide: shorter,
      filter: old.filter, mean: old.mean, standardDeviation: old.standardDeviation, range: old.range,
      usesWindow: old.usesWindow)
  }
}
