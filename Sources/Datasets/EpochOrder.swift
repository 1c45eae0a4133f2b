import Platform
import Tensors

/// The images of one epoch in their order: a function of the order's kind, the seed and the epoch alone.
struct EpochOrder {
  /// The number of each image in the set.
  let samples: [Int32]
  /// Beside each image a number that no other place of the epoch with the same image has; empty for zeros, where no
  /// image comes twice.
  let repetitions: [Int32]

  /// The order of `count` images; `branch` separates the parts of a mixture.
  init(_ order: SampleOrder, epoch: Int, seed: UInt64, count: Int, branch: Int = 0) {
    var stream = RandomStream(seed: seed, purpose: .order, epoch: epoch, sample: branch)
    switch order {
    case .uniform:
      samples = stream.permutation(count)
      repetitions = []
    case .shards(let shards, let buffer):
      precondition(
        shards.reduce(0) { $0 + $1.count } == count && buffer > 0,
        "EpochOrder: shards that do not hold \(count) images, or a buffer of \(buffer)")
      samples = Self.buffered(shards, buffer, count: count, &stream)
      repetitions = []
    case .mixture(let parts):
      (samples, repetitions) = Self.mixed(parts, epoch: epoch, seed: seed, count: count, &stream)
    }
  }

  /// Shards in a random order, each forwards, through a shuffle buffer.
  private static func buffered(
    _ shards: [Range<Int>], _ buffer: Int, count: Int, _ stream: inout RandomStream
  ) -> [Int32] {
    var drawn: [Int32] = []
    drawn.reserveCapacity(count)
    var waiting: [Int32] = []
    waiting.reserveCapacity(min(buffer, count))
    for shard in stream.permutation(shards.count) {
      for sample in shards[Int(shard)] {
        guard waiting.count == buffer else {
          waiting.append(Int32(sample))
          continue
        }
        let place = stream.index(below: buffer)
        drawn.append(waiting[place])
        waiting[place] = Int32(sample)
      }
    }
    for place in stream.permutation(waiting.count) { drawn.append(waiting[Int(place)]) }
    return drawn
  }

  private static func mixed(
    _ parts: [SampleOrder.Part], epoch: Int, seed: UInt64, count: Int, _ stream: inout RandomStream
  ) -> (samples: [Int32], repetitions: [Int32]) {
    let quotas = apportion(count, among: parts.map(\.weight))
    let runs = parts.indices.map { number in
      run(
        through: parts[number], from: epoch * quotas[number], count: quotas[number], seed: seed,
        branch: number + 1)
    }
    let turns = quotas.enumerated().flatMap { [Int](repeating: $0, count: $1) }
    var next = [Int](repeating: 0, count: parts.count)
    var samples: [Int32] = []
    var repetitions: [Int32] = []
    samples.reserveCapacity(count)
    repetitions.reserveCapacity(count)
    for turn in stream.permutation(count) {
      let part = turns[Int(turn)]
      samples.append(runs[part].samples[next[part]])
      repetitions.append(runs[part].passes[next[part]])
      next[part] += 1
    }
    return (samples, repetitions.contains { $0 > 0 } ? repetitions : [])
  }

  /// `count` images of the endless run through a part, pass by pass, from place `start` on, and the pass of each,
  /// counted from the first.
  private static func run(
    through part: SampleOrder.Part, from start: Int, count: Int, seed: UInt64, branch: Int
  ) -> (samples: [Int32], passes: [Int32]) {
    var samples: [Int32] = []
    var passes: [Int32] = []
    let size = part.samples.count
    let first = start / size
    var place = start
    while place < start + count {
      let pass = place / size
      let order = EpochOrder(part.order, epoch: pass, seed: seed, count: size, branch: branch).samples
      let end = min(start + count, (pass + 1) * size)
      samples += order[(place - pass * size)..<(end - pass * size)].map {
        $0 + Int32(part.samples.lowerBound)
      }
      passes += [Int32](repeating: Int32(pass - first), count: end - place)
      place = end
    }
    return (samples, passes)
  }
}
