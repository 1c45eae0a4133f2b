import ArgumentParser

/// Reads a number of bytes, such as `512MB`, `1.5GB` or `64MiB`; for `@Option(transform:)`.
func byteCount(_ text: String) throws -> Int {
  let units: [(name: String, bytes: Double)] = [
    ("kib", 0x1p10), ("mib", 0x1p20), ("gib", 0x1p30), ("tib", 0x1p40), ("kb", 1e3), ("mb", 1e6), ("gb", 1e9),
    ("tb", 1e12), ("b", 1), ("", 1),
  ]
  let lower = text.lowercased()
  for unit in units where lower.hasSuffix(unit.name) {
    let bytes = Double(lower.dropLast(unit.name.count)).map { $0 * unit.bytes } ?? .nan
    guard bytes >= 1, bytes <= 0x1p60 else { break }
    return Int(bytes)
  }
  throw ValidationError("wanted a number of bytes, such as 512MB or 2GiB")
}
