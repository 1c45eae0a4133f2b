import ArgumentParser
import Imaging
import Platform
import Tensors
import VisionTransformer

/// The options of commands that read weights which say what files of other libraries may not tell.
struct EncoderArguments: ParsableArguments {
  private static let about = "of weights of another library. Default: as the config.json beside them says."

  @Option(help: "Attention heads \(about)", transform: number(in: 1...1024))
  private var encoderHeads: Int?
  @Option(
    help:
      "Attention heads of a masked autoencoder's decoder, \(about) Where nothing says it, the decoder is not read.",
    transform: number(in: 1...1024))
  private var decoderHeads: Int?
  @Option(help: "Which norms it has, layerNorm or rmsNorm, \(about)")
  private var encoderNorm: EncoderNorm?
  @Option(help: "What norms add to the variance, \(about)", transform: number(in: 1e-12...1))
  private var encoderEpsilon: Double?
  @Option(
    help: "What is between the layers of the MLPs, a name of `vitrail list activations`, \(about)")
  private var encoderActivation: Activation?
  @Option(
    help: "Means of the channels from 0 to 1, separated by commas, \(about)",
    transform: numbers(in: -1000...1000))
  private var encoderMean: [Double]?
  @Option(
    help: "Standard deviations of the channels, separated by commas, \(about)",
    transform: numbers(in: 1e-6...1000))
  private var encoderStd: [Double]?
  @Option(help: "Side of the images in pixels, \(about)", transform: number(in: 1...1 << 16))
  private var encoderImageSize: Int?

  /// What was given.
  var facts: EncoderFacts {
    var facts = EncoderFacts()
    facts.headCount = encoderHeads
    facts.decoderHeadCount = decoderHeads
    facts.norm = encoderNorm
    facts.epsilon = encoderEpsilon
    facts.activation = encoderActivation
    facts.mean = encoderMean?.map { Float($0) }
    facts.standardDeviation = encoderStd?.map { Float($0) }
    facts.imageSize = encoderImageSize.map { ImageSize(height: $0, width: $0) }
    return facts
  }
}

extension Activation: ExpressibleByArgument {}
extension EncoderNorm: ExpressibleByArgument {}
