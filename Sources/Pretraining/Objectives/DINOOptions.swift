import Datasets
import Foundation
import Platform
import Tensors

extension DINO {
  /// What a recipe may set.
  public struct Options: DefaultedOptions {
    /// Outputs of the head, K; absent: the power of two nearest, by ratio, to a twentieth of the number of images, 256 …
    /// 65536, which is the published 65536 of ImageNet's 1.28 million.
    public var outputs: Int?
    /// Width of the head's hidden layers; absent: K/2, 256 … 2048.
    public var headWidth: Int?
    /// Values of the vectors that the last layer reads; absent: half of `headWidth`, at most 256.
    public var bottleneck: Int?
    /// τ_s, what the student's outputs are divided by.
    public var studentTemperature = 0.1
    /// τ_t at the start.
    public var warmupTeacherTemperature = 0.04
    /// τ_t after its warm-up.
    public var teacherTemperature = 0.07
    /// Epochs in which τ_t goes from the one to the other, linearly with every step; published: 30 of 100 or more.
    public var warmupTeacherTemperatureEpochs = 30.0
    /// Share of itself that the teacher keeps at the first step; it goes to 1 by half a cosine.
    public var momentum = 0.996
    /// Share of itself that the centre keeps at a step.
    public var centreMomentum = 0.9
    /// Epochs at the start in which the last layer of the head stays as it is.
    public var frozenLastLayerEpochs = 1.0
    /// The defaults.
    public init() {}

    /// What each number may be.
    public static let ranges: [String: KeyRange] = [
      "outputs": .from(2, to: 65536), "headWidth": .headWidth, "bottleneck": .headWidth,
      "studentTemperature": .temperature, "warmupTeacherTemperature": .temperature,
      "teacherTemperature": .temperature, "warmupTeacherTemperatureEpochs": .from(0, to: 1e9),
      "momentum": .share, "centreMomentum": .share, "frozenLastLayerEpochs": .from(0, to: 1e9),
    ]

    /// τ_t at a place of the training; its start where nobody counts epochs.
    func teacherTemperature(at progress: TrainingProgress) -> Double {
      let epochs = warmupTeacherTemperatureEpochs
      let done = epochs > 0 ? min(1, progress.epoch / epochs) : 1
      return warmupTeacherTemperature + (teacherTemperature - warmupTeacherTemperature) * done
    }

    /// Whether the last layer is a constant at a place of the training; never where nobody counts epochs.
    func freezesLastLayer(at progress: TrainingProgress) -> Bool {
      progress.stepsPerEpoch != nil && progress.epoch < frozenLastLayerEpochs
    }
  }

  /// Sizes of the head by the number of images: fewer images are told apart by fewer prototypes.
  public static func resolved(_ options: Options, imageCount: Int) -> Options {
    var options = options
    let exponent = log2(max(1, Double(imageCount) / 20)).rounded()
    let outputs = options.outputs ?? 1 << Int(min(max(exponent, 8), 16))
    let width = options.headWidth ?? min(max(outputs / 2, 256), 2048)
    options.outputs = outputs
    options.headWidth = width
    options.bottleneck = options.bottleneck ?? max(1, min(256, width / 2))
    return options
  }
}
