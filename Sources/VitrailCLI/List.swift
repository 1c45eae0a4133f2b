import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Imaging
import Platform
import Pretraining
import VisionTransformer

struct List: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List what can be chosen by name: \(Kind.allCases.map(\.rawValue).joined(separator: ", ")).",
    discussion: "Example: vitrail list norms")

  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case norms, placements, patchNorms, positions, initializers, objectives, optimizers, sources, evaluators,
      sizes, recipes
    case augmentations, stems, studies
  }

  private struct Entry: Encodable {
    let name, summary, source: String
  }

  @Argument(help: "What to list.")
  var kind: Kind
  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let entries = entries
    if json {
      print(JSONValue.encoding(entries).text)
      return
    }
    let width = entries.map(\.name.count).max() ?? 0
    for entry in entries {
      let padding = String(repeating: " ", count: width - entry.name.count)
      print("\(entry.name)\(padding)  \(entry.summary)\(entry.source.isEmpty ? "" : " (\(entry.source))")")
    }
  }

  private var entries: [Entry] {
    func variants(_ all: [any Variant.Type]) -> [Entry] {
      all.map { Entry(name: $0.name, summary: $0.summary, source: $0.source) }
    }
    switch kind {
    case .norms: return variants(Norms.all)
    case .placements: return variants(NormPlacements.all)
    case .initializers: return variants(Initializers.all)
    case .objectives: return variants(Objectives.all)
    case .optimizers: return variants(Optimizers.all)
    case .sources: return variants(ImageSources.all)
    case .augmentations: return variants(Augmentations.all)
    case .evaluators: return variants(Evaluators.all)
    case .patchNorms:
      return PatchNorm.allCases.map {
        Entry(name: $0.rawValue, summary: $0.summary, source: "Kumar et al., 2023")
      }
    case .positions:
      return Positions.allCases.map { Entry(name: $0.rawValue, summary: $0.summary, source: $0.source) }
    case .stems:
      return Stem.allCases.map { Entry(name: $0.rawValue, summary: $0.summary, source: $0.source) }
    case .sizes:
      return NamedSize.allCases.map {
        Entry(
          name: $0.rawValue, summary: "width \($0.width), depth \($0.depth), heads \($0.headCount)",
          source: "")
      }
    case .studies:
      let folders = RecipeFolders.all.map { $0.appendingPathComponent("studies") }
      return RecipeFile.available(in: folders).map { Entry(name: $0.name, summary: $0.header, source: "") }
    case .recipes:
      return RecipeFile.available(in: RecipeFolders.all).map {
        Entry(name: $0.name, summary: $0.header, source: "")
      }
    }
  }
}
