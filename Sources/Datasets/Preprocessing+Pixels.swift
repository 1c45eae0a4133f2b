import Imaging

extension Preprocessing {
  /// The evaluation view's values / 255, `[height, width, channels]`: what the raw-pixel baseline sees.
  public func pixels(of image: Image) -> [Float] {
    evaluationView(of: image).pixels.map { Float($0) / 255 }
  }
}
