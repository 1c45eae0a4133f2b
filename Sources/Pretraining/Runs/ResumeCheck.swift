import Datasets
import Foundation
import Platform

/// Whether a run may go on from a checkpoint: recipe and images must be those that it was stopped with, as far as they
/// decide what is learned.
struct ResumeCheck {
  let recipe: Recipe
  let variants: RunVariants
  let folder: RunFolder
  let acceptsChangedData: Bool
  /// Told what differs and is taken all the same.
  let note: (String) -> Void

  /// Compares the recipe with the one in a checkpoint's metadata.
  ///
  /// - Throws: `Failure` that names the keys that must not differ.
  func checkRecipe(_ metadata: [String: String], step: Int) throws(Failure) {
    guard let text = metadata["recipe"],
      let tree = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)),
      let old = try? Recipe(tree, variants: variants, at: "the checkpoint")
    else {
      return note("the checkpoint's recipe cannot be compared with recipe.yaml: another version wrote it")
    }
    let changes = old.changes(to: recipe)
    let fatal = changes.filter { $0.effect == .model }
    guard fatal.isEmpty else {
      throw Failure(
        "the recipe was changed since step \(step): \(Self.list(fatal))", at: folder.recipe.path,
        mend: "put it back, or start another run from these weights: --from-weights \(folder.url.path)")
    }
    let data = changes.filter { $0.effect == .data }
    guard data.isEmpty || acceptsChangedData else {
      throw Failure(
        "the recipe was changed since step \(step): \(Self.list(data))", at: folder.recipe.path,
        mend: "put it back, or go on on purpose with --accept-changed-data")
    }
    let said = data + changes.filter { $0.effect == .steps }
    if !said.isEmpty { note("the recipe was changed since step \(step): \(Self.list(said))") }
  }

  /// Compares the images with those that a checkpoint's metadata tell of; `now` makes their listing, comparable with an
  /// older one.
  ///
  /// - Returns: the listing.
  /// - Throws: `Failure` that says what has changed.
  func checkImages(
    _ metadata: [String: String], step: Int, at place: String, _ now: (DataListing.Summary?) -> DataListing
  ) throws(Failure) -> DataListing {
    guard let text = metadata["images"],
      let then = try? JSONDecoder().decode(DataListing.Summary.self, from: Data(text.utf8))
    else {
      note("an older version wrote the checkpoint: whether the images are the same is not known")
      return now(nil)
    }
    let now = now(then)
    guard let counts = then.change(to: now.summary) else { return now }
    let known = (try? Data(contentsOf: folder.images))
      .flatMap { try? JSONDecoder().decode(DataListing.self, from: $0) }
    let change = known?.summary == then ? known?.change(to: now) ?? counts : counts
    guard acceptsChangedData else {
      throw Failure(
        change, at: place, mend: "bring the images back, or go on on purpose with --accept-changed-data")
    }
    note("going on from step \(step) with other images: \(change)")
    return now
  }

  private static func list(_ changes: [RecipeChange]) -> String {
    let texts = changes.map { "\($0.key) is \($0.new), was \($0.old)" }
    return texts.prefix(4).joined(separator: "; ") + (texts.count > 4 ? "; and \(texts.count - 4) more" : "")
  }
}
