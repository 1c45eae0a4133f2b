import Foundation
import Platform
import Testing

/// Runs whose images are kept give the same bits wherever they are kept.
@Suite("vitrail pretrain --cache")
struct CacheTests {
  private static let settings = ["train.steps=12", "data.cacheSide=11"]

  private func pretrain(_ data: URL, _ run: URL, _ more: [String], settings: [String] = settings) -> [String]
  {
    ["pretrain", "--data", data.path, "--out", run.path] + TinyRun.options + TinyRun.settings(settings) + more
  }

  private func weights(_ run: URL) throws -> [String: [UInt32]] {
    try TinyRun.tensors(run.appendingPathComponent("checkpoints/last.safetensors"))
  }

  @Test("memory, a new folder, a full one and two runs at once give the same bits; resuming too")
  func places() throws {
    let data = try TinyRun.shared.get().train
    try withTemporaryFolder { folder in
      func run(_ name: String) -> URL { folder.appendingPathComponent(name) }
      let cache = folder.appendingPathComponent("cache").path
      let memory = try Vitrail.run(pretrain(data, run("memory"), ["--cache", "ram"]))
      #expect(memory.code == 0, "\(memory.errors)")
      let wanted = try weights(run("memory"))
      let recipe = try String(
        contentsOf: run("memory").appendingPathComponent("recipe.yaml"), encoding: .utf8)
      #expect(recipe.contains("cache: ram\n") && recipe.contains("cacheSide: 11\n"))

      let both = try ["one", "two"].map { try Vitrail.start(pretrain(data, run($0), ["--cache", cache])) }
      for outcome in try both.map({ try $0.finish() }) { #expect(outcome.code == 0, "\(outcome.errors)") }
      let third = try Vitrail.run(
        pretrain(data, run("three"), ["--cache", cache, "--set", "data.cacheSize=100GB"]))
      #expect(third.code == 0 && !third.errors.contains("cache in"), "\(third.errors)")
      let tight = try Vitrail.run(
        pretrain(data, run("tight"), ["--cache", "ram", "--set", "data.cacheSize=2kB"]))
      #expect(tight.code == 0, "\(tight.errors)")
      for name in ["one", "two", "three", "tight"] { #expect(try weights(run(name)) == wanted, "\(name)") }
      let plain = try Vitrail.run(pretrain(data, run("plain"), []))
      #expect(try plain.code == 0 && weights(run("plain")) != wanted)

      let stopped = try Vitrail.start(
        pretrain(data, run("stopped"), ["--cache", cache, "--set", "train.checkpointSteps=1"]))
      while stopped.isRunning && TinyRun.checkpointStep(run("stopped")) == nil { usleep(200) }
      stopped.send(SIGKILL)
      _ = try stopped.finish()
      let resumed = try Vitrail.run("pretrain", "--resume", "--out", run("stopped").path)
      #expect(resumed.code == 0, "\(resumed.errors)")
      #expect(try weights(run("stopped")) == wanted)
      expectError(
        try Vitrail.run("pretrain", "--resume", "--out", run("one").path, "--cache", "ram"),
        "data.cache is", "in the run, and \"ram\" on the command line")
    }
  }

  @Test("a disk that is full ends the keeping, not the run")
  func fullDisk() throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("data")
      try SampleImages.write(to: data, count: 40, width: 120, height: 90)
      let cache = folder.appendingPathComponent("cache")
      // 120 images of 11 kB are more than the limit of 600 KiB, each other file of the run is less.
      let settings = ["train.steps=15", "data.cacheSide=100"]
      let arguments = pretrain(
        data, folder.appendingPathComponent("run"), ["--cache", cache.path], settings: settings)
      let outcome = try Vitrail.start(arguments, fileLimit: 600).finish()
      #expect(outcome.code == 0, "\(outcome.errors)")
      let notes = outcome.errors.split(separator: "\n").filter {
        $0.contains("nothing more is added to the cache")
      }
      #expect(notes.count == 1, "\(outcome.errors)")
      let other = try Vitrail.run(
        pretrain(data, folder.appendingPathComponent("other"), ["--cache", "ram"], settings: settings))
      #expect(other.code == 0, "\(other.errors)")
      #expect(
        try weights(folder.appendingPathComponent("run")) == weights(folder.appendingPathComponent("other")))
    }
  }

  @Test("a folder that cannot be made is an error before training")
  func noFolder() throws {
    let data = try TinyRun.shared.get().train
    try withTemporaryFolder { folder in
      try Data("text".utf8).write(to: folder.appendingPathComponent("file"))
      let path = folder.path + "/file/cache"
      let outcome = try Vitrail.run(pretrain(data, folder.appendingPathComponent("run"), ["--cache", path]))
      expectError(outcome, folder.path + "/file")
    }
  }

  @Test("mean and deviation left to the run are measured once, written out, and kept by a resumed run")
  func automaticNormalization() throws {
    let data = try TinyRun.shared.get().train
    try withTemporaryFolder { folder in
      func run(_ name: String) -> URL { folder.appendingPathComponent(name) }
      let settings = ["train.steps=4", "data.mean=auto", "data.standardDeviation=auto"]
      let first = try Vitrail.run(pretrain(data, run("first"), [], settings: settings))
      #expect(first.code == 0, "\(first.errors)")
      #expect(first.errors.contains("mean and standard deviation  36/36 images"))
      let recipe = try String(contentsOf: run("first").appendingPathComponent("recipe.yaml"), encoding: .utf8)
      #expect(!recipe.contains("auto"))
      let described = try parsed(Vitrail.run("dataset", "describe", data.path, "--json", "-").output)
      guard case .array(let channels)? = described["channels"], let mean = channels.first?["mean"],
        let deviation = channels.first?["standardDeviation"], case .array(let means) = mean,
        case .array(let deviations) = deviation
      else {
        Issue.record("no mean in \(described)")
        return
      }
      func rounded(_ values: [JSONValue]) -> String {
        values.compactMap { $0.double.map { "\(Float($0))" } }[0]
      }
      #expect(recipe.contains("mean: [\(rounded(means))]\n"), "\(recipe)")
      #expect(recipe.contains("standardDeviation: [\(rounded(deviations))]\n"), "\(recipe)")
      let model = try Vitrail.run("inspect", run("first").path + "/model.safetensors", "--json").output
      #expect(model.contains(rounded(means)))

      let again = try Vitrail.run(
        "pretrain", "--recipe", run("first").path + "/recipe.yaml", "--out", run("again").path)
      #expect(again.code == 0 && !again.errors.contains("mean and standard"), "\(again.errors)")
      #expect(try weights(run("again")) == weights(run("first")))
      let given = settings.dropLast() + ["data.standardDeviation=[0.5]"]
      #expect(try Vitrail.run(pretrain(data, run("half"), [], settings: Array(given))).code == 0)
      let half = try String(contentsOf: run("half").appendingPathComponent("recipe.yaml"), encoding: .utf8)
      #expect(half.contains("standardDeviation: [0.5]\n") && half.contains("mean: [\(rounded(means))]\n"))

      let flat = folder.appendingPathComponent("flat")
      try FileManager.default.createDirectory(at: flat, withIntermediateDirectories: true)
      try SampleImages.jpeg.prefix(40).write(to: flat.appendingPathComponent("cut.jpg"))
      let outcome = try Vitrail.run(pretrain(flat, run("none"), [], settings: settings))
      expectError(outcome, "none of 1 images can be read", "mean and standard deviation as numbers")
    }
  }
}
