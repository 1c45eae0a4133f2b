// Loads a pretrained encoder, embeds images, and trains a linear head on them.
// Usage: FineTuneHead model.safetensors CLASS_A_FOLDER CLASS_B_FOLDER …
import Foundation
import Imaging
import Tensors
import VisionTransformer

let arguments = CommandLine.arguments.dropFirst().map { URL(fileURLWithPath: $0) }
guard arguments.count > 2 else { fatalError("usage: FineTuneHead MODEL CLASS_FOLDER CLASS_FOLDER…") }
let file = try ModelFile(contentsOf: arguments[0])
let model = try file.makeModel()

var images: [Image] = []
var labels: [Int] = []
for (label, folder) in arguments.dropFirst().enumerated() {
  for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().prefix(200) {
    images.append(try ImageDecoder.decode(contentsOf: folder.appendingPathComponent(name)))
    labels.append(label)
  }
}
let features = model.embed(images, preprocessing: file.preprocessing)

let head = Linear(
  inputs: model.configuration.width, outputs: arguments.count - 1, initial: .zeros,
  scope: model.parameters.root["head"])
for step in 1...300 {
  let tape = Tape(.training)
  let loss = tape.softmaxCrossEntropy(head(features, tape), labels: labels)
  tape.backward(from: loss)
  for parameter in [head.weight, head.bias] {
    if let gradient = tape.gradient(of: parameter) { parameter.descend(gradient, rate: 0.5) }
  }
  if step % 100 == 0 { print("step \(step): loss \(loss.scalar)") }
}
