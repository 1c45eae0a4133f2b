/// How a library names and shapes the tensors of its Vision Transformers, and what is known of all that it publishes.
///
/// A layout is a value in a file of its own, and a line in `all`.
public struct WeightLayout: Sendable {
  /// What the command line calls it.
  public let name: String
  /// What it is, for messages.
  public let title: String
  /// The names of an encoder's parts; of one library there may be several, its newest first.
  var names: [EncoderNames]
  /// Ends of names: a file of this layout has all of at least one group; none: any file with the encoder's names is of it.
  var marks: [[String]] = []
  /// What precedes the number of a decoder's block, where the library has masked autoencoders.
  var decoderBlocks: [String] = []
  /// What a linear layer that makes classes of features is called; nil: there is none.
  var head: String?
  /// Tensors beside the encoder that other tasks need: what their names begin with.
  var besides: [String] = []
  /// What is known without a file's saying so.
  var facts = EncoderFacts()
  /// How a table of positions follows an encoder to images of another size.
  var transfer = PositionTransfer.antialiased

  /// What can be written so; nil: the layout is read alone.
  var target: LayoutTarget?

  /// Whether encoders can be written so.
  public var isWritten: Bool { target != nil }

  /// All layouts, the more special ones first.
  public static let all: [WeightLayout] = [
    .mocoV3, .huggingFaceMAE, .huggingFaceDinov2, .huggingFaceViT, .mae, .dinov2, .timm,
  ]
}
