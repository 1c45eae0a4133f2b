/// Operators by the names that formulas have for them. Numbers take the type of the value that they are combined with.
extension GraphBuilder {
  func cast(_ x: Value, to type: ElementType) -> Value {
    x.type == type ? x : apply("Cast", x, attributes: ["to": .integer(type.rawValue)], type: type)
  }

  func sum(_ a: Value, _ b: Value) -> Value { apply("Add", a, b) }
  func difference(_ a: Value, _ b: Value) -> Value { apply("Sub", a, b) }
  func product(_ a: Value, _ b: Value) -> Value { apply("Mul", a, b) }
  func quotient(_ a: Value, _ b: Value) -> Value { apply("Div", a, b) }

  /// x + term; x itself where the term is 0.
  func sum(_ x: Value, _ term: Float) -> Value { term == 0 ? x : sum(x, number(term, x.type)) }

  /// factor·x; x itself where the factor is 1.
  func product(_ x: Value, _ factor: Float) -> Value {
    factor == 1 ? x : product(x, number(factor, x.type))
  }

  func squareRoot(_ x: Value) -> Value { apply("Sqrt", x) }

  /// Along the last axis, which stays with length 1.
  func mean(_ x: Value) -> Value {
    apply("ReduceMean", x, integers([-1]), attributes: ["keepdims": .integer(1)])
  }
  func total(_ x: Value) -> Value {
    apply("ReduceSum", x, integers([-1]), attributes: ["keepdims": .integer(1)])
  }

  /// −1 stands for what is left, 0 for the length that the axis has.
  func reshaped(_ x: Value, _ shape: [Int]) -> Value { reshaped(x, to: integers(shape)) }
  func reshaped(_ x: Value, to shape: Value) -> Value { apply("Reshape", x, shape) }

  /// The length [1] of an axis.
  func length(of x: Value, axis: Int) -> Value {
    apply("Shape", x, attributes: ["start": .integer(axis), "end": .integer(axis + 1)], type: .int64)
  }

  /// 0, 1, … up to a length [1], as numbers [length].
  func range(_ length: Value) -> Value {
    let limit = apply("Squeeze", cast(length, to: .float), integers([0]))
    return apply("Range", number(0, .float), limit, number(1, .float))
  }

  func transposed(_ x: Value, _ order: [Int]) -> Value {
    apply("Transpose", x, attributes: ["perm": .integers(order)])
  }

  /// Ends beyond the axis stand for its end.
  func slice(_ x: Value, _ range: Range<Int>, axis: Int) -> Value {
    apply(
      "Slice", x, integers([range.lowerBound]), integers([range.upperBound]), integers([axis]))
  }

  func split(_ x: Value, _ lengths: [Int], axis: Int) -> [Value] {
    apply("Split", [x, integers(lengths)], ["axis": .integer(axis)], outputCount: lengths.count)
  }

  func joined(_ parts: [Value], axis: Int) -> Value {
    apply("Concat", parts, ["axis": .integer(axis)])[0]
  }

  func matrixProduct(_ a: Value, _ b: Value) -> Value { apply("MatMul", a, b) }

  /// Of the last axis, in single precision.
  func softmax(_ x: Value) -> Value {
    apply("Softmax", cast(x, to: .float), attributes: ["axis": .integer(-1)])
  }
}
