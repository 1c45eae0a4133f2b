import Foundation
import Platform

/// Which columns of a list hold what.
struct ListColumns {
  let path: Int
  let label: Int?
  /// Whether the labels' column holds several with `|` between them.
  let labelsAreSets: Bool

  // Names as they are compared: small letters and digits alone. The first of each goes before the others.
  private static let pathNames: [Set<String>] = [
    ["path"],
    [
      "file", "filename", "filepath", "fname", "image", "imagefile", "imagefilename", "imagename",
      "imagepath", "img",
      "imgfile", "imgname", "imgpath", "relpath", "relativepath",
    ],
  ]
  private static let setNames: Set<String> = ["labels"]
  private static let labelNames: [Set<String>] = [
    ["label", "class", "labels"],
    ["category", "classid", "classlabel", "classname", "labelid", "labelname", "species", "target", "title"],
  ]

  /// What messages say of the names.
  static let known = "or file, filename, image, image_path, …; class, target, category, species, …"

  /// The columns of a list without header.
  init(count: Int) {
    path = 0
    label = count > 1 ? 1 : nil
    labelsAreSets = false
  }

  /// The columns that a header names; nil when the row is none, as one that names
  /// an image. In a list of two columns the one beside the path is the
  /// label's, whatever its name.
  ///
  /// - Throws: `Failure` when it names labels but no path, or something twice.
  init?(header: [DelimitedRows.Field]) throws(Failure) {
    guard !header.contains(where: { FileExtension.isImageLike($0.text[...]) }) else { return nil }
    let names = header.map(\.name)
    func columns(_ tiers: [Set<String>]) -> [Int] {
      tiers.lazy.map { tier in names.indices.filter { tier.contains(names[$0]) } }.first { !$0.isEmpty } ?? []
    }
    let paths = columns(Self.pathNames)
    // A first row of data may hold a class of such a name: only the first names make a header without a path.
    guard !paths.isEmpty || names.contains(where: Self.labelNames[0].contains) else { return nil }
    let labels = columns(Self.labelNames)
    guard let path = paths.first else {
      throw header[labels[0]].position.failure(
        "a header without a column of paths", mend: "name the column of the paths 'path'")
    }
    for twice in [paths, labels] where twice.count > 1 {
      throw header[twice[1]].position.failure(
        "a second column of \(twice == paths ? "paths" : "labels")",
        mend:
          "leave one, and rename the other; \(twice == paths ? "'path'" : "'label'") goes before other names")
    }
    self.path = path
    label = labels.first ?? (header.count == 2 ? 1 - path : nil)
    labelsAreSets = labels.first.map { Self.setNames.contains(names[$0]) } ?? false
  }
}

extension DelimitedRows.Field {
  /// The name of a column, as it is compared.
  fileprivate var name: String {
    String(decoding: text, as: UTF8.self).lowercased().filter { $0.isLetter || $0.isNumber }
  }
}
