import Foundation
import Imaging
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// Encoders in other libraries' layouts: what was read from their files comes out as it was, and what is written is read
/// again. That the libraries themselves read it is shown by Scripts/golden/written.py.
struct WrittenLayoutTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let layouts = WeightLayout.all.filter(\.isWritten)

  private static func facts(_ entry: LayoutTests.Case) -> EncoderFacts {
    var facts = EncoderFacts()
    (facts.mean, facts.standardDeviation) = ([0.5], [0.25])
    guard !entry.configured else { return entry.name.hasPrefix("hf-") ? facts : EncoderFacts() }
    (facts.headCount, facts.epsilon) = (2, 1e-6)
    if entry.name != "dinov2-swiglu" { facts.activation = .gelu }
    return facts
  }

  private static func open(_ entry: LayoutTests.Case) throws -> ModelFile {
    let folder = LayoutTests.folder.appending(path: entry.name)
    let checkpoint = folder.appending(path: "checkpoint.pth")
    let isThere = FileManager.default.fileExists(atPath: checkpoint.path)
    return try ModelFile(contentsOf: isThere ? checkpoint : folder, facts: facts(entry))
  }

  private func expectEqualTensors(_ found: ModelFile, _ wanted: ModelFile, _ name: String) throws {
    // As the file holds them: positions that are added to registers have more digits in double precision.
    func floats(_ file: ModelFile, _ tensor: String) throws -> [Float] {
      try file.file.values(of: tensor).map { Float($0) }
    }
    for tensor in try wanted.encoderNames().sorted() {
      let (values, original) = (try floats(found, tensor), try floats(wanted, tensor))
      #expect(values == original, "\(name): \(tensor)")
    }
  }

  /// In F32 every bit comes back, as does all that the layout can say.
  @Test(arguments: LayoutTests.cases, layouts.map(\.name))
  func whatIsWrittenIsReadAgain(_ entry: LayoutTests.Case, _ name: String) throws {
    let layout = try #require(Self.layouts.first { $0.name == name })
    let source = try Self.open(entry)
    guard let exported = try? ExportedModel(source, as: layout) else { return }
    let place = folder(name)
    try exported.write(to: place)
    let found = try ModelFile(contentsOf: place)
    // transformers' MAE alone looks like its ViT, and facebookresearch's like timm.
    let looks = ["hf-mae": "hf-vit", "mae": "timm"]
    #expect([name, looks[name]].contains(found.origin?.layout.name), "\(entry.name)")
    var configuration = source.configuration
    // transformers has no word for pooling; Dinov2 has LayerScales of 1 where others have none.
    if name.hasPrefix("hf-") { configuration.pooling = .classToken }
    if name.hasSuffix("dinov2") { configuration.layerScale = 1e-5 }
    #expect(found.configuration == configuration, "\(entry.name) as \(name)")
    #expect(found.preprocessing == source.preprocessing, "\(entry.name) as \(name)")
    try expectEqualTensors(found, source, "\(entry.name) as \(name)")
    if found.configuration.layerScale != nil && source.configuration.layerScale == nil {
      #expect(try found.file.values(of: "blocks.0.ls1.gamma").allSatisfy { $0 == 1 })
    }
  }

  /// Which cases can be written as what; all others are refused by the name of a part.
  @Test(arguments: LayoutTests.cases) func eachIsWrittenWhereThereIsAPlace(_ entry: LayoutTests.Case) throws {
    let source = try Self.open(entry)
    var written: Set<String> = []
    for layout in Self.layouts {
      do throws(Failure) {
        _ = try ExportedModel(source, as: layout)
        written.insert(layout.name)
      } catch {
        #expect(error.problem.contains("\(layout.title) has no place for it"), "\(error)")
      }
    }
    let plain: Set = ["hf-vit", "hf-mae", "hf-dinov2"]
    let wanted: Set<String> =
      switch entry.name {
      case "timm", "dino", "moco-v3", "mae": plain.union(["timm", "mae", "dinov2"])
      case "timm-gelu-tanh", "timm-quick-gelu": plain.union(["timm"])
      case "timm-registers", "timm-placed-registers", "timm-swiglu", "timm-swiglu-apart", "dinov2",
        "dinov2-swiglu", "hf-dinov2", "hf-dinov2-registers", "hf-dinov2-swiglu":
        ["timm", "dinov2", "hf-dinov2"]
      case "hf-vit", "hf-vit-classifier", "hf-mae", "hf-vit-gelu_new", "hf-vit-quick_gelu": plain
      default: ["timm"]
      }
    #expect(written == wanted, "\(entry.name)")
  }

  /// Tensors in the layout that they came from: the same names, shapes and bits.
  @Test(
    arguments: [
      "timm", "timm-registers", "timm-placed-registers", "timm-plain", "timm-scaled", "timm-unnormed",
      "timm-entry-norm", "timm-pooled-norm", "timm-dual", "timm-swiglu", "hf-vit", "hf-dinov2",
      "hf-dinov2-registers",
      "hf-dinov2-swiglu", "dinov2", "dinov2-swiglu",
    ]) func theFileIsThatOfTheLibrary(_ name: String) throws
  {
    let source = try Self.open(try #require(LayoutTests.cases.first { $0.name == name }))
    let layout = try #require(source.origin?.layout)
    try ExportedModel(source, as: layout).write(to: folder(name))
    let found = try SafetensorsFile(contentsOf: folder(name).appending(path: "model.safetensors"))
    let wanted = try SafetensorsFile(
      contentsOf: LayoutTests.folder.appending(path: "\(name)/model.safetensors"))
    // Pooler and mask token are no part of the encoder. Registers with positions have them added, which leaves zeros;
    // this DINOv2 has no position of the class token, where what is written has one of zeros.
    let names = wanted.shapes.keys.filter { !$0.hasPrefix("pooler.") }
    let others = ["timm-placed-registers": ["pos_embed", "reg_token"], "dinov2": ["pos_embed"]][name] ?? []
    #expect(Set(found.shapes.keys) == Set(names))
    for tensor in names where !tensor.hasSuffix("mask_token") && !others.contains(tensor) {
      let (values, original) = (try found.values(of: tensor), try wanted.values(of: tensor))
      #expect(found.shapes[tensor] == wanted.shapes[tensor] && values == original, "\(tensor)")
    }
  }

  private func model(
    _ change: (inout VisionTransformerConfiguration) -> Void
  ) throws -> ModelFile {
    let model = try makeModel(
      smallConfiguration {
        ($0.patchNorm, $0.positions) = (.none, .learned)
        change(&$0)
      })
    let (url, size) = (folder("vitrail.safetensors"), model.configuration.imageSize)
    try model.write(
      to: url,
      preprocessing: Preprocessing(
        height: size.height, width: size.width, resizeShorterSide: min(size.height, size.width) + 3))
    return try ModelFile(contentsOf: url)
  }

  private func features(_ file: ModelFile) throws -> [Scalar] {
    let model = try file.makeModel()
    let grid = model.configuration.grid
    return model.features(.random([2, grid.count, grid.width], seed: 3), Tape(.evaluating)).values
  }

  /// What timm has no place for in its patch embedding, the module beside the weights has.
  @Test(arguments: [PatchNorm.pre, .post, .dual]) func patchNormsComeBack(_ patchNorm: PatchNorm) throws {
    let source = try model { $0.patchNorm = patchNorm }
    try ExportedModel(source, as: try layout("timm")).write(to: folder("timm"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder("timm").path)
    #expect(names.contains("encoder.py") == (patchNorm != .post))
    let found = try ModelFile(contentsOf: folder("timm"))
    #expect(found.configuration.patchNorm == patchNorm)
    try expectEqualTensors(found, source, "\(patchNorm)")
  }

  private func layout(_ name: String) throws -> WeightLayout {
    try #require(WeightLayout.all.first { $0.name == name })
  }

  /// Norms without parameters are written as ones and zeros, no positions as zeros, RMSNorms as such.
  @Test func whatIsLeftAwayIsWrittenOut() throws {
    let source = try model {
      $0.norm = Choice("layerNorm", options: ["affine": .bool(false)])
      ($0.positions, $0.registerCount) = (.none, 1)
    }
    try ExportedModel(source, as: try layout("timm")).write(to: folder("timm"))
    let found = try ModelFile(contentsOf: folder("timm"))
    #expect(try found.file.values(of: "blocks.1.norm2.weight").allSatisfy { $0 == 1 })
    #expect(try found.file.values(of: "pos_embed").allSatisfy { $0 == 0 })
    // The table of zeros is added, and gains of 1 are multiplied by: the same numbers.
    #expect(try features(found) == features(source))
    let scaled = try model { $0.norm = "rmsNorm" }
    try ExportedModel(scaled, as: try layout("timm")).write(to: folder("rms"))
    let second = try ModelFile(contentsOf: folder("rms"))
    #expect(second.configuration.norm == "rmsNorm")
    #expect(try features(second) == features(scaled))
  }

  /// timm has no bias there: it goes into the positions, which rounds otherwise.
  @Test func theBiasBeforeANormOfTokensGoesIntoThePositions() throws {
    let source = try model { ($0.normBeforeBlocks, $0.registerCount) = (true, 1) }
    try ExportedModel(source, as: try layout("timm")).write(to: folder("timm"))
    let file = try SafetensorsFile(contentsOf: folder("timm").appending(path: "model.safetensors"))
    #expect(file.shapes["patch_embed.proj.bias"] == nil)
    let found = try features(try ModelFile(contentsOf: folder("timm")))
    #expect(relativeError(found, to: try features(source)) <= bound(single: 2e-6, double: 1e-6))
  }

  /// A part that timm has no place for, and what gives it to an encoder.
  struct Part: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout VisionTransformerConfiguration) -> Void

    init(_ name: String, _ change: @escaping @Sendable (inout VisionTransformerConfiguration) -> Void) {
      testDescription = name
      self.change = change
    }

    static let all = [
      Part("hMLP") { ($0.stem, $0.patchSize, $0.imageHeight, $0.imageWidth) = (.hMLP, 4, 8, 8) },
      Part("'post'") { $0.placement = "post" },
      Part("parallel branches") { $0.branchCount = 2 },
      Part("rotary") { ($0.positions, $0.width, $0.headCount) = (.rotary2D, 16, 2) },
      Part("'biasNorm'") { $0.norm = "biasNorm" },
      Part("differ from each other") { $0.finalNorm = "rmsNorm" },
      Part("RMSNorms with a bias") { $0.norm = Choice("rmsNorm", options: ["bias": .bool(true)]) },
      Part("epsilon") { $0.norm = Choice("layerNorm", options: ["epsilon": .number(1e-5)]) },
      Part("last channel") { ($0.stream, $0.norm) = (.compressed, "crmsNorm") },
    ]
  }

  @Test(arguments: Part.all) func partsWithoutAPlaceAreNamed(_ part: Part) throws {
    let (source, timm) = (try model(part.change), try layout("timm"))
    let failure = try #require(throws: Failure.self) { try ExportedModel(source, as: timm) }
    #expect(failure.problem.contains(part.testDescription), "\(failure)")
    #expect(failure.remedy.contains(".onnx"))
  }

  @Test func aFolderWithFilesIsLeftAlone() throws {
    let exported = try ExportedModel(try model { _ in }, as: try layout("timm"))
    let place = folder("full")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: place.appending(path: "config.json"))
    #expect(throws: Failure.self) { try exported.write(to: place) }
    #expect(try Data(contentsOf: place.appending(path: "config.json")) == Data("mine".utf8))
  }

  /// The standard library's Float16, and the definition of bfloat16.
  @Test func numbersOf16BitsAreTheNearest() throws {
    var random = RandomStream(seed: 1, purpose: .synthetic, name: "halves")
    var numbers = (0..<20_000).map { _ in Float(random.normal()) * exp2(Float(random.uniform() * 40 - 28)) }
    // Every half-precision number, and the middle to the next.
    for bits in UInt16(0)..<0x7BFF {
      let (value, next) = (Float(Float16(bitPattern: bits)), Float(Float16(bitPattern: bits + 1)))
      numbers += [value, -value, (value + next) / 2]
    }
    numbers = numbers.filter { abs($0) < 65520 }
    let tensor = Tensor(shape: [numbers.count], values: numbers.map { Scalar($0) })
    for type in [WeightType.f16, .bf16] {
      let url = folder("halves.safetensors")
      try SafetensorsFile.write([("x", tensor)], as: type, metadata: [:], to: url)
      let file = try SafetensorsFile(contentsOf: url)
      #expect(file.type(of: "x") == type.rawValue)
      let found = try file.values(of: "x").map { Float($0) }
      let wanted = numbers.map { number in
        guard type == .bf16 else { return Float(Float16(number)) }
        let below = Float(bitPattern: number.bitPattern & 0xFFFF_0000)
        let above = Float(bitPattern: below.bitPattern + 0x1_0000)
        let (down, up) = (abs(number - below), abs(above - number))
        return down == up ? (below.bitPattern >> 16 & 1 == 0 ? below : above) : down < up ? below : above
      }
      #expect(found == wanted)
    }
  }

  @Test func whatDoesNotFitIn16BitsIsNamed() throws {
    let tensors = [("small", Tensor(shape: [1])), ("large", Tensor(shape: [1], values: [65520]))]
    let url = folder("large.safetensors")
    let failure = try #require(throws: Failure.self) {
      try SafetensorsFile.write(tensors, as: .f16, metadata: [:], to: url)
    }
    #expect(failure.problem.contains("'large'") && !FileManager.default.fileExists(atPath: url.path))
    try SafetensorsFile.write(tensors, as: .bf16, metadata: [:], to: url)
  }
}
