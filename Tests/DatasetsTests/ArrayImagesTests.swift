import Datasets
import Foundation
import Imaging
import Platform
import Testing

/// Arrays that Scripts/golden/arrays.py wrote with NumPy.
@Suite struct ArrayImagesTests {
  struct Kind: Decodable, CustomTestStringConvertible {
    let name: String
    let channels: Int
    let samples: Data
    var testDescription: String { name }
  }

  struct Refusal: Decodable, CustomTestStringConvertible {
    let name, line, type: String
    let shape: [Int]
    var testDescription: String { name }
  }

  private struct All: Decodable {
    let kinds: [Kind]
    let labels: [String: [Int]]
    let refusals: [Refusal]
  }

  private static func all() throws -> All { try Golden.decoded("arrays/arrays.json") }
  static let kinds = (try? all().kinds) ?? []
  static let refusals = (try? all().refusals) ?? []

  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  @Test func thereIsAnArrayOfEachKind() throws {
    #expect(Self.kinds.count == 5 * 3 + 4 && Self.refusals.count == 10)
  }

  @Test(arguments: kinds) func samplesAreNumPys(_ kind: Kind) throws {
    let path = try Golden.path("arrays/\(kind.name).npy")
    let source = try ImageSources.open(path)
    #expect(ImageSources.kind(of: source) == "array" && source.count == 3 && source.classNames.isEmpty)
    let size = kind.samples.count / 3
    var options = DecodeOptions()
    options.keepsStoredValues = true
    for index in 0..<3 {
      let image = try source.image(at: index, options: options)
      #expect((image.width, image.height, image.channels) == (6, 7, kind.channels))
      // Golden bytes begin with the least, as this machine's do.
      let wanted = kind.samples[index * size..<(index + 1) * size]
      image.samples.withUnsafeBytes { #expect(Data($0) == wanted, "image \(index)") }
      #expect(source.location(of: index) == "\(path)#\(index)" && source.label(of: index) == nil)
      #expect(source.files(of: index) == [path])
    }
  }

  @Test func floatsAreFractionsOfTheRange() throws {
    let values: [Float] = [-1, 0, 0.25, 3, .nan, .infinity, 1e-30, 7]
    try workspace.write(npy(shape: [1, 2, 2, 2], values: values), to: "set.npy")
    let source = try ImageSources.open(workspace.path("set.npy"))
    func samples(_ range: SampleRange?) throws -> [Float] {
      var options = DecodeOptions()
      options.range = range
      return try source.image(at: 0, options: options).samples.unitValues
    }
    #expect(try samples(nil) == [-1, 0, 0.25, 3, 0, 0, 1e-30, 7])
    #expect(try samples(SampleRange(low: -1, high: 3)) == [0, 0.25, 0.3125, 1, 0, 0, 0.25, 2])
    let pairs = SampleRange([.init(low: -1, high: 0), .init(low: 0, high: 4)])
    #expect(try samples(pairs) == [0, 0, 1.25, 0.75, 0, 0, 1, 1.75])
    let three = SampleRange(Array(repeating: .init(low: 0, high: 2), count: 3))
    #expect(try failure { _ = try samples(three) }.problem.contains("3 pairs"))
  }

  @Test func aFourthChannelIsNoAlpha() throws {
    try workspace.write(npy(shape: [1, 2, 3, 4]), to: "set.npy")
    let image = try ImageSources.open(workspace.path("set.npy")).image(at: 0)
    #expect(image.channels == 4 && image.pixels == (0..<24).map { UInt8($0 * 7) })
  }

  @Test func labelsOfEveryWholeType() throws {
    try workspace.write(npy(shape: [5, 2, 6]), to: "set.npy")
    for (type, numbers) in try Self.all().labels {
      try workspace.write(try Golden.bytes("arrays/labels-of-\(type).npy"), to: "labels.npy")
      let source = try ImageSources.open(workspace.path("set.npy"))
      #expect(source.classNames == ["2", "7", "110"], "\(type)")
      let found = (0..<5).map { source.label(of: $0).flatMap { Int(source.classNames[$0]) } }
      #expect(found == numbers.map { $0 < 0 ? nil : $0 }, "\(type)")
    }
    // Those that are named after the array count before those of the folder.
    try workspace.write(npy(shape: [5]), to: "set-labels.npy")
    #expect(
      try ImageSources.open(workspace.path("set.npy")).classNames == ["0", "7", "14", "21", "28"])
  }

