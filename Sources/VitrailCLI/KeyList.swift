import Evaluation
import Platform
import Pretraining

/// Every key of a recipe and every option of an evaluator, as `vitrail list keys` shows them.
struct KeyList {
  private let groups: [KeyGroup]

  init() {
    groups =
      KeyGroup.recipe()
      + Evaluators.all.variants.map { KeyGroup(of: $0, at: $0.name) }.filter { !$0.keys.isEmpty }
  }

  var keys: [RecipeKey] { groups.flatMap(\.keys) }

  /// A line a key.
  var text: String {
    keys.map { key in
      let kind = key.kind.map { key.name.hasPrefix("\($0).") ? "" : " of \($0)" } ?? ""
      return "\(key.name)\(kind) = \(Self.text(key.default))  [\(key.values)]  \(key.summary)"
    }.joined(separator: "\n")
  }

  /// The page docs/recipes.md.
  var markdown: String {
    var lines = [Self.introduction]
    for group in groups {
      lines += ["", "## \(group.title)", "", "| key | default | values | meaning |", "|---|---|---|---|"]
      lines += group.keys.map { key in
        let name = key.name.split(separator: ".").last.map(String.init) ?? key.name
        let cells = ["`\(name)`", "`\(Self.text(key.default))`", key.values, key.summary]
        return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func text(_ value: JSONValue?) -> String {
    guard let value else { return "absent" }
    if case .string(let text) = value, !text.isEmpty { return text }
    return value.text
  }

  private static let introduction = """
    # Recipes

        model: {size: small, norm: rmsNorm}
        objective: {kind: mae, maskRatio: 0.8}
        train: {epochs: 50, batchSize: 512}

    A recipe is a YAML file with some of the keys below; what it leaves out has its default. Train with it by
    `vitrail pretrain --recipe FILE --data photos/`.

    - `--set train.epochs=20` overrides a key; `--set train.clipNorm=null` takes one away.
    - `extends: mae-224` lays a recipe over another, a file or a name of `vitrail list recipes`.
    - A variant is chosen by its name, `norm: rmsNorm`, or with options: `norm: {kind: rmsNorm, epsilon: 1e-5}`.
    - Names may be written as papers have them: `mp3`, `MoCo-v3`, `LN`. The run's `recipe.yaml` has the registered name.
    - An unknown key, a key that is there twice and a number out of its range are errors that name the place.

    `vitrail list keys` prints this list, with `--json` for programs; `vitrail list keys --markdown` wrote this page.
    The last headings are options of evaluators: `vitrail evaluate … --set knn.k=[10,20]`.
    """
}
