import Foundation
import Platform
import Tensors
import TestSupport
import Testing
import VisionTransformer

/// `Scripts/golden/pytorch_files.py` lets torch write the files and say what is in them.
@Suite("PyTorch's files")
struct PyTorchFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private struct Description: Decodable, Equatable {
    let dtype: String
    let shape: [Int]
  }

  private static func golden(_ name: String) throws -> URL {
    try GoldenFile.url("weights", in: .module).appending(path: name)
  }

  @Test(
    "hold what torch reads in them, to the bit",
    arguments: [
      "flat", "checkpoint", "parameters", "floats", "numbers", "views", "protocol3", "protocol4", "protocol5",
      "unchecked", "rezipped", "zip64",
    ])
  func areRead(_ name: String) throws {
    let url = try Self.golden("\(name).pth")
    #expect(PyTorchFile.isOne(try Data(contentsOf: url)))
    let file = try PyTorchFile(contentsOf: url)
    let described = try JSONDecoder().decode(
      [String: [String: Description]].self, from: Data(contentsOf: Self.golden("expected.json")))
    let found = file.entries.mapValues { Description(dtype: $0.dtype, shape: $0.shape) }
    #expect(found == described[name])
    let expected = try SafetensorsFile(contentsOf: Self.golden("expected.safetensors"))
    for (path, entry) in file.entries where ["F32", "F64", "F16", "BF16"].contains(entry.dtype) {
      let values = try file.values(path).map { Float($0).bitPattern }
      let wanted = try expected.values("\(name)/\(path)", shape: entry.shape).map { Float($0).bitPattern }
      #expect(values == wanted, "\(path)")
    }
  }

  @Test func numbersOfOtherTypesAreNamed() throws {
    let file = try PyTorchFile(contentsOf: Self.golden("numbers.pth"))
    for (name, entry) in file.entries {
      let failure = try #require(throws: Failure.self) { try file.values(name) }
      #expect(failure.problem.contains(name) && failure.problem.contains(entry.dtype))
    }
  }

  @Test func aMissingTensorIsNamedWithTheNearest() throws {
    let file = try PyTorchFile(contentsOf: Self.golden("flat.pth"))
    let failure = try #require(throws: Failure.self) { try file.values("0.wieght") }
    #expect(failure.problem.contains("0.wieght") && failure.remedy.contains("0.weight"))
  }

  @Test func everyShorterFileIsRefused() throws {
    let data = try Data(contentsOf: Self.golden("parameters.pth"))
    let url = folder("short.pth")
    for count in 0..<data.count {
      try data.prefix(count).write(to: url)
      let failure = try #require(throws: Failure.self) { try PyTorchFile(contentsOf: url) }
      #expect(failure.place == url.path && !failure.problem.isEmpty && !failure.remedy.isEmpty)
    }
  }

  /// One to three bytes changed, and the pickle's checksum left out: whatever opens can be read.
  @Test(arguments: ["checkpoint.pth", "views.pth", "protocol4.pth"])
  func damageNeverCrashes(_ name: String) throws {
    var data = try Data(contentsOf: Self.golden(name))
    let entry = try #require(data.range(of: Data(bytes(0x0201_4B50, 4))))
    data.replaceSubrange(entry.lowerBound + 16..<entry.lowerBound + 20, with: [0, 0, 0, 0])
    let url = folder("damaged.pth")
    var random = RandomStream(seed: 1, purpose: .synthetic)
    var refused = 0
    for _ in 0..<1_500 {
      var damaged = data
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        damaged[Int.random(in: 0..<data.count, using: &random)] = UInt8.random(
          in: .min ... .max, using: &random)
      }
      try damaged.write(to: url)
      do throws(Failure) {
        let file = try PyTorchFile(contentsOf: url)
        for (name, entry) in file.entries where ["F32", "F64", "F16", "BF16"].contains(entry.dtype) {
          #expect(try file.values(name).count == entry.shape.reduce(1, *))
        }
      } catch {
        #expect(error.place == url.path)
        refused += 1
      }
    }
    #expect(refused > 300 && refused < 1_500)
  }

  @Test func aDamagedPickleIsFoundByItsChecksum() throws {
    var data = try Data(contentsOf: Self.golden("flat.pth"))
    let name = try #require(data.range(of: Data("weight".utf8)))
    data[name.lowerBound] = UInt8(ascii: "v")
    let url = folder("damaged.pth")
    try data.write(to: url)
    let failure = try #require(throws: Failure.self) { try PyTorchFile(contentsOf: url) }
    #expect(failure.problem.contains("checksum"))
  }

  @Test func otherArchivesAreNamed() throws {
    func failure(_ zip: ZipBytes) throws -> Failure {
      let url = folder("other.pth")
      try zip.data.write(to: url)
      return try #require(throws: Failure.self) { try PyTorchFile(contentsOf: url) }
    }
    let pickle = Pickle.of(Pickle.dictionary([("w", Pickle.tensor())]))
    for name in ["top/constants.pkl", "top/code/__torch__.py"] {
      let script = try failure(pyTorchArchive(pickle, others: [.init(name, [])]))
      #expect(script.problem.contains("TorchScript") && script.remedy.contains("state_dict"))
    }
    #expect(try failure(pyTorchArchive(pickle, byteOrder: "big")).problem.contains("big-endian"))
    #expect(try failure(ZipBytes([.init("top/data/0", [])])).problem.contains("0 pickles"))
    let two = pyTorchArchive(pickle, others: [.init("pot/data.pkl", pickle)])
    #expect(try failure(two).problem.contains("2 pickles"))
    #expect(try failure(ZipBytes([.init("arr_0.npy", [1])])).problem.contains("npz"))
    let lone = pyTorchArchive(Pickle.of(Pickle.tensor()))
    #expect(try failure(lone).problem.contains("no name"))
  }

  @Test func otherFilesAreNamed() throws {
    let older = try folder.write(
      "older.pth",
      Data([0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]))
    let failure = try #require(throws: Failure.self) { try PyTorchFile(contentsOf: older) }
    #expect(failure.problem.contains("before version 1.6") && failure.remedy.contains("weights_only=True"))
    let text = try folder.write("text.pth", "weights")
    let other = try #require(throws: Failure.self) { try PyTorchFile(contentsOf: text) }
    #expect(other.problem.contains("not a PyTorch file"))
    #expect(throws: Failure.self) { try PyTorchFile(contentsOf: folder("missing.pth")) }
    #expect(throws: Failure.self) { try PyTorchFile(contentsOf: folder.url) }
    let pipe = folder("pipe.pth")
    try #require(mkfifo(pipe.path, 0o600) == 0)
    let endless = try #require(throws: Failure.self) { try PyTorchFile(contentsOf: pipe) }
    #expect(endless.problem.contains("not a regular file"))
  }

  struct Lie: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let tensor: [UInt8]

    init(_ what: String, _ tensor: [UInt8]) { (testDescription, self.tensor) = (what, tensor) }

    static let all: [Lie] = [
      Lie("a storage that is not there", Pickle.tensor(Pickle.storage("1"))),
      Lie("a storage outside of the archive's folder", Pickle.tensor(Pickle.storage("../0"))),
      Lie("a storage larger than its member", Pickle.tensor(Pickle.storage(count: 5))),
      Lie("a storage of −1 numbers", Pickle.tensor(Pickle.storage(count: -1), shape: [0])),
      Lie("a storage whose size overflows", Pickle.tensor(Pickle.storage(count: 1 << 62))),
      Lie("a storage whose size overflows to 16", Pickle.tensor(Pickle.storage(count: 1 << 62 | 4))),
      Lie("more elements than the storage", Pickle.tensor(shape: [5])),
      Lie("an offset behind the storage", Pickle.tensor(offset: 1)),
      Lie("a negative offset", Pickle.tensor(offset: -1)),
      Lie("an offset that overflows", Pickle.tensor(offset: .max)),
      Lie("a negative length", Pickle.tensor(shape: [-4])),
      Lie("two negative lengths", Pickle.tensor(shape: [-2, -2], strides: [1, 1])),
      Lie("a negative stride", Pickle.tensor(offset: 3, strides: [-1])),
      Lie("a stride that leaves the storage", Pickle.tensor(shape: [2], strides: [4])),
      Lie("a stride that overflows", Pickle.tensor(shape: [3], strides: [.max])),
      Lie("strides whose sum overflows", Pickle.tensor(shape: [2, 2], strides: [.max, .max])),
      Lie("a stride of the least number", Pickle.tensor(strides: [.min])),
      Lie("lengths whose product overflows", Pickle.tensor(shape: [1 << 62, 4], strides: [0, 0])),
      Lie(
        "lengths whose product overflows before a 0",
        Pickle.tensor(shape: [1 << 62, 4, 0], strides: [0, 0, 0])),
      Lie("more axes than strides", Pickle.tensor(shape: [2, 2])),
      Lie("an expanded tensor larger than the file", Pickle.tensor(shape: [5_000], strides: [0])),
      Lie("an expanded tensor of 2⁶⁰ elements", Pickle.tensor(shape: [1 << 60], strides: [0])),
      Lie(
        "65 axes",
        Pickle.tensor(shape: .init(repeating: 1, count: 65), strides: .init(repeating: 1, count: 65))),
    ]
  }

  @Test("whose tensors do not lie in their bytes are refused", arguments: Lie.all)
  func isRefused(_ lie: Lie) throws {
    let url = folder("lie.pth")
    try pyTorchArchive(Pickle.of(Pickle.dictionary([("w", lie.tensor)]))).data.write(to: url)
    let failure = try #require(throws: Failure.self) { try PyTorchFile(contentsOf: url) }
    #expect(failure.place == url.path && failure.problem.contains("tensor"), "\(failure)")
  }

  @Test func tensorsAtTheEdgeOfTheirBytesAreRead() throws {
    let url = folder("edge.pth")
    let floats = [1, 2, 3, 4].flatMap { bytes(UInt64(Float($0).bitPattern), 4) }
    try pyTorchArchive(
      Pickle.of(
        Pickle.dictionary([
          ("all", Pickle.tensor()), ("last", Pickle.tensor(offset: 3, shape: [], strides: [])),
          ("steps", Pickle.tensor(offset: 1, shape: [2], strides: [2])),
          ("same", Pickle.tensor(offset: 3, shape: [2, 3], strides: [0, 0])),
          ("wide", Pickle.tensor(offset: 1, shape: [1, 2, 1], strides: [.max, 1, .max])),
          ("nothing", Pickle.tensor(offset: .max, shape: [0, 1 << 60], strides: [.max, .max])),
          ("turned", Pickle.tensor(shape: [2, 2], strides: [1, 2])),
        ])), storages: [("0", floats)]
    ).data.write(to: url)
    let file = try PyTorchFile(contentsOf: url)
    let wanted: [String: [Scalar]] = [
      "all": [1, 2, 3, 4], "last": [4], "steps": [2, 4], "same": [4, 4, 4, 4, 4, 4], "wide": [2, 3],
      "nothing": [], "turned": [1, 3, 2, 4],
    ]
    #expect(Set(file.entries.keys) == Set(wanted.keys))
    for (name, values) in wanted { #expect(try file.values(name) == values, "\(name)") }
  }
}
