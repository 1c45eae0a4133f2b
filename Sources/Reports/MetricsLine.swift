/// One line of `metrics.jsonl`.
public struct MetricsLine: Sendable, Equatable {
  /// The optimiser step.
  public var step = 0
  /// Passes over the data so far. This and the values below are NaN where the line has none.
  public var epoch = Double.nan
  /// The training loss.
  public var loss = Double.nan
  /// The learning rate.
  public var learningRate = Double.nan
  /// The Euclidean norm of the gradient.
  public var gradNorm = Double.nan
  /// Training speed in images a second.
  public var imagesPerSecond = Double.nan
  /// The share of time spent waiting for data, 0…1.
  public var dataWait = Double.nan
  /// Seconds of training so far, added up over resumes.
  public var seconds = Double.nan
  /// The highest that the effective rank of a look could be; nil where the line has none.
  public var directions: Int?
  /// What a look at the features found; only what the line has.
  public var health: [LoggedHealth: Double] = [:]

  /// Reads a line; nil unless it is one whole JSON object with a `step`. Other keys are passed over, and
  /// values that are no numbers (`null`, `"NaN"`) count as absent.
  public init?(json line: ArraySlice<UInt8>) {
    var scanner = ObjectScanner(line)
    var step: Double?
    guard scanner.skip("{") else { return nil }
    if !scanner.skip("}") {
      repeat {
        guard let key = scanner.string(), scanner.skip(":"), let value = scanner.value() else { return nil }
        switch key {
        case "step": step = value
        case "epoch": epoch = value
        case "loss": loss = value
        case "learningRate": learningRate = value
        case "gradNorm": gradNorm = value
        case "imagesPerSecond": imagesPerSecond = value
        case "dataWait": dataWait = value
        case "seconds": seconds = value
        case "directions": directions = Int(exactly: value)
        default:
          if value.isFinite, let quantity = LoggedHealth(rawValue: key) { health[quantity] = value }
        }
      } while scanner.skip(",")
      guard scanner.skip("}") else { return nil }
    }
    guard scanner.isAtEnd, let step, step >= 0, step < 1e15, step == step.rounded() else { return nil }
    self.step = Int(step)
  }
}

/// Walks over the text of a JSON object and reads the numbers in it. `JSONDecoder` took five times as long.
private struct ObjectScanner {
  private let bytes: ArraySlice<UInt8>
  private var index: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
  }

  private var current: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 32 || byte == 9 || byte == 13 || byte == 10 { index += 1 }
  }

  var isAtEnd: Bool {
    mutating get {
      skipSpace()
      return index == bytes.endIndex
    }
  }

  mutating func skip(_ mark: Unicode.Scalar) -> Bool {
    skipSpace()
    guard current == UInt8(ascii: mark) else { return false }
    index += 1
    return true
  }

  /// The text between quotes with its escapes as they stand; nil if there is none or it does not end.
  mutating func string() -> String? {
    guard skip("\"") else { return nil }
    let start = index
    while let byte = current {
      if byte == UInt8(ascii: "\"") {
        index += 1
        return String(decoding: bytes[start..<index - 1], as: UTF8.self)
      }
      index += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    return nil
  }

  /// The number here; NaN for any other value, which is passed over; nil if the value is broken.
  mutating func value() -> Double? {
    skipSpace()
    switch current {
    case UInt8(ascii: "\""): return string() == nil ? nil : .nan
    case UInt8(ascii: "{"), UInt8(ascii: "["): return skipNested() ? .nan : nil
    default:
      let start = index
      while let byte = current, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}"), byte > 32 { index += 1 }
      let word = String(decoding: bytes[start..<index], as: UTF8.self)
      return switch word {
      case "null", "true", "false", "NaN", "nan", "Infinity", "-Infinity", "inf", "-inf": .nan
      default: Double(word)
      }
    }
  }

  private mutating func skipNested() -> Bool {
    var depth = 0
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        guard string() != nil else { return false }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      index += 1
      if depth == 0 { return true }
    }
    return false
  }
}
