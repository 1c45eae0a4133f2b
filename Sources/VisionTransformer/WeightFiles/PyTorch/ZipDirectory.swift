import Foundation
import Platform

/// The directory of a zip archive whose members are stored as they are (PKWARE's APPNOTE 6.3, with its zip64 records).
///
/// Everything is checked before a member is given out: each lies in the file, before the directory, and shares no byte
/// with another. So nothing is larger than the file, whatever it claims.
package struct ZipDirectory: Sendable {
  /// One member of the archive.
  package struct Member: Sendable, Equatable {
    /// Where its bytes are in the file.
    package let range: Range<Int>
    /// The CRC-32 of its bytes; 0 also where the writer took none, as `torch.save` can be told.
    package let checksum: UInt32
  }

  /// The members by name.
  package let members: [String: Member]

  /// Members of an archive. Checkpoints of the largest Vision Transformers have some thousand.
  private static let mostMembers = 100_000

  /// Reads the directory at the end of an archive.
  ///
  /// - Throws: `Failure` when it is not whole, or has members that are packed, encrypted or elsewhere.
  package init(_ data: Data, at path: String) throws(Failure) {
    let fields = LittleEndianFields(data: data)
    func refuse(_ why: String) -> Failure {
      Failure(
        "not a whole zip archive: \(why)", at: path,
        mend: "take another copy of the file, or save it anew with torch.save")
    }
    guard let end = try ZipEnd(fields, refuse) else {
      throw refuse("there is no directory at the end of its \(data.count) bytes")
    }
    guard end.count <= Self.mostMembers else { throw refuse("it has more than \(Self.mostMembers) members") }
    var members: [String: Member] = [:]
    var taken: [(range: Range<Int>, name: String)] = []
    var offset = end.directory.lowerBound
    for index in 0..<end.count {
      guard let entry = ZipEntry(fields, at: offset), entry.end <= end.directory.upperBound else {
        throw refuse("entry \(index) of its directory is damaged")
      }
      offset = entry.end
      guard let name = entry.name else { throw refuse("the name of member \(index) is not UTF-8") }
      if let unread = entry.unread {
        throw Failure(
          "the member '\(name)' of the archive is \(unread)", at: path,
          mend: "give the file as torch.save wrote it: it stores its members as they are")
      }
      guard let range = entry.range(fields, before: end.directory.lowerBound) else {
        throw refuse("the member '\(name)' is not where its directory says")
      }
      taken.append((entry.offset..<range.upperBound, name))
      guard members.updateValue(Member(range: range, checksum: entry.checksum), forKey: name) == nil else {
        throw refuse("it has two members '\(name)'")
      }
    }
    guard offset == end.directory.upperBound else {
      throw refuse("its directory has \(end.directory.count) bytes, its entries fill others")
    }
    taken.sort { $0.range.lowerBound < $1.range.lowerBound }
    for (one, next) in zip(taken, taken.dropFirst()) where one.range.upperBound > next.range.lowerBound {
      throw refuse("its members '\(one.name)' and '\(next.name)' share bytes")
    }
    self.members = members
  }
}
