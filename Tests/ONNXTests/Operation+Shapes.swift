/// Operators that move elements and change none.
extension Operation {
  /// The lengths of the axes from `start` to `end`.
  func shape() throws -> ReadTensor {
    let lengths = try operand(0).shape
    let (start, end) = (try integer("start", default: 0), try integer("end", default: lengths.count))
    guard 0 <= start, start <= end, end <= lengths.count else { throw refused("axes \(start) to \(end)") }
    let chosen = lengths[start..<end].map { Double($0) }
    return ReadTensor(shape: [chosen.count], values: chosen, type: ReadTensor.int64)
  }

  func reshaped() throws -> ReadTensor {
    var x = try operand(0)
    var shape = try operand(1).integers
    for index in shape.indices where shape[index] == 0 {
      guard index < x.shape.count else { throw refused("\(x.shape) to \(shape)") }
      shape[index] = x.shape[index]
    }
    if let free = shape.firstIndex(of: -1) {
      let others = shape.enumerated().filter { $0.offset != free }.reduce(1) { $0 * $1.element }
      guard others > 0, x.values.count % others == 0 else { throw refused("\(x.shape) to \(shape)") }
      shape[free] = x.values.count / others
    }
    guard shape.allSatisfy({ $0 >= 0 }), shape.reduce(1, *) == x.values.count else {
      throw refused("\(x.shape) to \(shape)")
    }
    x.shape = shape
    return x
  }

  func squeezed() throws -> ReadTensor {
    var x = try operand(0)
    let axes = Set(try operand(1).integers.map { try axis($0, of: x) })
    guard axes.allSatisfy({ x.shape[$0] == 1 }) else { throw refused("axes \(axes) of \(x.shape)") }
    x.shape = x.shape.enumerated().filter { !axes.contains($0.offset) }.map(\.element)
    return x
  }

  func transposed() throws -> ReadTensor {
    let x = try operand(0)
    guard case .integers(let order)? = node.attributes["perm"], order.sorted() == Array(x.shape.indices)
    else {
      throw refused("no order")
    }
    let shape = order.map { x.shape[$0] }
    let steps = steps(of: x.shape)
    let offsets = order.map { from in (0..<x.shape[from]).map { $0 * steps[from] } }
    return ReadTensor(shape: shape, values: places(offsets).map { x.values[$0] }, type: x.type)
  }

  func sliced() throws -> ReadTensor {
    let x = try operand(0)
    let (starts, ends) = (try operand(1).integers, try operand(2).integers)
    let axes = try operand(3).integers.map { try axis($0, of: x) }
    var chosen = x.shape.map { 0..<$0 }
    for (index, axis) in axes.enumerated() {
      let end = min(ends[index], x.shape[axis])
      guard starts[index] >= 0, end > starts[index] else { throw refused("\(starts) to \(ends)") }
      chosen[axis] = starts[index]..<end
    }
    return picked(from: x, chosen.map { Array($0) })
  }

  func split() throws -> [ReadTensor] {
    let (x, lengths) = (try operand(0), try operand(1).integers)
    let axis = try axis(integer("axis", default: 0), of: x)
    guard lengths.reduce(0, +) == x.shape[axis], lengths.count == node.outputs.count else {
      throw refused("parts of \(lengths)")
    }
    var start = 0
    return lengths.map { length in
      defer { start += length }
      var chosen = x.shape.map { Array(0..<$0) }
      chosen[axis] = Array(start..<start + length)
      return picked(from: x, chosen)
    }
  }

  func concatenated() throws -> ReadTensor {
    let parts = try operands.indices.map { try operand($0) }
    let axis = try axis(integer("axis"), of: parts[0])
    guard Set(parts.map(\.type)).count == 1 else { throw refused("parts of several types") }
    var shape = parts[0].shape
    shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    let outer = shape[..<axis].reduce(1, *)
    let values = (0..<outer).flatMap { index in
      parts.flatMap { part -> ArraySlice<Double> in
        let size = part.values.count / outer
        return part.values[index * size..<(index + 1) * size]
      }
    }
    guard values.count == shape.reduce(1, *) else { throw refused("parts \(parts.map(\.shape))") }
    return ReadTensor(shape: shape, values: values, type: parts[0].type)
  }

  func padded() throws -> ReadTensor {
    let (x, pads, filler) = (try operand(0), try operand(1).integers, try operand(2))
    guard filler.type == x.type, filler.shape.isEmpty, pads.count == 2 * x.shape.count,
      node.attributes["mode"] == nil
    else { throw refused("pads \(pads)") }
    let rank = x.shape.count
    let shape = (0..<rank).map { pads[$0] + x.shape[$0] + pads[rank + $0] }
    var result = ReadTensor(
      shape: shape, values: [Double](repeating: filler.values[0], count: shape.reduce(1, *)), type: x.type)
    let steps = steps(of: shape)
    let targets = places(
      x.shape.indices.map { axis in (0..<x.shape[axis]).map { (pads[axis] + $0) * steps[axis] } })
    for (target, value) in zip(targets, x.values) { result.values[target] = value }
    return result
  }

  func gathered() throws -> ReadTensor {
    let (x, indices) = (try operand(0), try operand(1))
    let axis = try axis(integer("axis", default: 0), of: x)
    guard indices.shape.count == 1, indices.integers.allSatisfy({ (0..<x.shape[axis]).contains($0) }) else {
      throw refused("indices \(indices.integers)")
    }
    var chosen = x.shape.map { Array(0..<$0) }
    chosen[axis] = indices.integers
    return picked(from: x, chosen)
  }

  // MARK: Places

  /// The elements at the chosen indices of each axis.
  private func picked(from x: ReadTensor, _ chosen: [[Int]]) -> ReadTensor {
    let steps = steps(of: x.shape)
    let offsets = zip(chosen, steps).map { indices, step in indices.map { $0 * step } }
    return ReadTensor(shape: chosen.map(\.count), values: places(offsets).map { x.values[$0] }, type: x.type)
  }

  /// How far apart neighbours along each axis are.
  private func steps(of shape: [Int]) -> [Int] {
    shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
  }

  /// All sums of one offset of each axis, the last axis fastest.
  private func places(_ offsets: [[Int]]) -> [Int] {
    offsets.reduce([0]) { starts, ofAxis in
      var sums: [Int] = []
      sums.reserveCapacity(starts.count * ofAxis.count)
      for start in starts { for offset in ofAxis { sums.append(start + offset) } }
      return sums
    }
  }
}
