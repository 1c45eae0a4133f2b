import Foundation
import Platform
import Pretraining
import Testing

@Suite("vitrail's commands")
struct CommandTests {
  @Test(
    "every command has help with an example",
    arguments: [
      [], ["pretrain"], ["evaluate"], ["embed"], ["reconstruct"], ["report"], ["inspect"], ["list"],
      ["bench"],
      ["bench", "step"], ["bench", "loader"], ["dataset"], ["dataset", "export"], ["dataset", "index"],
      ["augment"], ["pack"], ["study"], ["dataset", "describe"],
    ])
  func help(_ command: [String]) throws {
    let outcome = try Vitrail.run(command + ["--help"])
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("Example: vitrail "), "\(outcome.output)")
    #expect(outcome.errors.isEmpty)
  }

  @Test(
    "bad usage exits 64 with one line",
    arguments: [
      "frobnicate", "pretrain", "pretrain --bogus", "pretrain --data x --epochs many",
      "pretrain --data x --lanes 0", "pretrain --data x --set model.width", "evaluate",
      "evaluate --weights x",
      "evaluate --weights x --train x --test x --lanes 0",
      "evaluate --weights x --train x --test x --max-bad 2",
      "evaluate --weights x --train x --test x --max-bad nan", "embed --weights x --data x --out x --lanes 0",
      "reconstruct --weights x --data x --out x --count=-1", "list", "list foods", "inspect", "report",
      "bench step --steps 0", "bench step --lanes 0", "bench flop",
      "augment", "augment --data x --out x --count 0", "augment --data x --out x --views 1001",
      "augment --data x --out x --progress 2", "augment --data x --out x --set seed",
      "dataset index", "dataset index x --split middle",
      "dataset describe", "dataset describe x --sample 0", "dataset describe x --split middle",
      "dataset export --data x --out x --limit=-1", "dataset export --data x --out x --split middle",
      "pack --data x", "pack --data x --out x --shard-size 1 --shard-count 1",
      "pack --data x --out x --shard-size 1XB",
      "pack --data x --out x --quality 101", "pack --data x --out x --resize 0",
      "pretrain --data a --data b --mix 1", "pretrain --data a --data b --mix 1,0",
      "pretrain --data a --limit 0", "study", "study x --jobs 0", "study x --lanes 0",
      "evaluate --train x", "evaluate --weights x --train x --test x --hold-out 0.2",
      "evaluate --weights x --train x --hold-out 1",
    ])
  func usage(_ line: String) throws {
    let outcome = try Vitrail.run(line.split(separator: " ").map(String.init))
    expectError(outcome, code: 64, "--help")
    #expect(outcome.errors.split(separator: "\n").count == 1)
    #expect(outcome.output.isEmpty)
  }

  @Test(
    "a misspelt command is recognised",
    arguments: [
      ("pretrian --data x", "vitrail", "pretrain"), ("evalute", "vitrail", "evaluate"),
      ("bench stpe --steps 1", "vitrail bench", "step"), ("dataset idnex x", "vitrail dataset", "index"),
    ])
  func misspelt(_ line: String, _ place: String, _ meant: String) throws {
    let outcome = try Vitrail.run(line.split(separator: " ").map(String.init))
    expectError(outcome, code: 64, "unknown command", " · \(place) · ", "did you mean '\(meant)'?")
  }

  /// Flags are off, and lists are empty, unless they are given.
  @Test("every option says in its help what it is when it is not given")
  func defaults() throws {
    func options(_ command: JSONValue, _ path: String) -> [String] {
      let own = (command["arguments"]?.list ?? []).filter { argument in
        argument["kind"] == .string("option") && argument["isOptional"] == .bool(true)
          && argument["isRepeating"] != .bool(true) && argument["shouldDisplay"] == .bool(true)
          && argument["defaultValue"] == nil
          && argument["abstract"]?.string?.lowercased().contains("default") != true
      }
      let names = own.map { "\(path) --\($0["valueName"]?.string ?? "?")" }
      return names
        + (command["subcommands"]?.list ?? []).filter { $0["commandName"] != .string("help") }
        .flatMap { options($0, "\(path) \($0["commandName"]?.string ?? "")") }
    }
    let dump = try Vitrail.run("--experimental-dump-help")
    let root = try #require(try parsed(dump.output)["command"])
    #expect(options(root, "vitrail") == [])
  }

  @Test(
    "list prints each kind as text and as JSON",
    arguments: [
      "norms", "placements", "patchNorms", "positions", "initializers", "objectives", "optimizers", "sources",
      "evaluators", "sizes", "recipes",
      "augmentations", "stems", "activations", "studies", "formats", "keys",
    ])
  func list(_ kind: String) throws {
    let text = try Vitrail.run("list", kind).output.split(separator: "\n")
    guard case .array(let entries) = try parsed(Vitrail.run("list", kind, "--json").output) else {
      Issue.record("no list")
      return
    }
    #expect(!entries.isEmpty && entries.count == text.count)
    for (entry, line) in zip(entries, text) {
      #expect(Set(entry.entries.keys).isSuperset(of: ["name", "summary"]))
      #expect(kind == "keys" || entry.entries["source"] != nil)
      guard case .string(let name)? = entry.entries["name"] else { continue }
      #expect(line.hasPrefix(name))
    }
  }

  @Test("list formats says what each format's files are called and what reads them")
  func formats() throws {
    guard case .array(let formats) = try parsed(Vitrail.run("list", "formats", "--json").output) else {
      Issue.record("no list")
      return
    }
    for format in formats {
      guard case .array(let endings)? = format["extensions"], case .string(let summary)? = format["summary"]
      else {
        Issue.record("no extensions in \(format)")
        continue
      }
      #expect(!endings.isEmpty && format["limits"] != nil && format["holdsPages"] != nil)
      // What this build does not read is mended in some way; what it reads is read by a library.
      #expect((format["library"] == nil) != (format["remedy"] == nil), "\(format)")
      #expect(summary.contains("not in this build") == (format["library"] == nil))
    }
    let png = try #require(formats.first { $0["name"] == .string("PNG") })
    #expect(png["holdsPages"] == .bool(false) && png["source"] == .string("W3C, 2003"))
    #expect(png["library"]?.text.hasPrefix("\"libpng 1.") == true, "\(png)")
  }

  @Test("bench prints its speed as text and as JSON")
  func bench() throws {
    let arguments = ["bench", "step", "--shape", "mini", "--steps", "1", "--lanes", "1"]
    let json = try parsed(Vitrail.run(arguments + ["--json"]).output).entries
    #expect(
      Set(json.keys).isSuperset(of: [
        "shape", "lanes", "batch", "imagesPerSecond", "millisecondsPerStep", "gflops",
        "gemmBoundImagesPerSecond", "peakBytes", "parameters",
      ]))
    #expect(json["shape"] == .string("mini") && json["lanes"] == .integer(1))
    #expect((json["imagesPerSecond"]?.double ?? 0) > 0)
    expectError(
      try Vitrail.run("bench", "step", "--norm", "bachNorm"), "bench.norm", "did you mean 'batchNorm'")
    expectError(
      try Vitrail.run("bench", "step", "--shape", "mini", "--norm", "batchNorm", "--accumulation", "2"),
      "--accumulation", "whole batch")
    expectError(try Vitrail.run("bench", "step", "--shape", "mimi"), "--shape", "did you mean 'mini'")
  }

  @Test("bench times the step of every objective of images without labels")
  func benchObjectives() throws {
    let names = try Vitrail.run("list", "objectives").output.split(separator: "\n").compactMap {
      $0.split(separator: " ").first
    }
    #expect(names.contains("positionPrediction") && names.contains("dino"))
    for name in names where name != "classification" {
      let outcome = try Vitrail.run(
        "bench", "step", "--shape", "mini", "--batch", "4", "--steps", "1", "--objective", String(name))
      #expect(outcome.code == 0 && outcome.output.contains("images/s"), "\(name): \(outcome.errors)")
    }
    expectError(
      try Vitrail.run("bench", "step", "--objective", "dropPos", "--positions", "none"), "no table",
      "sinCos2D")
    expectError(try Vitrail.run("bench", "step", "--positions", "sinCos"), "--positions", "did you mean")
  }

  /// Shares are of the lanes' time between the start and the end of each step.
  @Test("bench says where the time goes, on images too")
  func profile() throws {
    try withTemporaryFolder { folder in
      try SampleImages.write(to: folder, count: 50, channels: 3)
      let outcome = try Vitrail.run(
        "bench", "step", "--shape", "mini", "--steps", "2", "--data", folder.path, "--recompute", "block",
        "--profile", "--json")
      let json = try parsed(outcome.output).entries
      let shares = try #require(json["profile"]?.entries).compactMapValues(\.double)
      #expect(shares.count == 8)
      #expect(abs(shares.values.reduce(0, +) - 1) <= 1e-9)
      #expect(shares.values.allSatisfy { (0..<1).contains($0) })
      #expect((shares["matrixProducts"] ?? 0) > 0.3)
      #expect((json["dataWait"]?.double ?? -1) >= 0)
    }
    expectError(
      try Vitrail.run("bench", "step", "--recompute", "blok"), "--recompute", "did you mean 'block'")
    let text = try Vitrail.run("bench", "step", "--shape", "mini", "--steps", "1", "--profile").output
    #expect(text.contains("images/s") && text.contains("attention") && text.contains("idle"))
  }

  @Test("dataset export writes a folder that can be trained on")
  func export() throws {
    try withTemporaryFolder { folder in
      try SampleImages.writeIDX(to: folder, prefix: "train", count: 12)
      let out = folder.appendingPathComponent("images")
      let arguments = ["dataset", "export", "--data", folder.path, "--out", out.path]
      let outcome = try Vitrail.run(arguments + ["--limit", "9", "--classes", "a,b,c"])
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(TinyRun.files(out).filter { $0.hasSuffix(".png") }.count == 9)
      #expect(TinyRun.files(out).contains("b/000004.png"))
      expectError(try Vitrail.run(arguments + ["--classes", "a"]), "1 class names for 3 classes")
      let run = folder.appendingPathComponent("run")
      #expect(try TinyRun.pretrain(out, out: run, "train.steps=1").code == 0)
    }
  }

  private static let recipes = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("recipes")
  private static let recipeNames = RecipeFile.available(in: [recipes]).map(\.name)

  @Test("list recipes shows every file in recipes/")
  func listedRecipes() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.recipes.path).filter {
      $0.hasSuffix(".yaml")
    }
    #expect(Set(Self.recipeNames) == Set(files.map { $0.replacingOccurrences(of: ".yaml", with: "") }))
    let listed = try Vitrail.run("list", "recipes").output.split(separator: "\n").map {
      String($0.prefix { $0 != " " })
    }
    #expect(Set(listed).isSuperset(of: Self.recipeNames))
  }

  /// Four images a step, and two blocks for large models, so that the whole of `recipes/` takes seconds.
  @Test("every recipe runs for two steps on images of its size", arguments: recipeNames)
  func recipe(_ name: String) throws {
    let file = Self.recipes.appendingPathComponent(name + ".yaml").path
    let recipe = try RecipeFile.load(file, folders: [Self.recipes])
    let size = recipe.model.imageSize
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("data")
      try SampleImages.write(
        to: data, count: 4, width: size.width, height: size.height, channels: recipe.model.channels)
      var settings = ["train.steps=2", "train.epochs=null", "train.batchSize=4", "train.logSteps=1"]
      let model = recipe.model
      if model.width * model.depth > 192 * 12 { settings.append("model.depth=2") }
      let run = folder.appendingPathComponent("run")
      let outcome = try Vitrail.run(
        ["pretrain", "--data", data.path, "--recipe", file, "--out", run.path] + TinyRun.settings(settings))
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(try TinyRun.loggedSteps(run) == [1, 2])
    }
  }
}
