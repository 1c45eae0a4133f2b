extension Tape {
  /// Runs of channels in another order: x [..., W], of whose runs of `length` channels the output has those that `order`
  /// names, in that order, each as often as it is named → [..., order·length].
  public func reordered(_ x: Tensor, runs order: [Int32], of length: Int) -> Tensor {
    let (rows, width, outputs) = (x.rows, x.width, order.count * length)
    precondition(
      length > 0 && width % length == 0 && order.allSatisfy { $0 >= 0 && Int($0) < width / length },
      "reordered: runs of \(length) of \(x.shape)")
    let y = allocate(x.shape.dropLast() + [outputs])
    for row in 0..<rows {
      let (input, output) = (x.pointer + row * width, y.pointer + row * outputs)
      for (index, run) in order.enumerated() {
        (output + index * length).update(from: input + Int(run) * length, count: length)
      }
    }
    trace(.reordered(x, order: order, length: length), y)
    return record(y, from: x) { [unowned self] upstream in
      guard let target = zeroedAccumulator(x) else { return }
      for row in 0..<rows {
        let (input, output) = (upstream.pointer + row * outputs, target + row * width)
        for (index, run) in order.enumerated() {
          addInPlace(output + Int(run) * length, input + index * length, length)
        }
      }
    }
  }
}
