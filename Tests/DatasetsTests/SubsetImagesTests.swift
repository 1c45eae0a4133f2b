import Datasets
import Foundation
import Imaging
import Platform
import Testing

struct SubsetImagesTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  /// Empty files in classes of the given sizes; nobody decodes them.
  private func folder(_ name: String, _ sizes: [(name: String, count: Int)]) throws -> any ImageSource {
    for (label, count) in sizes {
      for number in 0..<count { try workspace.write([], to: "\(name)/\(label)/\(1000 + number).png") }
    }
    return try ImageSources.open(workspace.path(name))
  }

  private func places(_ source: any ImageSource) -> [String] { (0..<source.count).map(source.location(of:)) }

  private func counts(_ source: any ImageSource) -> [Int] {
    source.classNames.indices.map { label in (0..<source.count).count { source.label(of: $0) == label } }
  }

  /// Shares of 25 among 40, 7, 3 are 20, 3.5, 1.5: equal rests, of which the first gets the one left.
  @Test(arguments: [
    (25, [20, 4, 1]), (1, [1, 0, 0]), (49, [39, 7, 3]), (10, [8, 1, 1]), (50, [40, 7, 3]), (900, [40, 7, 3]),
  ])
  func limitsKeepTheSharesOfClasses(limit: Int, wanted: [Int]) throws {
    let source = try folder("set", [("a", 40), ("b", 7), ("c", 3)])
    let subset = SubsetImages.limited(to: limit, of: source)
    #expect(counts(subset) == wanted && subset.count == wanted.reduce(0, +))
    #expect(places(subset) == places(subset).sorted() && Set(places(subset)).isSubset(of: places(source)))
    #expect(places(SubsetImages.limited(to: limit, of: source)) == places(subset))
    #expect(subset.classNames == source.classNames && subset.path == source.path)
    if limit == 25 {
      #expect(places(SubsetImages.limited(to: limit, of: source, seed: 1)) != places(subset))
    }
  }

  @Test func imagesWithoutClassesAreLimitedToo() throws {
    for number in 0..<30 { try workspace.write([], to: "flat/\(number).png") }
    let subset = SubsetImages.limited(to: 11, of: try ImageSources.open(workspace.path("flat")))
    #expect(subset.count == 11 && subset.label(of: 3) == nil)
  }

  /// A fifth of 40 + 7 + 3 + 1 is 10.2, hence 10: 7.84, 1.37, 0.59 and 0.2, the last capped at none.
  @Test func splitsAreDisjointAndComplete() throws {
    let source = try folder("set", [("a", 40), ("b", 7), ("c", 3), ("d", 1)])
    let (kept, heldOut) = try SubsetImages.split(source, holdingOut: 0.2, seed: 4)
    #expect(counts(heldOut) == [8, 1, 1, 0] && counts(kept) == [32, 6, 2, 1])
    #expect(Set(places(kept)).isDisjoint(with: places(heldOut)))
    #expect((places(kept) + places(heldOut)).sorted() == places(source))
    let again = try SubsetImages.split(source, holdingOut: 0.2, seed: 4)
    #expect(places(again.heldOut) == places(heldOut))
    #expect(try places(SubsetImages.split(source, holdingOut: 0.2, seed: 5).heldOut) != places(heldOut))
    let found = try failure { _ = try SubsetImages.split(source, holdingOut: 0.001) }
    #expect(found.problem.contains("0.001") && found.place == source.path)
    #expect(try counts(SubsetImages.split(source, holdingOut: 0.999).heldOut) == [39, 6, 2, 0])
  }

  /// What is left of shards is still read shard by shard, and of mixtures by the same weights.
  @Test func ordersAreThoseOfWhatIsLeft() throws {
    let base = try workspace.makeSet("images", count: 40)
    var options = ShardPacker.Options()
    options.shardSize = .count(4)
    _ = try ShardPacker(base, options: options).pack(to: URL(filePath: workspace.path("shards")))
    let shards = try ImageSources.open(workspace.path("shards"))
    #expect(shards.order == .shards([0..<10, 10..<20, 20..<30, 30..<40], buffer: 1000))
    let subset = SubsetImages(shards, indices: [0, 1, 9, 10, 30, 39])
    #expect(subset.order == .shards([0..<3, 3..<4, 4..<6], buffer: 1000))
    let mixed = try MixedImages([base, shards], weights: [1, 3])
    let part = SubsetImages(mixed, indices: [3, 40, 49, 50, 79])
    #expect(
      part.order
        == .mixture([
          .init(samples: 0..<1, weight: 1, order: .uniform),
          .init(samples: 1..<5, weight: 3, order: .shards([0..<2, 2..<3, 3..<4], buffer: 1000)),
        ]))
    #expect(part.location(of: 1) == shards.location(of: 0))
    #expect(
      SubsetImages(mixed, indices: [41]).order
        == .mixture([
          .init(samples: 0..<1, weight: 3, order: .shards([0..<1], buffer: 1000))
        ]))
  }

  @Test func mixturesUniteClassesByName() throws {
    let first = try folder("first", [("b", 2), ("c", 1)])
    let second = try folder("second", [("a", 1), ("b", 3)])
    for number in 0..<2 { try workspace.write([], to: "third/\(number).png") }
    let third = try ImageSources.open(workspace.path("third"))
    let mixed = try MixedImages([first, second, third])
    #expect(mixed.classNames == ["b", "c", "a"] && mixed.count == 9)
    #expect((0..<9).map(mixed.label(of:)) == [0, 0, 1, 2, 0, 0, 0, nil, nil])
    #expect(places(mixed) == places(first) + places(second) + places(third))
    let found = try failure { _ = try MixedImages([first, second], weights: [1, 1e-6]) }
    #expect(found.place == second.path && found.remedy.contains("raise"))
  }
}
