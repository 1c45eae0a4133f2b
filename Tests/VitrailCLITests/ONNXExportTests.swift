import Foundation
import Platform
import Testing

@Suite("vitrail convert --to encoder.onnx")
struct ONNXExportTests {
  private func convert(_ from: URL, _ to: URL, _ options: String...) throws -> Vitrail.Outcome {
    try Vitrail.run(["convert", "--from", from.path, "--to", to.path] + options)
  }

  @Test("an encoder gives features and tokens, of a half the bytes in half precision")
  func encoder() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let to = folder.appendingPathComponent("encoder.onnx")
      let outcome = try convert(shared.run, to)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(
        outcome.output.contains("images [batch, ") && outcome.output.contains("→ features [batch, 16]"))
      #expect(outcome.output.contains("written: \(to.path)") && !outcome.output.contains("tokens"))

      let half = folder.appendingPathComponent("half.ONNX")
      let told = try convert(shared.run, half, "--type", "F16", "--outputs", "tokens,features", "--json")
      #expect(told.code == 0, "\(told.errors)")
      let document = try parsed(told.output).entries
      let size = try Data(contentsOf: half).count
      #expect(document["bytes"]?.double == Double(size))
      #expect(size < (try Data(contentsOf: to).count))
      guard case .array(let outputs)? = document["outputs"] else {
        Issue.record("no list of outputs: \(told.output)")
        return
      }
      #expect(outputs.map { $0.entries["name"]?.string } == ["tokens", "features"])
    }
  }

  @Test("a file for images of any size says so, and without the option it is of one size")
  func dynamicSize() throws {
    let shared = try TinyRun.shared.get()
    try withTemporaryFolder { folder in
      let to = folder.appendingPathComponent("encoder.onnx")
      let fixed = try convert(shared.run, to)
      #expect(fixed.code == 0 && !fixed.output.contains("height"), "\(fixed.errors)")
      let outcome = try convert(shared.run, to, "--dynamic-size", "--outputs", "features,tokens")
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(
        outcome.output.contains(", height, width]\n→ features [batch, 16]\n→ tokens [batch, tokens, 16]"))
      let told = try convert(shared.run, to, "--dynamic-size", "--json")
      #expect(told.code == 0, "\(told.errors)")
      guard case .array(let shape)? = try parsed(told.output).entries["input"]?.entries["shape"] else {
        Issue.record("no shape of the input: \(told.output)")
        return
      }
      #expect(shape.suffix(2).map(\.string) == ["height", "width"])
    }
    let help = try Vitrail.run(["convert", "--help"])
    #expect(help.output.contains("--dynamic-size") && help.output.contains("encoder's own size"))
  }

  @Test("a classifier gives probabilities and knows its labels")
  func classifier() throws {
    let run = try FineTuneRun.shared.get()
    try withTemporaryFolder { folder in
      for from in [run, run.appendingPathComponent("classifier.safetensors")] {
        let to = folder.appendingPathComponent("classifier.onnx")
        let outcome = try convert(from, to)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("→ probabilities [batch, 3]"))
        let file = try Data(contentsOf: to)
        #expect(file.range(of: Data(#"["ash","birch","cedar"]"#.utf8)) != nil)
        #expect(file.range(of: Data("resizeShorterSide".utf8)) != nil)
      }
    }
  }

  @Test("what makes no sense is refused, and nothing appears")
  func refusals() throws {
    let shared = try TinyRun.shared.get()
    let model = shared.run.appendingPathComponent("model.safetensors")
    try withTemporaryFolder { folder in
      let to = folder.appendingPathComponent("encoder.onnx")
      expectError(try convert(model, to, "--outputs", "probabilities"), "no classification head", "finetune")
      expectError(try convert(model, to, "--outputs", "features,features"), code: 64, "each once")
      expectError(try convert(model, to, "--outputs", "logits"), code: 64, "tokens")
      expectError(try convert(model, to, "--type", "I8"), code: 64, "F16")
      expectError(try convert(model, to, "--fold"), code: 64, "--fold")
      expectError(try convert(model, to, "--type", "BF16"), code: 64, "F16")
      expectError(try convert(model, to, "--to-layout", "timm"), code: 64, "--to-layout")
      expectError(
        try convert(model, folder.appendingPathComponent("a.safetensors"), "--outputs", "tokens"), code: 64,
        ".onnx")
      expectError(
        try convert(model, folder.appendingPathComponent("a.safetensors"), "--dynamic-size"), code: 64,
        "--dynamic-size", ".onnx")
      expectError(try convert(model, folder.appendingPathComponent("no/a.onnx")), "there is no folder")
      expectError(try convert(folder.appendingPathComponent("none"), to), "cannot read")
      let copy = folder.appendingPathComponent("copy.safetensors")
      try FileManager.default.copyItem(at: model, to: copy)
      let link = folder.appendingPathComponent("link.onnx")
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: copy)
      expectError(try convert(copy, link), "would be overwritten", "--to")
      #expect(try Data(contentsOf: copy) == Data(contentsOf: model))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(names == ["copy.safetensors", "link.onnx"])
    }
  }
}
