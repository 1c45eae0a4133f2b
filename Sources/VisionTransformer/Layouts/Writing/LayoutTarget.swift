import Platform
import Tensors

/// What an encoder has to be to be written in a layout, and the files that say beside the weights what it is.
struct LayoutTarget: Sendable {
  /// The names in its files.
  var names = EncoderNames()
  /// How an MLP with a gate is named.
  var gate = EncoderForm.FeedForward.gate
  /// The parts that the library has a place for; an encoder with another is refused.
  var parts: Set<EncoderPart>
  /// The functions between the layers of an MLP that it has.
  var activations: [Activation]
  /// Parts that are there whatever the encoder has: LayerScales of 1.
  var alwaysScales = false
  /// Whether it can do without the bias of queries, keys and values.
  var mayOmitQueryBias = false
  /// Whether it has no bias of the patch projection where a norm stands before the blocks.
  var omitsPatchBiasBeforeNorm = false
  /// Whether its table of positions has rows of registers, or none of the class token beside these.
  var placesRegisters = false
  /// Whether the files beside say how tokens become one vector.
  var saysPooling = true
  /// What precedes the names, of an encoder with a decoder.
  var prefixBesideDecoder = ""
  /// What precedes the names of a decoder, and the number of its blocks; nil: decoders are left out.
  var decoder: (prefix: String, blocks: String)?
  /// A mask token [1, D] that the library wants beside the encoder, where it has one: zeros.
  var maskToken: String?
  /// What the library's numbers do not allow beside its parts; nil where it allows all.
  var refusal: @Sendable (WrittenEncoder) -> String? = { _ in nil }
  /// The files beside the weights, by name.
  var files: @Sendable (WrittenEncoder) -> [(name: String, text: String)]
}
