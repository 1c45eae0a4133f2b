import Foundation
import Testing

@Suite("vitrail on bad input")
struct BadInputTests {
  /// Writes one file of every kind that cannot be decoded, and a broken link.
  private func writeBadImages(to folder: URL) throws {
    let png = try Data(contentsOf: folder.appendingPathComponent("0.png"))
    let bad: [(String, Data)] = [
      ("truncated.png", png.prefix(png.count / 2)), ("empty.png", Data()),
      ("text.png", Data("not an image".utf8)), ("huge.png", SampleImages.hugePNG(side: 30000)),
      ("truncated.jpg", SampleImages.jpeg.prefix(300)),
    ]
    for (name, bytes) in bad { try bytes.write(to: folder.appendingPathComponent(name)) }
    try FileManager.default.createSymbolicLink(
      atPath: folder.appendingPathComponent("broken.jpeg").path, withDestinationPath: "/nowhere/at-all.jpeg")
    try SampleImages.jpeg.write(to: folder.appendingPathComponent("whole.jpg"))
  }

  @Test("skips and lists every image that cannot be read")
  func badImages() throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("data")
      try SampleImages.write(to: data, count: 10)
      try writeBadImages(to: data.appendingPathComponent("ash"))
      let run = folder.appendingPathComponent("run")
      let outcome = try TinyRun.pretrain(data, out: run, "train.epochs=3", "data.maxBad=0.3")
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.errors.contains("6 bad images"))
      let list = try String(contentsOf: run.appendingPathComponent("bad-images.txt"), encoding: .utf8)
      let reasons = Dictionary(
        uniqueKeysWithValues: list.split(separator: "\n").map { line in
          let parts = line.split(separator: "\t", maxSplits: 1)
          return (URL(fileURLWithPath: String(parts[0])).lastPathComponent, String(parts.last ?? ""))
        })
      #expect(
        Set(reasons.keys) == [
          "truncated.png", "empty.png", "text.png", "huge.png", "truncated.jpg", "broken.jpeg",
        ])
      #expect(reasons["empty.png"]?.contains("empty file") == true)
      #expect(reasons["text.png"]?.contains("no image of a format that is read") == true)
      #expect(reasons["huge.png"]?.contains("30000×30000") == true)
      #expect(reasons["broken.jpeg"]?.contains("No such file") == true)

      let few = folder.appendingPathComponent("few")
      expectError(
        try TinyRun.pretrain(data, out: few, "train.epochs=3"), "of 37 images cannot be read",
        few.appendingPathComponent("bad-images.txt").path, "--max-bad")

      let weights = run.path
      let embed = ["embed", "--weights", weights, "--data", data.path, "--out", folder.path + "/features"]
      expectError(try Vitrail.run(embed), "images cannot be read", "--max-bad")
      let allowed = try Vitrail.run(embed + ["--max-bad", "0.3"])
      #expect(allowed.code == 0, "\(allowed.errors)")
      #expect(allowed.output.contains("31 × 16 features") && allowed.output.contains("skipped 6 bad images"))
      let test = folder.appendingPathComponent("test")
      try SampleImages.write(to: test, count: 4)
      let evaluate = ["evaluate", "--weights", weights, "--train", data.path, "--test", test.path]
      expectError(try Vitrail.run(evaluate), "images cannot be read", "--max-bad")
      let scored = try Vitrail.run(evaluate + ["--max-bad", "0.3"])
      #expect(scored.code == 0, "\(scored.errors)")
      #expect(scored.errors.contains("skipped 6 bad images"))
    }
  }

  @Test("uses truncated images, and refuses large ones, where asked")
  func decodingOptions() throws {
    try withTemporaryFolder { folder in
      let data = folder.appendingPathComponent("data")
      try SampleImages.write(to: data, count: 10)
      let ash = data.appendingPathComponent("ash")
      let png = try Data(contentsOf: ash.appendingPathComponent("0.png"))
      try png.dropLast(20).write(to: ash.appendingPathComponent("truncated.png"))
      let run = folder.appendingPathComponent("run")
      let options = TinyRun.options + TinyRun.settings(["train.epochs=3"])
      let padded = try Vitrail.run(
        ["pretrain", "--data", data.path, "--out", run.path, "--truncated", "pad", "--max-bad", "0"] + options
      )
      #expect(padded.code == 0, "\(padded.errors)")
      let recipe = try String(contentsOf: run.appendingPathComponent("recipe.yaml"), encoding: .utf8)
      #expect(recipe.contains("truncated: pad"))
      let other = folder.appendingPathComponent("other").path
      expectError(
        try Vitrail.run(
          ["pretrain", "--data", data.path, "--out", other, "--max-bad", "0", "--truncated", "skip"] + options
        ),
        "images cannot be read")

      let embed = ["embed", "--weights", run.path, "--data", data.path, "--out", folder.path + "/features"]
      let test = folder.appendingPathComponent("test")
      try SampleImages.write(to: test, count: 4)
      let evaluate = ["evaluate", "--weights", run.path, "--train", data.path, "--test", test.path]
      for command in [embed, evaluate] {
        let strict = command + ["--max-bad", "0"]
        expectError(try Vitrail.run(strict), "images cannot be read", "ends too early")
        #expect(try Vitrail.run(strict + ["--truncated", "pad"]).code == 0)
        expectError(try Vitrail.run(strict + ["--max-pixels", "239"]), "above the limit of 239")
        #expect(try Vitrail.run(strict + ["--truncated", "pad", "--max-pixels", "240"]).code == 0)
        expectError(try Vitrail.run(command + ["--max-pixels", "0"]), code: 64, "from 1")
        expectError(try Vitrail.run(command + ["--truncated", "never"]), code: 64, "pad")
      }
      expectError(
        try Vitrail.run("pretrain", "--resume", "--out", run.path, "--truncated", "skip"),
        "data.truncated is \"pad\" in the run, and \"skip\" on the command line")
    }
  }

  @Test("says what is wrong with a place that holds no images")
  func noImages() throws {
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let empty = folder.appendingPathComponent("empty")
      try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
      expectError(try TinyRun.pretrain(empty, out: run), "no images", empty.path, ".png")
      let missing = folder.appendingPathComponent("missing")
      expectError(try TinyRun.pretrain(missing, out: run), "No such file", missing.path)
      let file = folder.appendingPathComponent("file")
      try Data("x".utf8).write(to: file)
      expectError(try TinyRun.pretrain(file, out: run), "not a set of images", file.path)
      let images = try TinyRun.shared.get().train
      expectError(try TinyRun.pretrain(images, out: file), "a file, where a folder is wanted", file.path)
      expectError(
        try TinyRun.pretrain(images, out: URL(fileURLWithPath: "/proc/none/run")), "/proc/none",
        "cannot write there")
      #expect(!FileManager.default.fileExists(atPath: run.path))
    }
  }

  @Test(
    "refuses a setting that does not fit, naming the key",
    arguments: [
      ("objective.maskRation=0.5", ["objective.maskRation", "did you mean 'maskRatio'"]),
      ("model.nrom=rmsNorm", ["model.nrom", "did you mean 'norm'"]),
      ("model.norm={kind: layerNorm, epsilom: 1}", ["model.norm.epsilom", "did you mean 'epsilon'"]),
      ("model.width=wide", ["model.width", "found 'wide'", "whole number"]),
      ("train=3.5", ["train", "found 3.5"]),
      ("model.heads=3", ["3 heads do not divide the width 16"]),
      ("model.patchSize=5", ["16×16 pixels", "multiple of the patch size"]),
      ("model.norm=layrNorm", ["unknown norm 'layrNorm'", "model.norm", "did you mean 'layerNorm'"]),
      ("model.placement=foo", ["unknown norm placement 'foo'", "model.placement", "allowed: pre"]),
      ("model.initializer=foo", ["unknown initializer 'foo'", "model.initializer"]),
      ("model.positions=foo", ["model.positions", "foo", "sinCos2D, learned"]),
      ("objective=meh", ["unknown objective 'meh'", "objective", "mae"]),
      ("optimizer=adam", ["unknown optimizer 'adam'", "optimizer", "did you mean 'adamW'"]),
      ("objective.maskRatio=2", ["maskRatio is 2", "objective.maskRatio", "0 … 1"]),
      ("objective.decoderWidth=1073741824", ["decoderWidth is 1073741824", "1 … 16384"]),
      ("model.imageSize=1048576", ["imageSize is 1048576"]),
      ("model.imageSize=8192", ["patches an image"]),
      ("train.batchSize=0", ["train.batchSize", "batchSize is 0"]),
      ("train.epochs=1e300", ["train.epochs", "epochs is 1e+300"]),
      ("train.warmupEpochs=1e18", ["train.warmupEpochs", "0 … 1e9"]),
      ("train.epochs=.inf", ["train.epochs", "finite number"]),
      ("train.minimumLearningRate=.nan", ["train.minimumLearningRate", "finite number"]),
      ("train.lanes=0", ["train.lanes", "1 … 1024"]),
      ("data.threads=100000", ["data.threads"]),
      ("data.mean=[1e300]", ["data.mean.0"]),
      ("data.mean=[0, 0]", ["data.mean", "2 values for 1 channels"]),
      ("data.mean=automatic", ["data.mean", "wanted auto or a list"]),
      ("data.standardDeviation=[0]", ["data.standardDeviation", "1e-08 … 10"]),
      ("data.cache=", ["data.cache"]), ("data.cache=[ram]", ["data.cache", "none, ram or the path"]),
      ("data.cacheSize=4XB", ["data.cacheSize", "'4XB'", "4GB"]), ("data.cacheSize=0", ["data.cacheSize"]),
      ("data.cacheSide=0", ["data.cacheSide"]),
      ("data.evaluationResize=4", ["data.evaluationResize", "16"]),
      ("model.norm={kind: layerNorm, epsilon: .nan}", ["model.norm.epsilon"]),
      ("data.path=*missing", ["not valid YAML", "--set data.path"]),
    ])
  func settings(_ setting: String, _ words: [String]) throws {
    let images = try TinyRun.shared.get().train
    try withTemporaryFolder { folder in
      let run = folder.appendingPathComponent("run")
      let outcome = try TinyRun.pretrain(images, out: run, setting)
      expectError(outcome)
      for word in words { #expect(outcome.lastError.contains(word), "\(outcome.lastError)") }
      #expect(!FileManager.default.fileExists(atPath: run.path), "nothing is written before all is checked")
    }
  }

  @Test("names the recipe file, and the recipes that there are")
  func recipeFiles() throws {
    let images = try TinyRun.shared.get().train
    try withTemporaryFolder { folder in
      func load(_ text: String) throws -> Vitrail.Outcome {
        let file = folder.appendingPathComponent("mine.yaml")
        try Data(text.utf8).write(to: file)
        let out = folder.appendingPathComponent("run").path
        return try Vitrail.run("pretrain", "--data", images.path, "--recipe", file.path, "--out", out)
      }
      expectError(try load("objective: {kind: mae, maskRation: 0.5}"), "mine.yaml", ": objective.maskRation")
      expectError(try load("model: {norm: layrNorm}"), "mine.yaml", ": model.norm ·")
      expectError(try load("train: [1, 2]"), "mine.yaml", ": train ·", "a list", "a group of keys")
      expectError(try load("extends: mine\n"), "mine.yaml", "circle")
      expectError(try load("extends: quikstart\n"), "no recipe 'quikstart'", "quickstart")
      expectError(try load("just text"), "mine.yaml", "holds keys")
      expectError(try load("model: {width: 1\n"), "not valid YAML", "mine.yaml")
      expectError(try load("model: {}\nmodel: {}\n"), "the key 'model' is there twice", "mine.yaml")
      expectError(
        try Vitrail.run("pretrain", "--data", images.path, "--recipe", "quikstart"), "no recipe 'quikstart'",
        "did you mean 'quickstart'")
    }
  }

  @Test("--set of an option keeps the kind, whatever the order")
  func settingOrder() throws {
    let images = try TinyRun.shared.get().train
    try withTemporaryFolder { folder in
      let runs = ["a", "b"].map { folder.appendingPathComponent($0) }
      let kind = TinyRun.settings(["objective.kind=mae"])
      for (run, options) in zip(runs, [kind + TinyRun.options, TinyRun.options + kind]) {
        let outcome = try TinyRun.pretrain(images, out: run, "train.steps=1", options: options)
        #expect(outcome.code == 0, "\(outcome.errors)")
      }
      let recipes = try runs.map { try Data(contentsOf: $0.appendingPathComponent("recipe.yaml")) }
      #expect(recipes[0] == recipes[1])
      #expect(String(decoding: recipes[0], as: UTF8.self).contains("decoderWidth: 16"))
    }
  }
}
