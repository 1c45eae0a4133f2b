import Foundation

/// Nanoseconds that a lane spends on each kind of work. Two readings of the clock an operation: a counter costs less
/// than a thousandth of what it counts.
package final class OperationTimes {
  /// What a training step is made of; `gelu` is every function between the layers of an MLP.
  package enum Kind: Int, CaseIterable, Sendable {
    case matrixProducts, attention, norms, gelu, biasesAndResiduals, optimizer, collectives
  }

  private var nanoseconds = [UInt64](repeating: 0, count: Kind.allCases.count)

  package init() {}

  /// Seconds counted under one kind.
  package func seconds(_ kind: Kind) -> Double { Double(nanoseconds[kind.rawValue]) * 1e-9 }

  /// Runs `body` and counts its time.
  @inline(__always)
  package func measure(_ kind: Kind, _ body: () -> Void) {
    let start = DispatchTime.now().uptimeNanoseconds
    body()
    nanoseconds[kind.rawValue] += DispatchTime.now().uptimeNanoseconds - start
  }
}
