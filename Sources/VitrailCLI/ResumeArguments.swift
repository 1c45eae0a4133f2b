import ArgumentParser
import Foundation
import Platform
import Pretraining

/// Options of commands that train, about a run that is there already.
struct ResumeArguments: ParsableArguments {
  @Flag(
    help: """
      Go on with the run in --out, to the same bits as if it had never stopped; start it where there is none. The same \
      line may be given every time.
      """)
  var resume = false
  @Flag(
    help: "Go on although images, or keys of the recipe about them, are others than when the run was stopped."
  )
  var acceptChangedData = false

  func validate() throws {
    if acceptChangedData && !resume { throw ValidationError("--accept-changed-data is for --resume") }
  }

  /// Whether there is a run in the folder, to go on with.
  ///
  /// - Throws: `Failure` when there is one and nobody asked to go on, or when there is none and `canStart` is false.
  func goesOn(in folder: RunFolder, canStart: Bool) throws(Failure) -> Bool {
    let exists = FileManager.default.fileExists(atPath: folder.recipe.path)
    if exists && !resume {
      throw Failure(
        "the folder holds a run already", at: folder.url.path,
        mend: "go on with it by --resume, or choose another --out")
    }
    if !exists && resume && !canStart {
      throw Failure(
        "no run to resume", at: folder.url.path,
        mend: "check --out, or give what the run is to be started with: images, and weights or a recipe")
    }
    return exists
  }

  /// The recipe of the run in a folder; what is asked for beside `--resume` must agree with it.
  ///
  /// - Parameter weights: what the run is said to have started from.
  /// - Throws: `Failure` that names a key that differs.
  func recipe(
    of folder: RunFolder, asked name: String?, _ settings: [String], from weights: String?
  ) throws(Failure) -> Recipe {
    let recipe = try RecipeFile.load(folder.recipe.path, folders: [])
    let asked = try RecipeFile.settings(name, folders: RecipeFolders.all, overrides: settings)
    let changes = try recipe.changes(laying: asked)
    guard changes.isEmpty else {
      let texts = changes.map { "\($0.key) is \($0.old) in the run, and \($0.new) on the command line" }
      throw differs(folder, texts.joined(separator: "; "))
    }
    if let weights {
      let asked = URL(fileURLWithPath: weights).resolvingSymlinksInPath().path
      let start = recipe.train.initialWeights
      guard start.map({ URL(fileURLWithPath: $0).resolvingSymlinksInPath().path.hasPrefix(asked) }) ?? false
      else {
        throw differs(
          folder, "the run started from \(start ?? "its seed"), and the command line says \(weights)")
      }
    }
    return recipe
  }

  private func differs(_ folder: RunFolder, _ problem: String) -> Failure {
    Failure(
      problem, at: folder.recipe.path,
      mend: "leave that out to go on with the run as it is, edit recipe.yaml, or choose another --out")
  }
}
