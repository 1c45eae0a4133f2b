import Foundation
import Platform
import Pretraining
import TestSupport
import Testing

/// Where a recipe is wrong is said to the key, however deep it lies.
@Suite("Places in recipes")
struct RecipePlaceTests {
  @Test(arguments: [
    ("model: {heads: 5}", "model"),
    ("model: {norm: {kind: layerNorm, epsilon: -1}}", "model.norm.epsilon"),
    ("model: {norm: layernom}", "model.norm"),
    (
      "model: {depth: 2, layerNorms: [layerNorm, {kind: rmsNorm, epsilon: -1}]}",
      "model.layerNorms[1].epsilon"
    ),
    ("model: {placement: post, branches: 2}", "model.branches"),
    ("model: {dropPath: 2}", "model.dropPath"),
    ("train: {epochs: 3, steps: 9}", "train.steps"),
    ("train: {monitor: {train: a, everySteps: 0}}", "train.monitor.everySteps"),
    ("train: {monitor: {train: '', everySteps: 5}}", "train.monitor.train"),
    ("data: {maxBad: 2}", "data.maxBad"),
    ("data: {bands: [a, a]}", "data.bands"),
    ("data: {mean: [200, 1, 1]}", "data.mean"),
    ("data: {mix: [{path: a, weight: 1}, {path: b, weight: -1}]}", "data.mix[1].weight"),
    ("data: {augmentations: [centerCrop, posterize]}", "data.augmentations[1]"),
    (
      "data: {views: [{count: 1}, {count: 1, augmentations: [{kind: gaussianBlur, kernelSize: 4}]}]}",
      "data.views[1].augmentations[0].kernelSize"
    ),
    ("data: {views: [{count: 1}, {count: 70}]}", "data.views[1].count"),
    ("data: {views: [{count: 1, imageSize: 30}]}", "data.views[0].imageSize"),
    ("objective: {kind: mae, maskRatio: 2}", "objective.maskRatio"),
    ("objective: {kind: mae, distillation: {weight: -1}}", "objective.distillation.weight"),
    ("objective: {kind: mae, distillation: {distance: far}}", "objective.distillation.distance"),
    ("objective: {kind: mae, distillation: {teacher: ''}}", "objective.distillation.teacher"),
    ("objective: {kind: dino, distillation: {}}", "objective.distillation"),
    ("objective: {kind: classification, classes: [a, a]}", "objective.classes"),
    ("optimizer: {kind: adamW, beta1: 2}", "optimizer.beta1"),
    ("optimizer: adam", "optimizer"),
  ])
  func theKeyIsNamed(_ text: String, _ place: String) throws {
    let folder = try TemporaryFolder()
    let file = folder("own.yaml")
    try Data(text.utf8).write(to: file)
    let failure = try #require(throws: Failure.self) { try RecipeFile.load(file.path) }
    #expect(failure.place == "\(file.path): \(place)", "\(failure)")
  }
}