  @Test(arguments: [
    (npy(shape: [4]), "4 labels for 5 images", "put the labels"),
    (npy(shape: [5, 1]), "labels of 5×1", "a[:, 0]"), (npy(shape: [5, 3]), "labels of 5×3", "a.argmax(1)"),
    (npy(shape: [5], type: "<f4", elementSize: 4), "type float32", "a.astype(np.int64)"),
    (npy(shape: [5], type: "|b1"), "type bool", "a.astype(np.int64)"),
    (
      npy("{'descr': '|i1', 'fortran_order': False, 'shape': (5,)}", [0, 1, 254, 0, 0]),
      "the label -2 of image 2", "−1"
    ),
    (npy(shape: [5]).dropLast(), "damaged NumPy file", "numpy.save"),
  ]) func refusesLabels(_ labels: [UInt8], problem: String, remedy: String) throws {
    try workspace.write(npy(shape: [5, 2, 6]), to: "set.npy")
    try workspace.write(labels, to: "labels.npy")
    let found = try failure { _ = try ImageSources.open(workspace.path("set.npy")) }
    #expect(found.problem.contains(problem) && found.remedy.contains(remedy), "\(found)")
    #expect(found.place == workspace.path("labels.npy"))
  }

  @Test(arguments: refusals) func refusedArraysAreMendedByTheLineThatIsGiven(_ refusal: Refusal) throws {
    let path = try Golden.path("arrays/\(refusal.name).npy")
    let found = try failure { _ = try ImageSources.open(path) }
    #expect(found.place == path && found.remedy.hasSuffix(": " + refusal.line), "\(found)")
    let mended = try ImageSources.open(try Golden.path("arrays/\(refusal.name)-mended.npy"))
    #expect(mended.count == refusal.shape[0])
    let image = try mended.image(at: 0)
    #expect([image.height, image.width] == Array(refusal.shape[1...2]))
  }

  @Test(arguments: [
    ("complex", "type <c8"), ("text", "type <U2"), ("axes", "5 axes, 1×1×3×7×6"),
    ("empty", "0×7×6, which holds nothing"),
  ]) func refusesOtherArrays(_ name: String, problem: String) throws {
    let found = try failure { _ = try ImageSources.open(try Golden.path("arrays/\(name).npy")) }
    #expect(found.problem.contains(problem) && found.remedy.contains("save"), "\(found)")
  }

  /// The axes, and the size and the channels that are taken from them; nil where they are refused.
  @Test(
    arguments: [
      ([2, 6, 5], [6, 5, 1]), ([2, 6, 4], nil), ([2, 1, 5], [1, 5, 1]),
      ([2, 6, 7, 1], [6, 7, 1]), ([2, 6, 7, 4], [6, 7, 4]), ([2, 3, 3, 3], [3, 3, 3]),
      ([2, 1, 9, 3], [1, 9, 3]),
      ([2, 3, 6, 7], [6, 7, 3]), ([2, 1, 6, 5], [6, 5, 1]), ([2, 5, 6, 7], [6, 7, 5]),
      ([2, 6, 6, 7], [6, 6, 7]), ([2, 7, 6, 5], [7, 6, 5]), ([1, 64, 65, 66], [65, 66, 64]),
      ([1, 65, 66, 64], [65, 66, 64]), ([1, 65, 66, 67], nil), ([9], nil), ([], nil), ([1, 1, 1, 1, 1], nil),
    ] as [([Int], [Int]?)]) func theAxesAreToldApart(_ shape: [Int], wanted: [Int]?) throws
  {
    try workspace.write(npy(shape: shape), to: "set.npy")
    func size() throws -> [Int] {
      let image = try ImageSources.open(workspace.path("set.npy")).image(at: 0)
      return [image.height, image.width, image.channels]
    }
    guard let wanted else {
      let found = try failure { _ = try size() }
      #expect(found.problem.hasPrefix("an array of"), "\(found)")
      return
    }
    #expect(try size() == wanted)
  }

  @Test func limitsHoldBeforeAnythingIsRead() throws {
    try workspace.write(npy(shape: [1, 6, 7]), to: "set.npy")
    let source = try ImageSources.open(workspace.path("set.npy"))
    #expect(try source.image(at: 0, options: DecodeOptions(maximumPixels: 42)).pixels.count == 42)
    #expect(
      try failure { _ = try source.image(at: 0, options: DecodeOptions(maximumPixels: 41)) }.problem
        .contains("6 pixels, above the limit"))
  }

  @Test func theContentDecides() throws {
    try workspace.write(npy(shape: [1, 6, 7]), to: "set.bin")
    #expect(try ImageSources.open(workspace.path("set.bin")) is ArrayImages)
    try workspace.write(Array("no array at all".utf8), to: "set.npy")
    #expect(
      try failure { _ = try ImageSources.open(workspace.path("set.npy")) }.problem
        .contains("starts with bytes 110 111"))
    try workspace.write(Array("PK".utf8), to: "set.npz")
    #expect(
      try failure { _ = try ImageSources.open(workspace.path("set.npz")) }.remedy
        .contains("a = np.load(\"set.npz\"); np.save(\"set.npy\", a[\"images\"])"))
    try workspace.write(Array("text".utf8), to: "set.dat")
    #expect(
      try failure { _ = try ImageSources.open(workspace.path("set.dat")) }.problem.contains("not a set"))
  }
}
