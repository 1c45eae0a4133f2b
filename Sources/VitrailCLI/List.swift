import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Imaging
import Optimization
import Platform
import Pretraining
import Tensors
import VisionTransformer

struct List: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List what can be chosen by name: \(Kind.allCases.map(\.rawValue).joined(separator: ", ")).",
    discussion: "Example: vitrail list norms")

  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case norms, placements, patchNorms, positions, initializers, objectives, optimizers, sources, evaluators,
      sizes, recipes
    case augmentations, stems, activations, layouts, studies, formats, keys
  }

  private struct Entry: Encodable {
    let name, summary, source: String
    var aliases: [String] = []
  }

  @Argument(help: "What to list.")
  var kind: Kind
  @OptionGroup var output: JSONOutput
  @Flag(help: "Print keys as the page docs/recipes.md.")
  var markdown = false

  func validate() throws {
    guard !markdown || kind == .keys else { throw ValidationError("--markdown is for: vitrail list keys") }
  }

  func run() throws {
    guard kind != .keys else {
      let list = KeyList()
      return try output.tell(markdown ? list.markdown : list.text, list.keys)
    }
    guard kind != .formats else {
      let formats = FormatList().formats
      let entries = formats.map { Entry(name: $0.name, summary: $0.summary, source: $0.source) }
      return try output.tell(Self.text(entries), formats)
    }
    try output.tell(Self.text(entries), entries)
  }

  /// An entry a line, names below each other.
  private static func text(_ entries: [Entry]) -> String {
    let width = entries.map(\.name.count).max() ?? 0
    let lines = entries.map { entry in
      let padding = String(repeating: " ", count: width - entry.name.count)
      let source = entry.source.isEmpty ? "" : " (\(entry.source))"
      let aliases = entry.aliases.isEmpty ? "" : "; also: \(entry.aliases.joined(separator: ", "))"
      return "\(entry.name)\(padding)  \(entry.summary)\(source)\(aliases)"
    }
    return lines.joined(separator: "\n")
  }

  private var entries: [Entry] {
    func variants(_ all: [any Variant.Type]) -> [Entry] {
      all.map { Entry(name: $0.name, summary: $0.summary, source: $0.source, aliases: $0.aliases) }
    }
    switch kind {
    case .keys, .formats: return []
    case .norms: return variants(Norms.all.variants)
    case .placements: return variants(NormPlacements.all.variants)
    case .initializers: return variants(Initializers.all.variants)
    case .objectives: return variants(Objectives.all.variants)
    case .optimizers: return variants(Optimizers.all.variants)
    case .sources: return variants(ImageSources.all)
    case .augmentations: return variants(Augmentations.all.variants)
    case .evaluators: return variants(Evaluators.all.variants)
    case .layouts:
      return WeightLayout.all.map { Entry(name: $0.name, summary: $0.title, source: "") }
    case .patchNorms:
      return PatchNorm.allCases.map {
        Entry(name: $0.rawValue, summary: $0.summary, source: "Kumar et al., 2023")
      }
    case .positions:
      return Positions.allCases.map { Entry(name: $0.rawValue, summary: $0.summary, source: $0.source) }
    case .stems:
      return Stem.allCases.map { Entry(name: $0.rawValue, summary: $0.summary, source: $0.source) }
    case .activations:
      return Activation.allCases.map { Entry(name: $0.rawValue, summary: $0.summary, source: $0.source) }
    case .sizes:
      return NamedSize.allCases.map {
        Entry(
          name: $0.rawValue, summary: "width \($0.width), depth \($0.depth), heads \($0.headCount)",
          source: "")
      }
    case .studies:
      let folders = RecipeFolders.all.map { $0.appendingPathComponent("studies") }
      return RecipeFile.available(.study, in: folders).map {
        Entry(name: $0.name, summary: $0.header, source: "")
      }
    case .recipes:
      return RecipeFile.available(in: RecipeFolders.all).map {
        Entry(name: $0.name, summary: $0.header, source: "")
      }
    }
  }
}
