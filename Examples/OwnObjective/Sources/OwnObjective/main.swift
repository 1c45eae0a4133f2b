// Pretrains with an objective that Vitrail does not know: OwnObjective RECIPE DATA RUN
import Foundation
import Platform
import Pretraining

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 3 else {
  FileHandle.standardError.write(Data("usage: OwnObjective RECIPE DATA RUN\n".utf8))
  exit(64)
}
let paths = Array(arguments)
var variants = RunVariants()
variants.objectives.append(RotationPrediction.self)
do {
  let recipe = try RecipeFile.load(
    paths[0], folders: [],
    overrides: ["objective=rotationPrediction", "data.path=\(JSONValue.string(paths[1]).text)"],
    variants: variants)
  let plan = try TrainingPlan(recipe: recipe, source: try recipe.data.openSource(), variants: variants)
  let trainer = Trainer(plan, in: RunFolder(URL(fileURLWithPath: paths[2])))
  let ending = try trainer.run(
    resuming: false,
    onProgress: { progress in
      if progress.step % 10 == 0 {
        print("step \(progress.step) of \(progress.totalSteps): loss \(progress.loss)")
      }
    })
  guard ending == .finished else { exit(1) }
  let reloaded = try TrainedObjective(checkpoint: trainer.folder.lastCheckpoint, variants: variants)
  print("read back: \(type(of: reloaded.objective).name), \(reloaded.encoder.parameters.scalarCount) weights")
} catch {
  FileHandle.standardError.write(Data("error: \(error)\n".utf8))
  exit(1)
}
