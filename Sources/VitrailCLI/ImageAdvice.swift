import Datasets
import Platform
import Pretraining

/// What a recipe will make of the images of a set, and what would suit them better.
struct ImageAdvice {
  let glance: ImageGlance
  let recipe: Recipe

  /// Sizes, channels and depth: `28×28, gray, 8 bits`; nil when no image could be read.
  var summary: String? {
    guard let low = glance.shorterSides.first, let high = glance.shorterSides.last else { return nil }
    let isOneSize = glance.widths.first == glance.widths.last && glance.heights.first == glance.heights.last
    let sizes =
      isOneSize
      ? "\(glance.widths[0])×\(glance.heights[0])"
      : "shorter side \(low == high ? "\(low)" : "\(low) to \(high)"), \(median) in the middle"
    let kinds = glance.channels.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.map {
      Self.name(channels: $0.key)
    }
    let depths = glance.depths.keys.sorted().map { "\($0)" }.joined(separator: " and ")
    return "\(sizes), \(kinds.joined(separator: " and "))\(depths.isEmpty ? "" : ", \(depths) bits")"
  }

  /// What the model reads: `224×224 RGB`.
  var input: String {
    let model = recipe.model
    return "\(model.imageSize.height)×\(model.imageSize.width) \(Self.name(channels: model.channels))"
  }

  /// A sentence for each setting that does not suit the images, with the better one.
  var lines: [String] { [size, channels, brightness, damage].compactMap(\.self) }

  private var median: Int { glance.shorterSides[glance.shorterSides.count / 2] }

  private static func name(channels: Int) -> String {
    switch channels {
    case 1: "gray"
    case 3: "RGB"
    default: "\(channels) channels"
    }
  }

  /// Images that are enlarged by half and more: their pixels are invented, and cost time.
  private var size: String? {
    guard !glance.shorterSides.isEmpty else { return nil }
    let wanted = min(recipe.model.imageSize.height, recipe.model.imageSize.width)
    guard median >= 8, 2 * wanted >= 3 * median else { return nil }
    let side = median / 4 * 4
    // About seven patches across, as the recipes for 28 pixels have four to seven.
    let divisors = (2...side / 2).filter { side % $0 == 0 }
    func distance(_ patch: Int) -> Int { abs(side - 7 * patch) }
    let patch = divisors.min { distance($0) < distance($1) } ?? 4
    return
      "images of about \(median) pixels are enlarged to \(input): --set model.imageSize=\(side) --set model.patchSize=\(patch) "
      + "is many times as fast and loses nothing"
  }

  private var channels: String? {
    let total = glance.channels.values.reduce(0, +)
    guard total > 0 else { return nil }
    if recipe.model.channels == 3, glance.channels[1] == total {
      return "gray images are copied into three channels: --set model.channels=1 reads them as they are"
    }
    if recipe.model.channels == 1, let coloured = glance.channels[3], coloured > 0 {
      return "\(coloured) of \(total) images have colours, which a model of one channel does not see: "
        + "--set model.channels=3 keeps them"
    }
    return nil
  }

  /// Values that the normalisation leaves far from mean 0 and deviation 1.
  private var brightness: String? {
    guard let mean = glance.mean, let deviation = glance.standardDeviation, deviation > 0 else { return nil }
    let normalization = recipe.data.preprocessing(for: recipe.model)
    let wanted = normalization.mean.reduce(0) { $0 + Double($1) } / Double(normalization.mean.count)
    let unit =
      normalization.standardDeviation.reduce(0) { $0 + Double($1) }
      / Double(normalization.standardDeviation.count)
    let isOff = abs(mean - wanted) > unit || deviation < unit / 4 || deviation > unit * 4
    guard isOff, recipe.data.mean != .auto || recipe.data.standardDeviation != .auto else { return nil }
    let depth = glance.depths.count == 1 ? glance.depths.keys.first.map { "\($0)-bit " } ?? "" : ""
    return
      "\(depth)images with mean \(fixed(mean, 3)) and deviation \(fixed(deviation, 3)) are normalised by "
      + "\(fixed(wanted, 3)) and \(fixed(unit, 3)): --set data.mean=auto --set data.standardDeviation=auto is better"
  }

  private var damage: String? {
    guard glance.unreadable > 0 else { return nil }
    return "\(glance.unreadable) of \(glance.images) images that were looked at cannot be read: "
      + "the run skips them and lists them in bad-images.txt"
  }
}
