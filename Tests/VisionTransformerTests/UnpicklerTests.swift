import Foundation
import Platform
import TestSupport
import Testing
import VisionTransformer

/// A pickle is a program: what it may ask for is on a list, and what it makes has its bounds.
@Suite("Hostile pickles")
struct UnpicklerTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  struct Example: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let pickle: [UInt8]
    /// What the failure says.
    let words: String

    init(_ what: String, _ value: [UInt8], says words: String = "pickle") {
      (testDescription, pickle, self.words) = (what, Pickle.of(value), words)
    }

    init(_ what: String, whole pickle: [UInt8], says words: String = "pickle") {
      (testDescription, self.pickle, self.words) = (what, pickle, words)
    }

    private static func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

    static let code: [Example] = [
      Example("system", Pickle.call("posix", "system", [Pickle.text("true")]), says: "posix.system"),
      Example("eval", Pickle.call("__builtin__", "eval", [Pickle.text("1")]), says: "__builtin__.eval"),
      Example("getattr", Pickle.global("builtins", "getattr"), says: "builtins.getattr"),
      Example("a namespace", Pickle.call("argparse", "Namespace", []), says: "argparse.Namespace"),
      Example("a partial", Pickle.global("functools", "partial"), says: "functools.partial"),
      Example("a module of torch", Pickle.global("torch.nn.modules.linear", "Linear"), says: "linear.Linear"),
      Example("torch.load", Pickle.global("torch", "load"), says: "torch.load"),
      Example(
        "a storage in the pickle", Pickle.global("torch.storage", "_load_from_bytes"),
        says: "_load_from_bytes"),
      Example("a quantized storage", Pickle.global("torch", "QInt8Storage"), says: "QInt8Storage"),
      Example(
        "a global from the stack", Pickle.text("os") + Pickle.text("system") + [0x93], says: "os.system"),
      Example("an instance", ascii("(ios\nsystem\n"), says: "os.system"),
      Example("a name of two lines", ascii("ctorch\nSize\u{0}\n"), says: "torch.Size"),
    ]

    static let damaged: [Example] = [
      Example("nothing", whole: []), Example("a protocol alone", whole: [0x80]),
      Example("no protocol", whole: ascii("}.")), Example("protocol 1", whole: [0x80, 1] + ascii("}.")),
      Example("protocol 6", whole: [0x80, 6] + ascii("}.")),
      Example("no end", whole: [0x80, 2] + ascii("}")),
      Example("no value", []), Example("two values", ascii("}}")), Example("an open mark", ascii("}(")),
      Example("no mark", ascii("}t")), Example("pairs of one", ascii("}(Nu")),
      Example("an item of two", ascii("}Ns")),
      Example("values from before a mark", ascii("NN(\u{86}")), Example("an append to nothing", ascii("Na")),
      Example("an append to a dictionary", ascii("}Na")), Example("pairs for a list", ascii("](NNu")),
      Example("items for a tuple", ascii(")(Ne")),
      Example("items of a set for a list", ascii("](N") + [0x90]),
      Example("a call of a text", Pickle.text("os") + ascii(")R")),
      Example("a call without a tuple", Pickle.global("torch", "Size") + ascii("NR")),
      Example("a call of a type", Pickle.call("torch", "float32", [])),
      Example("a call of a storage", Pickle.call("torch", "FloatStorage", [])),
      Example("an ordered dictionary of items", Pickle.call("collections", "OrderedDict", [ascii("]")])),
      Example("a size of nothing", Pickle.call("torch", "Size", [])),
      Example("a size of a list", Pickle.call("torch", "Size", [ascii("]")])),
      Example("a parameter of nothing", Pickle.call("torch._utils", "_rebuild_parameter", [])),
      Example("a parameter of a text", Pickle.call("torch._utils", "_rebuild_parameter", [Pickle.text("w")])),
      Example("a tensor of nothing", Pickle.call("torch._utils", "_rebuild_tensor_v2", [])),
      Example(
        "a tensor of texts",
        Pickle.call("torch._utils", "_rebuild_tensor_v2", .init(repeating: Pickle.text("w"), count: 6))),
      Example(
        "a tensor without a type",
        Pickle.call(
          "torch._utils", "_rebuild_tensor_v3",
          [Pickle.storage(), [0x4B, 0], Pickle.empty, Pickle.empty, [0x89], [0x7D], [0x4E]])),
      Example(
        "a length of 2⁶³", Pickle.tensor(shape: []) + Pickle.tuple([[0x8A, 9] + bytes(1 << 63, 8) + [0]])),
      Example("a storage that is a text", Pickle.text("0") + ascii("Q")),
      Example("a storage of four parts", Pickle.tuple([1, 2, 3, 4]) + ascii("Q")),
      Example(
        "a module instead of a storage",
        Pickle.tuple([Pickle.text("module"), [0x4E], [0x4E], [0x4E], [0x4E]]) + ascii("Q")),
      Example("a state for a list", ascii("]}b")), Example("a state for nothing", ascii("}b")),
      Example("a value that was not kept", ascii("h\u{0}")),
      Example("one of 2³²", ascii("j") + [255, 255, 255, 255]),
      Example("a value kept of nothing", ascii("q\u{0}")),
      Example("a text longer than the pickle", ascii("X") + [255, 255, 255, 255]),
      Example("a text of 2⁶³ bytes", [0x8D] + bytes(1 << 63, 8)),
      Example("bytes of 2⁶⁴ − 1 bytes", [0x8E] + bytes(.max, 8)),
      Example("a byte array of 2⁶² bytes", [0x96] + bytes(1 << 62, 8)),
      Example("a number of 2³¹ bytes", [0x8B] + bytes(1 << 31, 4)),
      Example("a line without an end", ascii("ctorch")),
      Example("a line that is not UTF-8", [0x63, 0xFF, 0x0A, 0x0A]),
      Example("a global of numbers", [0x4B, 1, 0x4B, 1, 0x93]),
      Example("an object of a class", Pickle.global("torch", "Size") + Pickle.empty + [0x81], says: "0x81"),
      Example("an extension", [0x82, 1], says: "0x82"),
      Example("a buffer from elsewhere", [0x97], says: "0x97"),
      Example("protocol 0's numbers", ascii("I1\n"), says: "0x49"),
      Example("a protocol in the middle", [0x80, 2] + ascii("}"), says: "0x80"),
      Example("an unknown opcode", [0xFF], says: "0xff"),
    ]

    static let structures: [Example] = [
      Example("a list that holds itself", ascii("]q\u{0}h\u{0}a"), says: "holds itself"),
      Example(
        "a dictionary that holds itself", ascii("}q\u{0}") + Pickle.text("k") + ascii("h\u{0}s"),
        says: "holds itself"),
      Example("two lists that hold each other", ascii("]q\u{0}]q\u{1}h\u{0}aa"), says: "holds itself"),
      Example(
        "tuples, each in the next", Pickle.empty + [UInt8](repeating: 0x85, count: 20_000), says: "64 deep"),
      Example(
        "a tensor 65 deep", Pickle.tensor() + [UInt8](repeating: 0x85, count: 65), says: "64 deep"),
      Example(
        "one tensor, doubled sixty times", doubled(Pickle.tensor(), 60), says: "names more tensors"),
      Example(
        "two tensors of one name",
        Pickle.dictionary([("a.b", Pickle.tensor()), ("a", Pickle.dictionary([("b", Pickle.tensor())]))]),
        says: "two tensors 'a.b'"),
      Example(
        "a key twice", Pickle.dictionary([("a", Pickle.tensor()), ("a", Pickle.tensor())]),
        says: "two tensors 'a'"),
      Example(
        "a key of a kilobyte", Pickle.dictionary([(String(repeating: "k", count: 1025), Pickle.tensor())]),
        says: "1025 bytes"),
      Example(
        "a key that is not UTF-8", ascii("}") + [0x8C, 1, 0xFF] + Pickle.tensor() + ascii("s"),
        says: "not UTF-8"),
      Example(
        "long names of a doubled tensor",
        ascii("}") + Pickle.text(String(repeating: "k", count: 1000)) + doubled(Pickle.tensor(), 16)
          + ascii("s"),
        says: "names more tensors"),
      // 400,000 values kept, each a byte of the pickle.
      Example(
        "one value kept again and again", ascii("}") + [UInt8](repeating: 0x94, count: 400_000),
        says: "makes more values"),
      Example("lists without end", [UInt8](repeating: 0x5D, count: 400_000), says: "makes more values"),
      Example("marks without end", [UInt8](repeating: 0x28, count: 1_200_000), says: "makes more values"),
    ]

    /// A value in a tuple with itself, that in one with itself, ….
    static func doubled(_ value: [UInt8], _ times: Int) -> [UInt8] {
      value + (0..<times).flatMap { [0x71, UInt8($0), 0x68, UInt8($0), 0x86] }
    }
  }

  private func open(_ pickle: [UInt8]) throws -> PyTorchFile {
    let url = folder("a.pth")
    try pyTorchArchive(pickle).data.write(to: url)
    return try PyTorchFile(contentsOf: url)
  }

  @Test("that ask for code are refused by its name", arguments: Example.code)
  func code(_ example: Example) throws {
    let failure = try #require(throws: Failure.self) { try open(example.pickle) }
    #expect(failure.problem.contains(example.words), "\(failure)")
    #expect(failure.remedy.contains("state_dict"))
  }

  @Test("that are damaged are refused", arguments: Example.damaged)
  func damaged(_ example: Example) throws {
    let failure = try #require(throws: Failure.self) { try open(example.pickle) }
    #expect(failure.problem.contains(example.words), "\(failure)")
    #expect(failure.place == folder("a.pth").path && !failure.remedy.isEmpty)
  }

  @Test("that grow without end are refused", arguments: Example.structures)
  func structures(_ example: Example) throws {
    let failure = try #require(throws: Failure.self) { try open(example.pickle) }
    #expect(failure.problem.contains(example.words), "\(failure)")
  }

  /// In a file of 20 MB, which may have that many names.
  @Test func moreThanAHundredThousandTensorsAreRefused() throws {
    let url = folder("large.pth")
    let pickle = Pickle.of(Example.doubled(Pickle.tensor(), 17))
    try pyTorchArchive(pickle, storages: [("0", [UInt8](repeating: 0, count: 20_000_000))]).data.write(
      to: url)
    let failure = try #require(throws: Failure.self) { try PyTorchFile(contentsOf: url) }
    #expect(failure.problem.contains("more than 100000 tensors"), "\(failure)")
  }

  @Test func sharingIsNotRefused() throws {
    let shared = Pickle.dictionary([
      ("model", Pickle.dictionary([("w", Pickle.tensor() + [0x71, 0]), ("v", [0x68, 0])]) + [0x71, 1]),
      ("teacher", [0x68, 1]), ("pair", [0x68, 1, 0x68, 1, 0x86]),
    ])
    let names = try open(Pickle.of(shared)).entries.keys.sorted()
    #expect(
      names == [
        "model.v", "model.w", "pair.0.v", "pair.0.w", "pair.1.v", "pair.1.w", "teacher.v", "teacher.w",
      ])
  }

  /// Sixty doublings without a tensor take sixty steps.
  @Test func whatHoldsNoTensorIsNotExpanded() throws {
    let pairs = [("big", Example.doubled(Pickle.whole(1), 60)), ("w", Pickle.tensor())]
    #expect(try open(Pickle.of(Pickle.dictionary(pairs))).entries.keys.sorted() == ["w"])
  }

  @Test func aTensor64DeepIsRead() throws {
    let file = try open(Pickle.of(Pickle.tensor() + [UInt8](repeating: 0x85, count: 64)))
    #expect(file.entries.keys.sorted() == [Array(repeating: "0", count: 64).joined(separator: ".")])
  }
}
