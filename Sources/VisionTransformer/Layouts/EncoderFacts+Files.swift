import Foundation
import Imaging
import Platform
import Tensors

extension EncoderFacts {
  /// What the files beside weights say: Hugging Face's `config.json` and `preprocessor_config.json`, or timm's
  /// `config.json`. Nothing where there are none.
  ///
  /// - Throws: `Failure` when one is no JSON, or says of the encoder what Vitrail's has not.
  init(beside weights: URL) throws(Failure) {
    let folder = weights.deletingLastPathComponent()
    self.init()
    if let config = try Self.tree(folder.appending(path: "config.json")) {
      let place = folder.appending(path: "config.json").path
      if config["pretrained_cfg"] != nil || config["architecture"] != nil {
        self = try EncoderFacts(timm: config, at: place)
      } else if config["model_type"] != nil {
        self = try EncoderFacts(huggingFace: config, at: place)
      }
    }
    if let preprocessor = try Self.tree(folder.appending(path: "preprocessor_config.json")) {
      self = EncoderFacts(preprocessor: preprocessor).over(self)
    }
  }

  private static func tree(_ url: URL) throws(Failure) -> JSONValue? {
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    guard let size = try? FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int,
      size < 1 << 24,
      let data = try? Data(contentsOf: url), let tree = try? JSONDecoder().decode(JSONValue.self, from: data)
    else {
      throw Failure(
        "no JSON", at: url.path, mend: "mend or remove the file, and give what it says as options")
    }
    return tree
  }

  private init(huggingFace config: JSONValue, at place: String) throws(Failure) {
    self.init()
    headCount = config["num_attention_heads"]?.count
    readDecoder(config)
    if case .object(let labels)? = config["id2label"] {
      classNames = (0..<labels.count).map { labels["\($0)"]?.string ?? "" }
    }
    norm = .layerNorm
    epsilon = config["layer_norm_eps"]?.number
    imageSize = config["image_size"].flatMap(Self.size)
    // Gates of Dinov2 are SiLU's, whatever `hidden_act` says.
    activation =
      config["use_swiglu_ffn"]?.flag == true
      ? .swiGLU : try Self.activation(named: config["hidden_act"], at: "\(place), hidden_act")
    pooling = .classToken
  }

  /// Names of activations, Hugging Face's and timm's.
  private static let activations: [String: Activation] = [
    "gelu": .gelu, "gelu_new": .geluTanh, "gelu_pytorch_tanh": .geluTanh, "gelu_tanh": .geluTanh,
    "quick_gelu": .quickGELU, "silu": .silu, "swish": .silu, "relu": .relu,
  ]

  private static func activation(named value: JSONValue?, at place: String) throws(Failure) -> Activation? {
    guard let name = value?.string else { return nil }
    guard let known = activations[name] else {
      throw Failure(
        "the activation '\(name)'", at: place,
        mend: "give an encoder with one of \(activations.keys.sorted().joined(separator: ", "))")
    }
    return known
  }

  /// timm's names of norms.
  private static func norm(named value: JSONValue?, at place: String) throws(Failure) -> EncoderNorm? {
    guard let name = value?.string, !name.isEmpty else { return nil }
    switch name.replacing("_", with: "").lowercased() {
    case "layernorm", "layernormfp32": return .layerNorm
    case "rmsnorm", "rmsnormfp32": return .rmsNorm
    default:
      throw Failure("the norm '\(name)'", at: place, mend: "give an encoder with layernorm or rmsnorm")
    }
  }

  private init(preprocessor: JSONValue) {
    self.init()
    if preprocessor["do_normalize"]?.flag != false {
      mean = preprocessor["image_mean"]?.floats
      standardDeviation = preprocessor["image_std"]?.floats
    } else {
      (mean, standardDeviation) = ([0, 0, 0], [1, 1, 1])
    }
    filter = preprocessor["resample"]?.count.flatMap { [2: .bilinear, 3: .bicubic][$0] }
    // With a crop the shorter side is resized before; without one the image itself.
    if let edge = preprocessor["size"]?["shortest_edge"]?.count { resizeShorterSide = edge }
  }

  /// What both libraries' files call a masked autoencoder's.
  private mutating func readDecoder(_ config: JSONValue) {
    decoderHeadCount = config["decoder_num_attention_heads"]?.count
    normalizesPixels = config["norm_pix_loss"]?.flag
    maskRatio = config["mask_ratio"]?.number.flatMap { $0 > 0 && $0 < 1 ? $0 : nil }
  }

