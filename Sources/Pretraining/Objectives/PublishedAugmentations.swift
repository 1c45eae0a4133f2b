import Platform
import VisionTransformer

/// The augmentations that objectives which compare views are published with, on images of 96 pixels and more; below, what
/// the same authors take for CIFAR: no blur, and no crops below a fifth.
enum PublishedAugmentations {
  /// SimCLR (Chen et al., 2020, appendix A): strength 1, on small images ½.
  static func simCLR(_ model: VisionTransformerConfiguration) -> [Choice] {
    let strength = isSmall(model) ? 0.5 : 1.0
    return view(
      model, scale: isSmall(model) ? 0.2 : 0.08, jitter: [0.8, 0.8, 0.8, 0.2].map { $0 * strength }, blur: 0.5
    )
  }

  /// A view: crop, flip, jitter, gray, blur, solarisation, as far as the image has colours.
  static func view(
    _ model: VisionTransformerConfiguration, scale: Double, to largest: Double = 1,
    filter: String = "bilinear",
    jitter: [Double],
    blur: Double, solarize: Double = 0
  ) -> [Choice] {
    var choices: [Choice] = [
      Choice(
        "randomResizedCrop",
        options: ["scale": .array([.number(scale), .number(largest)]), "filter": .string(filter)]),
      "horizontalFlip",
    ]
    if model.channels == 3 || model.channels == 1 {
      choices.append(
        Choice(
          "colorJitter",
          options: [
            "probability": .number(0.8), "brightness": .number(jitter[0]), "contrast": .number(jitter[1]),
            "saturation": .number(model.channels == 3 ? jitter[2] : 0),
            "hue": .number(model.channels == 3 ? jitter[3] : 0),
          ]))
    }
    if model.channels == 3 { choices.append(Choice("grayscale", options: ["probability": .number(0.2)])) }
    if blur > 0 && !isSmall(model) {
      choices.append(Choice("gaussianBlur", options: ["probability": .number(blur)]))
    }
    if solarize > 0 { choices.append(Choice("solarize", options: ["probability": .number(solarize)])) }
    return choices
  }

  static func isSmall(_ model: VisionTransformerConfiguration) -> Bool {
    max(model.imageSize.height, model.imageSize.width) < 96
  }
}
