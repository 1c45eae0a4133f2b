/// The opcodes of Python's pickle protocols 2 to 5 that values without classes of their own need (Python's
/// `pickletools` has all of them).
enum PickleOpcode: UInt8 {
  case proto = 0x80
  case frame = 0x95
  case stop = 0x2E
  case mark = 0x28

  case none = 0x4E
  case newTrue = 0x88
  case newFalse = 0x89
  case int4 = 0x4A
  case unsigned1 = 0x4B
  case unsigned2 = 0x4D
  case long1 = 0x8A
  case long4 = 0x8B
  case float8 = 0x47

  case text1 = 0x8C
  case text4 = 0x58
  case text8 = 0x8D
  case bytes1 = 0x43
  case bytes4 = 0x42
  case bytes8 = 0x8E
  case byteArray8 = 0x96

  case emptyTuple = 0x29
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case tuple = 0x74
  case emptyList = 0x5D
  case append = 0x61
  case appends = 0x65
  case emptyDictionary = 0x7D
  case setItem = 0x73
  case setItems = 0x75
  case emptySet = 0x8F
  case addItems = 0x90
  case frozenSet = 0x91

  case put1 = 0x71
  case put4 = 0x72
  case memoize = 0x94
  case get1 = 0x68
  case get4 = 0x6A

  case global = 0x63
  case stackGlobal = 0x93
  case instance = 0x69
  case persistentID = 0x51
  case reduce = 0x52
  case build = 0x62
}
