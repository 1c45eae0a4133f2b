/// The members of one archive joined by their keys, wherever they lie in it.
///
/// - Where a name comes again, the later member takes the place of the earlier, as tar itself has it.
/// - An image or a class whose name has further dots counts where its key has none without; of several images of that
///   kind the first.
struct ShardSamples {
  /// An image in its archive.
  struct ImageMember {
    let name: [UInt8]
    let offset: Int
    let size: Int
    fileprivate let sample: Int
  }

  /// From which member a label is; the later ones go first.
  enum LabelRank: Int { case none, json, dottedClass, plainClass }

  private struct Sample {
    var label: Int32 = -1
    var rank = LabelRank.none
    /// Places in `images`.
    var plain: [Int] = []
    var dotted: Int?
  }

  private var numbers: [ArraySlice<UInt8>: Int] = [:]
  private var samples: [Sample] = []
  private var lastKey: ArraySlice<UInt8>?
  private var lastNumber = 0
  private var images: [ImageMember?] = []
  /// What is passed over of the archive.
  private(set) var tally: PassedOverTally

  init(archive: String) { tally = PassedOverTally(prefix: archive + "#") }

  private mutating func number(of key: ArraySlice<UInt8>) -> Int {
    if key == lastKey { return lastNumber }
    let number = numbers[key] ?? samples.count
    if number == samples.count {
      numbers[key] = number
      samples.append(Sample())
    }
    (lastKey, lastNumber) = (key, number)
    return number
  }

  /// Takes an image.
  mutating func add(_ member: TarMember, _ kind: ShardMember) {
    let number = number(of: kind.key)
    let image = ImageMember(
      name: member.name, offset: member.offset, size: member.size, sample: number)
    let others = samples[number].plain + (samples[number].dotted.map { [$0] } ?? [])
    if let same = others.first(where: { images[$0]?.name == member.name }) {
      tally.add("repeated members", "the later one of a name counts", member.name)
      images[same] = nil
      if kind.isDotted {
        samples[number].dotted = images.count
      } else {
        samples[number].plain.removeAll { $0 == same }
        samples[number].plain.append(images.count)
      }
    } else if !kind.isDotted {
      samples[number].plain.append(images.count)
    } else if samples[number].dotted == nil {
      samples[number].dotted = images.count
    } else {
      return passOver(dotted: member.name)
    }
    images.append(image)
  }

  /// Whether a `.cls` member told the class of its key already.
  mutating func hasClass(_ kind: ShardMember) -> Bool { samples[number(of: kind.key)].rank == .plainClass }

  /// Takes a label; one of a higher rank, or a later one, replaces another.
  mutating func add(label: Int32, _ rank: LabelRank, _ member: TarMember, _ kind: ShardMember) {
    let number = number(of: kind.key)
    guard rank.rawValue >= samples[number].rank.rawValue else { return }
    if rank == samples[number].rank {
      tally.add("repeated members", "the later one of a name counts", member.name)
    }
    samples[number].label = label
    samples[number].rank = rank
  }

  /// Counts a member that is neither.
  mutating func passOver(_ member: TarMember, _ kind: ShardMember?) {
    switch kind?.content {
    case .unread(let ending, let reason):
      tally.add(".\(ending)", reason, member.name, isImageLike: true)
    case .other(let ending): tally.add(".\(ending)", "no image", member.name)
    default: tally.add("hidden or without extension", "no image", member.name)
    }
  }

  /// Counts links to images, which lie elsewhere.
  mutating func passOver(links: [[UInt8]]) {
    for name in links {
      tally.add(
        "links", "not followed in archives; make them with tar --dereference --hard-dereference", name,
        isImageLike: true)
    }
  }

  private mutating func passOver(dotted name: [UInt8]) {
    tally.add(
      "further images of a sample", "a key ends at the first dot; rename them", name, isImageLike: true)
  }

  /// The images that count, in the order of the archive, each with its label, −1 without one.
  mutating func resolved() -> [(image: ImageMember, label: Int32)] {
    for sample in samples where !sample.plain.isEmpty {
      guard let dotted = sample.dotted, let image = images[dotted] else { continue }
      passOver(dotted: image.name)
      images[dotted] = nil
    }
    for (key, number) in numbers
    where samples[number].rank != .none && samples[number].plain.isEmpty && samples[number].dotted == nil {
      tally.add("labels", "no image of their key", Array(key))
    }
    return images.compactMap { image in image.map { ($0, samples[$0.sample].label) } }
  }
}
