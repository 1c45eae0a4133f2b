import Foundation
import Imaging

// Fuzz SECONDS SEED FOLDER…: decodes broken images and opens broken weights for that much processor time. A crash or a hang
// names the trial on
// standard error; Fuzz 0 SEED:TRIAL FOLDER… runs it alone and writes its file.

let arguments = CommandLine.arguments
guard arguments.count > 3, let seconds = Double(arguments[1]) else {
  FileHandle.standardError.write(Data("usage: Fuzz SECONDS SEED[:TRIAL] FOLDER…\n".utf8))
  exit(64)
}
let numbers = arguments[2].split(separator: ":").compactMap { UInt64($0) }
guard let seed = numbers.first else {
  FileHandle.standardError.write(Data("a seed is a number\n".utf8))
  exit(64)
}

func read(_ folders: ArraySlice<String>) throws -> [(name: String, bytes: [UInt8])] {
  let endings = ImageCodecs.formats.flatMap(\.extensions) + WeightsTrial.endings
  return try folders.flatMap { folder in
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .filter { name in endings.contains { name.hasSuffix("." + $0) } }
      .map { ($0, [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")))) }
      .filter { !$0.1.isEmpty && $0.1.count < 60_000 }
  }
}

/// What the file's kind may meet; the number of images or files of weights that were whole.
func run(_ name: String, _ bytes: [UInt8], using generator: inout SplitMix64) throws -> Int {
  WeightsTrial.endings.contains { name.hasSuffix("." + $0) }
    ? try WeightsTrial(name: name, bytes: bytes).run() : Trial(bytes: bytes).run(using: &generator)
}

func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func peakBytes() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return Int(usage.ru_maxrss) * 1024
}

let mutation = Mutation(corpus: try read(arguments[3...]))

func trial(_ number: UInt64) -> (name: String, bytes: [UInt8], generator: SplitMix64) {
  var generator = SplitMix64(state: seed &* 0x1_0000_0000_0001 &+ number)
  let (name, bytes) = mutation.next(using: &generator)
  return (name, bytes, generator)
}

if numbers.count > 1 {
  var (name, bytes, generator) = trial(numbers[1])
  try Data(bytes).write(to: URL(fileURLWithPath: "trial-\(name)"))
  print("trial-\(name):", try run(name, bytes, using: &generator), "whole in", processorSeconds(), "s")
  exit(0)
}

// The trial at work, for whoever looks at a process that has crashed.
let position = open(
  ProcessInfo.processInfo.environment["FUZZ_POSITION"] ?? "/dev/null", O_WRONLY | O_CREAT, 0o600)
let log = FileHandle.standardError
var number: UInt64 = 0
var whole = 0
var longest = (seconds: 0.0, trial: 0 as UInt64)
var slow = 0
var memoryAtStart = 0
let state = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
state.initialize(to: 0)
nonisolated(unsafe) let watched = state
let seedText = "\(seed)"

// A trial may take its second; one that takes thirty hangs.
Thread.detachNewThread {
  var last = UInt64.max
  while true {
    sleep(30)
    if watched.pointee == last {
      FileHandle.standardError.write(Data("HANG in trial \(seedText):\(last)\n".utf8))
      abort()
    }
    last = watched.pointee
  }
}

let start = processorSeconds()
while processorSeconds() - start < seconds {
  number += 1
  state.pointee = number
  var (name, bytes, generator) = trial(number)
  withUnsafeBytes(of: &number) { _ = pwrite(position, $0.baseAddress, $0.count, 0) }
  let begin = processorSeconds()
  whole += try run(name, bytes, using: &generator)
  let took = processorSeconds() - begin
  if took > longest.seconds { longest = (took, number) }
  if took > 1 {
    slow += 1
    log.write(Data("SLOW \(took) s: trial \(seed):\(number), from \(name)\n".utf8))
  }
  if number == 200 { memoryAtStart = peakBytes() }
}
print(
  "\(number) files from \(mutation.corpus.count), \(whole) whole, \(Int(processorSeconds() - start)) s of processor time"
)
print("longest \(longest.seconds) s (trial \(seed):\(longest.trial)), \(slow) above 1 s")
print("peak memory \(peakBytes() >> 20) MiB, \(memoryAtStart >> 20) MiB after 200 files")
exit(slow == 0 ? 0 : 1)
