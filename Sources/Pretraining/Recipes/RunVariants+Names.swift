import Imaging
import Platform

extension RunVariants {
  /// The keys of a recipe with every variant under its registered name, whichever of its names was given.
  ///
  /// It comes before keys are laid over others, since these stay where both name the same variant.
  func registeringNames(in tree: JSONValue) -> JSONValue {
    let (norms, augmentations) = (model.norms.registeredName, Augmentations.all.registeredName)
    let seams: [(path: String, registeredName: (String) -> String?)] = [
      ("objective", objectives.registeredName), ("optimizer", optimizers.registeredName),
      ("model.norm", norms), ("model.layerNorms", norms), ("model.finalNorm", norms),
      ("model.patchNormFunction", norms), ("model.placement", model.placements.registeredName),
      ("model.initializer", model.initializers.registeredName), ("data.augmentations", augmentations),
      ("data.views.augmentations", augmentations),
    ]
    return seams.reduce(tree) { tree, seam in
      tree.renaming(seam.path.split(separator: ".")[...], by: seam.registeredName)
    }
  }
}

extension JSONValue {
  /// The tree with the names renamed that stand at a path of keys; of a list each element is looked at.
  fileprivate func renaming(_ path: ArraySlice<Substring>, by rename: (String) -> String?) -> JSONValue {
    switch self {
    case .array(let elements): return .array(elements.map { $0.renaming(path, by: rename) })
    case .string(let name): return path.isEmpty ? .string(rename(name) ?? name) : self
    case .object(var object):
      let key = path.first.map(String.init) ?? "kind"
      // What `kind` says is a name; any other key leads further down.
      if let value = object[key] { object[key] = value.renaming(path.dropFirst(), by: rename) }
      return .object(object)
    default: return self
    }
  }
}
