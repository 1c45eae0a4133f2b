import Imaging

extension Preprocessing {
  /// The evaluation view's values in 0…1, `[height, width, channels]`: what the raw-pixel baseline sees.
  public func pixels(of image: Image) -> [Float] {
    evaluationView(of: image).samples.unitValues
  }
}
