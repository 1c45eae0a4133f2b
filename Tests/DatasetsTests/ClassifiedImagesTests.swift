import Datasets
import Imaging
import Platform
import Testing

@Suite struct ClassifiedImagesTests {
  private struct Labelled: ImageSource {
    let labels: [Int?]
    var hasLabelSets = false
    var facts: ImageSetFacts {
      ImageSetFacts(
        path: "/labelled", classNames: ["ash", "birch", "cedar", "none"], hasLabelSets: hasLabelSets)
    }
    var count: Int { labels.count }
    func label(of index: Int) -> Int? { labels[index] }
    func location(of index: Int) -> String { "\(path)#\(index)" }
    func reader(at index: Int, options: DecodeOptions) throws(Failure) -> ImageReader {
      ImageReader(Image(width: 1, height: 1, channels: 1, pixels: [UInt8(index)]))
    }
  }

  @Test func classesAreNumberedByName() throws {
    let base = Labelled(labels: [2, 0, 2, 0])
    let images = try ClassifiedImages(base, classNames: ["dogwood", "cedar", "ash"])
    #expect(images.count == 4 && images.classNames == ["dogwood", "cedar", "ash"])
    #expect((0..<4).map { images.label(of: $0) } == [1, 2, 1, 2])
    #expect(images.labels(of: 0) == [1] && images.location(of: 3) == "/labelled#3")
    #expect(try images.image(at: 3).pixels == [3])
  }

  @Test func classesAreThoseThatHaveImages() throws {
    #expect(try ClassifiedImages.classNames(of: Labelled(labels: [2, 0, 2])) == ["ash", "cedar"])
  }

  @Test func imagesWithoutAClassAreLeftOutAndCounted() throws {
    let images = try ClassifiedImages(Labelled(labels: [nil, 2, 0, nil]), classNames: ["ash", "cedar"])
    #expect(
      (0..<images.count).map { images.label(of: $0) } == [1, 0] && images.location(of: 0) == "/labelled#1")
    let entry = try #require(images.passedOver.entries.first)
    #expect(entry.count == 2 && entry.example == "/labelled#0" && images.passedOver.entries.count == 1)
    #expect(try ClassifiedImages.classNames(of: Labelled(labels: [0, nil, 1])) == ["ash", "birch"])
  }

  /// Names are matched by value where all are numbers.
  @Test func namesOfOneValueAreOneClass() throws {
    #expect(ClassMatch(["1.0", "10", "3"], among: ["10.0", "1", "2"]).places == [1, 0, nil])
    #expect(ClassMatch(["1.0", "x"], among: ["1", "2"]).places == [nil, nil])
    #expect(ClassMatch(["caf\u{e9}"], among: ["cafe\u{301}"]).places == [0])
    #expect(ClassMatch([" cat"], among: ["cat"]).difference == "“ cat” and “cat” differ in blanks")
    #expect(ClassMatch(["Cat"], among: ["cat"]).difference == "“Cat” and “cat” differ in capitals")
    #expect(ClassMatch(["1"], among: ["cat"]).difference == "one set has numbers and the other has names")
    #expect(ClassMatch(["dog"], among: ["cat"]).difference == nil)
  }

  @Test func otherImagesAreRefused() {
    for labels in [[nil, nil], [1, 1, nil]] as [[Int?]] {
      #expect(throws: Failure.self) { try ClassifiedImages.classNames(of: Labelled(labels: labels)) }
    }
    let sets = Labelled(labels: [nil, nil], hasLabelSets: true)
    #expect(throws: Failure.self) { try ClassifiedImages.classNames(of: sets) }
    #expect(throws: Failure.self) {
      try ClassifiedImages(Labelled(labels: [0, 1]), classNames: ["ash", "cedar"])
    }
  }
}