  private init(timm config: JSONValue, at place: String) throws(Failure) {
    self.init()
    readDecoder(config)
    let pretrained = config["pretrained_cfg"] ?? config
    if case .array(let labels)? = config["label_names"] ?? pretrained["label_names"] {
      classNames = labels.map { $0.string ?? "" }
    }
    mean = pretrained["mean"]?.floats
    standardDeviation = pretrained["std"]?.floats
    if case .array(let sides)? = pretrained["input_size"], sides.count == 3, let height = sides[1].count,
      let width = sides[2].count
    {
      imageSize = ImageSize(height: height, width: width)
      if let share = pretrained["crop_pct"]?.number, share > 0, share <= 1 {
        resizeShorterSide = Int(Double(min(height, width)) / share)
      }
    }
    filter = pretrained["interpolation"]?.string.flatMap { ["bilinear": .bilinear, "bicubic": .bicubic][$0] }
    switch config["global_pool"]?.string {
    case "token": pooling = .classToken
    case "avg": pooling = .mean
    case let name?:
      throw Failure(
        "the pooling '\(name)'", at: "\(place), global_pool", mend: "give an encoder with 'token' or 'avg'")
    case nil: break
    }
    if let arguments = config["model_args"] {
      headCount = arguments["num_heads"]?.count
      activation = try Self.activation(named: arguments["act_layer"], at: "\(place), model_args.act_layer")
      norm = try Self.norm(named: arguments["norm_layer"], at: "\(place), model_args.norm_layer")
    }
    guard let architecture = config["architecture"]?.string, architecture.hasPrefix("vit_") else { return }
    let name = String(architecture.dropFirst(4))
    guard !name.contains("_rpn_") else {
      throw Failure(
        "norms behind attention and MLP (\(architecture))", at: "\(place), architecture",
        mend: "give a Vision Transformer whose norms stand before them")
    }
    headCount = headCount ?? Self.timmHeads.first { name.hasPrefix($0.start) }?.heads
    // What timm's definition says without the file; those after other papers differ.
    guard !["pe_", "rope"].contains(where: { name.contains($0) }) else { return }
    epsilon = name.contains("_clip_") ? 1e-5 : 1e-6
    norm = norm ?? .layerNorm
    activation = activation ?? Self.timmActivation(name)
  }

  /// The activation of timm's `vit_…`, by its name.
  private static func timmActivation(_ name: String) -> Activation {
    func begins(with starts: [String]) -> Bool { starts.contains { name.hasPrefix($0) } }
    if begins(with: timmGated) { return .swiGLU }
    if name.contains("_clip_quickgelu_") { return .quickGELU }
    return begins(with: timmWithTanh) ? .geluTanh : .gelu
  }

  /// Heads of timm's `vit_…` by how their names go on.
  private static let timmHeads: [(start: String, heads: Int)] = [
    ("giant_patch14_dinov2", 24), ("giant_patch14_reg4_dinov2", 24), ("giant_patch14_reg1_tipsv2", 24),
    ("base_patch16_gap_", 16),
    ("base_patch16_plus_", 14), ("base_patch32_plus_", 14), ("tiny_", 3), ("small_", 6), ("medium", 8),
    ("base_", 12),
    ("large_", 16), ("huge_", 16), ("giant_", 16), ("gigantic_", 16),
  ]

  /// timm's `vit_…` whose MLPs have a gate, by how their names go on.
  private static let timmGated = [
    "giant_patch14_dinov2", "giant_patch14_reg4_dinov2", "giant_patch14_reg1_tipsv2",
  ]

  /// The same of those with the GELU of a tanh.
  private static let timmWithTanh = [
    "base_patch32_siglip_", "large_patch16_siglip_512", "large_patch16_siglip_gap_512", "giantopt_",
    "so400m_patch16_siglip_",
  ]

  private static func size(_ value: JSONValue) -> ImageSize? {
    if let side = value.count { return ImageSize(height: side, width: side) }
    guard case .array(let sides) = value, sides.count == 2, let height = sides[0].count,
      let width = sides[1].count
    else { return nil }
    return ImageSize(height: height, width: width)
  }
}

extension JSONValue {
  /// A whole number above 0 that a model may have of something.
  fileprivate var count: Int? {
    guard let number, number >= 1, number <= 16_777_216, number.rounded() == number else { return nil }
    return Int(number)
  }

  fileprivate var floats: [Float]? {
    guard case .array(let values) = self else { return nil }
    let numbers = values.compactMap(\.number).map { Float($0) }
    return numbers.count == values.count && !numbers.isEmpty ? numbers : nil
  }

  fileprivate var flag: Bool? { if case .bool(let value) = self { value } else { nil } }
}
