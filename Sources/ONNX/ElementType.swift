/// The types of elements that graphs of encoders have, by their numbers in `TensorProto.DataType`.
enum ElementType: Int {
  case float = 1
  case int64 = 7
  case float16 = 10

  /// Bytes of an element.
  var width: Int {
    switch self {
    case .float: 4
    case .int64: 8
    case .float16: 2
    }
  }
}
