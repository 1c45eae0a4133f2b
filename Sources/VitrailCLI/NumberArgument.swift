import ArgumentParser

/// Reads a number from an argument and refuses what is outside `range`; for `@Option(transform:)`.
func number<Number: Comparable & LosslessStringConvertible & Sendable>(
  in range: ClosedRange<Number>
) -> @Sendable (String) throws -> Number {
  { text in
    guard let number = Number(text), range.contains(number) else {
      throw ValidationError("wanted a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}

/// Reads numbers that commas separate, each as above; for `@Option(transform:)`.
func numbers<Number: Comparable & LosslessStringConvertible & Sendable>(
  in range: ClosedRange<Number>
) -> @Sendable (String) throws -> [Number] {
  { text in
    try text.split(separator: ",", omittingEmptySubsequences: false).map { try number(in: range)(String($0)) }
  }
}

/// How many lanes may be asked for.
let laneRange = 1...1024
