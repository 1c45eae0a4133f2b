import Foundation

/// A folder as a walk found it: what an index cache holds.
struct FolderRecord: Equatable {
  /// The path from the root, empty or with a slash at its end.
  let prefix: [UInt8]
  let stamp: FolderStamp
  let listing: FolderListing

  /// Bytes of a record before its prefix.
  private static let headerCount = 52

  init(prefix: [UInt8], stamp: FolderStamp, listing: FolderListing) {
    self.prefix = prefix
    self.stamp = stamp
    self.listing = listing
  }

  /// Takes the record at the start of `bytes` away; nil when there is no whole and valid one.
  init?(takenFrom bytes: inout ArraySlice<UInt8>) {
    let header = bytes.prefix(Self.headerCount)
    guard header.count == Self.headerCount else { return nil }
    func number(_ offset: Int, _ count: Int = 8) -> UInt64 {
      header.dropFirst(offset).prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    let rest = bytes.dropFirst(Self.headerCount)
    guard let prefixCount = Int(exactly: number(0, 4)), let entriesCount = Int(exactly: number(36)),
      let leftoversCount = Int(exactly: number(44)), prefixCount <= rest.count,
      entriesCount <= rest.count - prefixCount, leftoversCount <= rest.count - prefixCount - entriesCount
    else { return nil }
    let entries = rest.dropFirst(prefixCount).prefix(entriesCount)
    let after = rest.dropFirst(prefixCount + entriesCount)
    guard entries.isEmpty || entries.last == 0,
      let leftovers = FolderLeftovers(bytes: after.prefix(leftoversCount))
    else { return nil }
    let identity = FolderStamp.Identity(device: number(4), inode: number(12))
    self.init(
      prefix: Array(rest.prefix(prefixCount)),
      stamp: FolderStamp(
        identity: identity, modified: Int64(bitPattern: number(20)), changed: Int64(bitPattern: number(28))),
      listing: FolderListing(entries: entries, leftovers: leftovers))
    bytes = after.dropFirst(leftoversCount)
  }

  /// The record as it is stored: length of the prefix (4 bytes), device, inode, times and lengths of the entries and of
  /// the leftovers (8 bytes each, all little-endian), prefix, entries, leftovers.
  var bytes: Data {
    let leftovers = listing.leftovers.bytes
    var data = Data(capacity: Self.headerCount + prefix.count + listing.entries.count + leftovers.count)
    func append(_ number: some FixedWidthInteger) {
      withUnsafeBytes(of: number.littleEndian) { data.append(contentsOf: $0) }
    }
    append(UInt32(prefix.count))
    append(stamp.identity.device)
    append(stamp.identity.inode)
    append(stamp.modified)
    append(stamp.changed)
    append(UInt64(listing.entries.count))
    append(UInt64(leftovers.count))
    data.append(contentsOf: prefix)
    data.append(contentsOf: listing.entries)
    data.append(contentsOf: leftovers)
    return data
  }
}
