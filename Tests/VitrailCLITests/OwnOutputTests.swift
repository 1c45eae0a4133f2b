import Foundation
import Platform
import Testing

/// `cd photos; vitrail … --data .` never takes for data what was written there.
@Suite("what is written below the data")
struct OwnOutputTests {
  @Test("a run below its own data goes on to the same bits")
  func resume() throws {
    try withTemporaryFolder { folder in
      let photos = folder.appendingPathComponent("photos")
      try SampleImages.write(to: photos)
      let settings = ["train.steps=40", "train.checkpointSteps=4", "train.epochs=null"]
      let (whole, stopped) = (
        folder.appendingPathComponent("whole"), photos.appendingPathComponent("runs/stopped")
      )
      let first = try TinyRun.pretrain(
        photos, out: whole, options: TinyRun.options + TinyRun.settings(settings))
      #expect(first.code == 0, "\(first.errors)")
      let running = try Vitrail.start(
        ["pretrain", "--data", photos.path, "--out", stopped.path] + TinyRun.options
          + TinyRun.settings(settings))
      while running.isRunning, TinyRun.checkpointStep(stopped) ?? 0 < 4 { usleep(1000) }
      running.send(SIGKILL)
      _ = try running.finish()
      for (command, out) in [
        (["dataset", "describe", photos.path, "--sheet"], "sheet.png"),
        (["augment", "--data", photos.path, "--out"], "ash/views.png"),
        (
          ["evaluate", "--weights", whole.path, "--train", photos.path, "--hold-out", "0.3", "--out"],
          "scores"
        ),
        (["reconstruct", "--weights", whole.path, "--data", photos.path, "--out"], "grid.png"),
        (["pack", "--data", photos.path, "--out"], "shards"),
      ] {
        let outcome = try Vitrail.run(command + [photos.appendingPathComponent(out).path])
        #expect(outcome.code == 0, "\(outcome.errors)")
      }
      let index = try Vitrail.run("dataset", "index", photos.path, "--json")
      let text = try Vitrail.run("dataset", "index", photos.path)
      let found = try parsed(index.output).entries
      #expect(found["images"] == .integer(36) && found["classes"] == .integer(3), "\(index.output)")
      #expect(
        text.errors.contains("1 folder of a run") && text.errors.contains("pictures of results"),
        "\(text.errors)")
      let resumed = try Vitrail.run("pretrain", "--resume", "--out", stopped.path)
      #expect(resumed.code == 0, "\(resumed.errors)")
      #expect(
        try TinyRun.tensors(stopped.appendingPathComponent("model.safetensors"))
          == TinyRun.tensors(whole.appendingPathComponent("model.safetensors")))
    }
  }

  @Test(
    "files that are passed over are said by each command, parts are told apart, one set is not its own test")
  func said() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let root = folder.appendingPathComponent("set")
      try SampleImages.write(to: root.appendingPathComponent("Train"), count: 20)
      try SampleImages.write(to: root.appendingPathComponent("val"), count: 3)
      try Data().write(to: root.appendingPathComponent("Train/ash/scan.psd"))
      for command in [
        ["dataset", "index", root.path], ["dataset", "describe", root.path],
        ["embed", "--weights", shared.run.path, "--data", root.path, "--out", folder.path + "/features"],
        ["bench", "loader", "--data", root.path, "--images", "4"],
      ] {
        let outcome = try Vitrail.run(command)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(
          outcome.errors.contains("passed over: 1 .psd (not read; convert to PNG or JPEG)"),
          "\(outcome.errors)")
        #expect(outcome.errors.contains("1 folder val/ (Train/ was taken here"), "\(outcome.errors)")
      }
      let evaluate = [
        "evaluate", "--weights", shared.run.path, "--evaluators", "knn", "--no-baselines", "--json", "-",
      ]
      let scores = try Vitrail.run(evaluate + ["--train", root.path, "--test", root.path])
      #expect(scores.code == 0, "\(scores.errors)")
      let report = try parsed(scores.output)
      #expect(report["train"]?["images"] == .integer(60) && report["test"]?["images"] == .integer(9))
      #expect(report["train"]?["passedOver"]?.list.first?["kind"] == .string(".psd"))
      let part = root.path + "/Train"
      expectError(
        try Vitrail.run(evaluate + ["--train", part, "--test", part]), "the same images", "--hold-out 0.2")
      expectError(
        try Vitrail.run("embed", "--weights", shared.run.path, "--data", "", "--out", folder.path), code: 64,
        "an empty value after '--data'")
    }
  }
}
