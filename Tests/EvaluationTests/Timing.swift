import Foundation
import Testing
import Evaluation
import Tensors

@Test func timing() throws {
  for (n, m, d) in [(60000, 10000, 128), (60000, 10000, 784)] {
    let k = 10
    func load(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: "/tmp/w/evaldata/\(name)"))) }
    func floats(_ name: String) throws -> [Float] {
      let data = try Data(contentsOf: URL(fileURLWithPath: "/tmp/w/evaldata/\(name)"))
      return data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
    let names = (0..<k).map { "\($0)" }
    let train = try Features(count: n, width: d, values: floats("train\(d)"), labels: load("ytrain").map { Int($0) }, classNames: names, origin: "train")
    let test = try Features(count: m, width: d, values: floats("test\(d)"), labels: load("ytest").map { Int($0) }, classNames: names, origin: "test")
    let clock = ContinuousClock()
    for threads in [1, 2] {
      let o = SoftmaxObjective(values: train.values, labels: train.labels, width: d, classCount: k, l2: 1e-3, threads: threads)
      let w = [Double](repeating: 0.001, count: o.parameterCount)
      _ = o.evaluate(at: w)
      let t = clock.measure { for _ in 0..<5 { _ = o.evaluate(at: w) } }
      print("objective", d, "threads", threads, t / 5)
    }
    var r: NearestNeighborResult?
    let t1 = try clock.measure { r = try NearestNeighborVote.evaluate(train: train, test: test, options: .init(), progress: { _, _ in }) }
    print("knn", d, t1, r as Any)
    var stages: [(String, ContinuousClock.Instant)] = []
    var p: LinearProbeResult?
    let t2 = try clock.measure { p = try LinearProbe.evaluate(train: train, test: test, options: .init(), progress: { s, _ in stages.append((s, clock.now)) }) }
    for (a, b) in zip(stages, stages.dropFirst()) { print("  ", a.0, b.1 - a.1) }
    print("linear", d, t2, p as Any)
    if d == 128 || true {
      let s = Standardizer(values: train.values, count: n, width: d)
      let x = s.apply(to: train.values)
      for l2 in [1e-3, 1e-5] {
        var m: LogisticRegression?
        let t = clock.measure { m = LogisticRegression.fit(values: x, labels: train.labels, width: d, classCount: k, l2: l2) }
        print("fit", l2, t, m?.objective ?? 0, m?.iterations ?? 0, m?.converged ?? false)
      }
    }
  }
}
