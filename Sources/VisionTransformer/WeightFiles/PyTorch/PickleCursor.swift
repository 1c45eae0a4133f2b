import Foundation
import Platform

/// Goes through the bytes of a pickle, and never past their end.
struct PickleCursor {
  let bytes: [UInt8]
  /// Where the pickle is from.
  let path: String
  /// The byte that is read next.
  private(set) var position = 0

  init(_ bytes: [UInt8], at path: String) { (self.bytes, self.path) = (bytes, path) }

  mutating func byte() throws(Failure) -> UInt8 { bytes[try skip(1).lowerBound] }

  /// A length or number without a sign, of `width` bytes.
  mutating func unsigned(_ width: Int) throws(Failure) -> Int {
    guard let number = Int(exactly: try word(width)) else { throw damaged("holds too large a length") }
    return number
  }

  /// A number in two's complement, of up to eight bytes.
  mutating func signed(_ width: Int) throws(Failure) -> Int {
    let number = try word(width)
    // A shift by 64 gives 0, the number of no bytes.
    let unused = 64 - 8 * width
    return Int(Int64(bitPattern: number << unused) >> unused)
  }

  private mutating func word(_ width: Int) throws(Failure) -> UInt64 {
    bytes[try skip(width)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Goes past `count` bytes and says where they are.
  @discardableResult
  mutating func skip(_ count: Int) throws(Failure) -> Range<Int> {
    guard count <= bytes.count - position else { throw damaged("ends early") }
    defer { position += count }
    return position..<position + count
  }

  /// Goes past bytes whose number stands before them in `width` bytes.
  @discardableResult
  mutating func skipCounted(_ width: Int) throws(Failure) -> Range<Int> { try skip(unsigned(width)) }

  /// A line of text.
  mutating func line() throws(Failure) -> String {
    guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")),
      let text = String(bytes: bytes[position..<end], encoding: .utf8)
    else { throw damaged("holds a name that is no line of text") }
    position = end + 1
    return text
  }

  /// What is wrong with the pickle, at the present byte.
  func damaged(_ why: String) -> Failure {
    Failure(
      "not a whole PyTorch file: its pickle \(why) (byte \(position) of \(bytes.count))", at: path,
      mend: "take another copy of the file, or save it anew: torch.save(model.state_dict(), FILE)")
  }
}
