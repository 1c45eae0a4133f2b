import Datasets
import Imaging
import Platform
import Reports

/// Which images of a set its contact sheet shows.
struct ContactSheetImages {
  private static let columnCount = 12
  private static let rowCount = 6

  let source: any ImageSource
  let decoding: DecodeOptions

  /// Images spread evenly over each class, and classes spread evenly over all where there are too many.
  var sheet: ContactSheet {
    var members = [[Int]](repeating: [], count: source.classNames.count)
    var unlabelled: [Int] = []
    for index in 0..<source.count {
      if let label = source.label(of: index) {
        members[label].append(index)
      } else {
        unlabelled.append(index)
      }
    }
    let occupied = members.indices.filter { !members[$0].isEmpty }
    guard !occupied.isEmpty else {
      let chosen = spread(unlabelled, Self.columnCount * Self.rowCount)
      return ContactSheet(
        (0..<min(Self.columnCount, chosen.count)).map { column in
          let indices = stride(from: column, to: chosen.count, by: Self.columnCount).map { chosen[$0] }
          return .init(heading: "", images: images(indices))
        })
    }
    return ContactSheet(
      spread(occupied, Self.columnCount).map { label in
        .init(
          heading: source.classNames[label], images: images(spread(members[label], Self.rowCount)))
      })
  }

  private func images(_ indices: [Int]) -> [Image] {
    indices.compactMap { try? Self.small(source.reader(at: $0, options: decoding)) }
  }

  /// The image at about the size of a thumbnail: no more of a large file is decoded than that takes.
  static func small(_ reader: ImageReader) throws(Failure) -> Image {
    let longer = max(reader.width, reader.height)
    guard longer > ContactSheet.side else { return try reader.image() }
    return try reader.resized(
      cropping: CropRectangle(left: 0, top: 0, width: reader.width, height: reader.height),
      width: max(1, reader.width * ContactSheet.side / longer),
      height: max(1, reader.height * ContactSheet.side / longer), filter: .bicubic)
  }

  /// At most `count` of the elements, the first and others at even distances.
  private func spread(_ elements: [Int], _ count: Int) -> [Int] {
    let kept = min(count, elements.count)
    return (0..<kept).map { elements[$0 * elements.count / kept] }
  }
}
