import Platform

/// What a file in NumPy's format `.npy`, 1.0 to 3.0, says of the array in it: magic, version, the length of the rest in two
/// or four bytes, then a dictionary such as `{'descr': '<u2', 'fortran_order': False, 'shape': (3, 4, 5), }`.
struct NumPyHeader {
  /// How a file starts.
  static let magic = [0x93] + Array("NUMPY".utf8)
  /// The most bytes of a header; that of a plain array has 128.
  static let maximumBytes = 12 + 1 << 16

  /// The type of the elements, such as `<u2`; nil where they are records of several values.
  let type: String?
  /// Whether the first axis runs fastest.
  let isFortran: Bool
  /// Lengths of the axes.
  let shape: [Int]
  /// Where the elements begin.
  let byteCount: Int

  /// Reads what a file starts with; of longer files the first `maximumBytes`.
  ///
  /// - Throws: `Failure` naming `path` when it is no such file, cut short or damaged.
  init(_ start: [UInt8], path: String) throws(Failure) {
    func damaged(_ problem: String) -> Failure {
      Failure("damaged NumPy file: \(problem)", at: path, mend: "write it again with numpy.save")
    }
    guard start.starts(with: Self.magic) else {
      let found = start.prefix(Self.magic.count).map { String($0) }.joined(separator: " ")
      throw damaged(start.isEmpty ? "it is empty" : "it starts with bytes \(found), not 147 NUMPY")
    }
    guard start.count >= 12 else { throw damaged("it ends inside its header") }
    guard (1...3).contains(start[6]) else { throw damaged("its format is \(start[6]).\(start[7])") }
    let textStart = start[6] == 1 ? 10 : 12
    let length = start[8..<textStart].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.maximumBytes - textStart else { throw damaged("a header of \(length) bytes") }
    byteCount = textStart + length
    guard byteCount <= start.count else { throw damaged("it ends inside its header") }
    let text = start[textStart..<byteCount]
    guard case .dictionary(let entries)? = PythonLiteral(text), let type = entries["descr"],
      case .truth(let isFortran)? = entries["fortran_order"], case .sequence(let axes)? = entries["shape"]
    else {
      let beginning = String(decoding: text.prefix(80), as: UTF8.self)
      throw damaged("its header does not name descr, fortran_order and shape: \(beginning)")
    }
    if case .text(let name) = type { self.type = name } else { self.type = nil }
    self.isFortran = isFortran
    shape = axes.compactMap { if case .number(let length) = $0 { length } else { nil } }
    guard shape.count == axes.count else { throw damaged("its shape has axes that are no whole numbers") }
  }
}
