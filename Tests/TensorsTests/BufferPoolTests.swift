import Tensors
import TestSupport
import Testing

@Suite("Buffer pool")
struct BufferPoolTests {
  @Test func sizeClassesAreFourADoubling() {
    #expect((0...64).allSatisfy { BufferPool.sizeClass($0) == 64 })
    var classes: Set<Int> = []
    for count in 65...100_000 {
      let size = BufferPool.sizeClass(count)
      classes.insert(size)
      #expect(size >= count && Double(size) <= 1.25 * Double(count))
      #expect(BufferPool.sizeClass(size) == size)
    }
    #expect(classes.sorted().prefix(8) == [80, 96, 112, 128, 160, 192, 224, 256])
  }

  @Test func aReturnedBufferServesAgain() {
    let pool = BufferPool()
    for _ in 0..<10 {
      let tensor = Tensor(shape: [1000], repeating: 1, pool: pool)
      #expect(tensor.values.allSatisfy { $0 == 1 })
    }
    #expect(pool.bytes == BufferPool.sizeClass(1000) * MemoryLayout<Scalar>.stride)
  }

  @Test func buffersInUseAreNotShared() {
    let pool = BufferPool()
    let tensors = (0..<5).map { Tensor(shape: [100], repeating: Scalar($0), pool: pool) }
    for (index, tensor) in tensors.enumerated() {
      #expect(tensor.values.allSatisfy { $0 == Scalar(index) })
    }
    #expect(pool.bytes == 5 * BufferPool.sizeClass(100) * MemoryLayout<Scalar>.stride)
  }

  @Test func aStepTakesNothingAfterTheFirst() {
    let store = ParameterStore()
    let weight = store.root.parameter(
      "weight", shape: [48, 16], role: .matrix(.other), initial: .normal(standardDeviation: 1))
    let gain = store.root.parameter("gain", shape: [16], role: .gain, initial: .ones)
    let x = Tensor.random([4, 9, 16])
    let tape = Tape(.training)
    var bytes: [Int] = []
    for _ in 0..<4 {
      tape.clearGradients()
      let normed = tape.layerNorm(x, weight: tape(gain), bias: nil, epsilon: 1e-6)
      let mixed = tape.attention(tape.linear(normed, weight: tape(weight)), headCount: 2)
      tape.backward(from: tape.meanSquaredError(mixed, target: x))
      bytes.append(tape.pool.bytes)
    }
    #expect(bytes[0] > 0)
    #expect(bytes.dropFirst().allSatisfy { $0 == bytes[0] })
  }

  @Test func lanesMayShareAPool() {
    let pool = BufferPool()
    let team = LaneTeam(count: 4)
    defer { team.dissolve() }
    for _ in 0..<100 {
      team.run { lane in
        let tensor = Tensor(shape: [500], repeating: Scalar(lane), pool: pool)
        precondition(tensor.values.allSatisfy { $0 == Scalar(lane) })
      }
    }
    #expect(pool.bytes <= 4 * BufferPool.sizeClass(500) * MemoryLayout<Scalar>.stride)
  }
}
