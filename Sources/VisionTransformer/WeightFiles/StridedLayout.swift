/// Where the elements of a tensor lie in its storage; all numbers count elements.
struct StridedLayout: Sendable, Equatable {
  /// Elements of the tensor.
  let count: Int
  /// Where the first element lies.
  private let offset: Int
  /// Axes from the outermost in. Those of one element are left out, and those that one step goes through are one.
  private let axes: [Axis]

  private struct Axis: Sendable, Equatable {
    let length: Int
    let stride: Int
  }

  /// Elements one after the other.
  init(count: Int) {
    (self.count, offset) = (count, 0)
    axes = [Axis(length: count, stride: 1)]
  }

  /// Nil when an element would lie outside of a storage of `storageCount` elements, or numbers are none.
  init?(shape: [Int], strides: [Int], offset: Int, storageCount: Int) {
    guard shape.count == strides.count, offset >= 0 else { return nil }
    var count = 1
    for length in shape {
      let (product, isTooMany) = count.multipliedReportingOverflow(by: length)
      guard length >= 0, !isTooMany else { return nil }
      count = product
    }
    var last = offset
    for (length, stride) in zip(shape, strides) {
      guard stride >= 0 else { return nil }
      guard count > 0 else { continue }
      let (reach, isTooFar) = (length - 1).multipliedReportingOverflow(by: stride)
      let (sum, isBeyond) = last.addingReportingOverflow(reach)
      guard !isTooFar, !isBeyond else { return nil }
      last = sum
    }
    guard count == 0 || last < storageCount else { return nil }
    (self.count, self.offset) = (count, offset)
    axes = count == 0 ? [Axis(length: 0, stride: 1)] : Self.merged(shape, strides)
  }

  private static func merged(_ shape: [Int], _ strides: [Int]) -> [Axis] {
    var axes: [Axis] = []
    for (length, stride) in zip(shape, strides) where length != 1 {
      if let outer = axes.last, outer.stride.isMultiple(of: length), outer.stride / length == stride {
        axes[axes.count - 1] = Axis(length: outer.length * length, stride: stride)
      } else {
        axes.append(Axis(length: length, stride: stride))
      }
    }
    return axes.isEmpty ? [Axis(length: 1, stride: 1)] : axes
  }

  /// Calls `body` for every row of the innermost axis in row-major order: where it starts, its elements, and the step
  /// from one to the next.
  func forEachRow(_ body: (_ start: Int, _ count: Int, _ stride: Int) -> Void) {
    guard count > 0, let row = axes.last else { return }
    let outer = axes.dropLast()
    var place = [Int](repeating: 0, count: outer.count)
    var start = offset
    while true {
      body(start, row.length, row.stride)
      var axis = outer.count - 1
      while axis >= 0 {
        place[axis] += 1
        start += outer[axis].stride
        if place[axis] < outer[axis].length { break }
        start -= outer[axis].length * outer[axis].stride
        place[axis] = 0
        axis -= 1
      }
      guard axis >= 0 else { return }
    }
  }
}
