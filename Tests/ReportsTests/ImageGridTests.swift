import Imaging
import Reports
import Testing

@Suite struct ImageGridTests {
  private let first = Image(width: 2, height: 1, channels: 1, pixels: [10, 20])
  private let second = Image(width: 2, height: 1, channels: 1, pixels: [30, 40])
  private let third = Image(width: 2, height: 1, channels: 1, pixels: [50, 60])

  @Test func everyPixelIsWhereItBelongs() {
    let picture = ImageGrid(columns: 2, scale: 2, margin: 1, background: 255).render([first, second, third])
    let o: UInt8 = 255
    let expected: [[UInt8]] = [
      [o, o, o, o, o, o, o, o, o, o, o],
      [o, 10, 10, 20, 20, o, 30, 30, 40, 40, o],
      [o, 10, 10, 20, 20, o, 30, 30, 40, 40, o],
      [o, o, o, o, o, o, o, o, o, o, o],
      [o, 50, 50, 60, 60, o, o, o, o, o, o],
      [o, 50, 50, 60, 60, o, o, o, o, o, o],
      [o, o, o, o, o, o, o, o, o, o, o],
    ]
    #expect(picture == Image(width: 11, height: 7, channels: 1, pixels: expected.flatMap(\.self)))
  }

  @Test func withoutMarginAndScaleOneImageIsUnchanged() {
    let image = Image(width: 2, height: 2, channels: 3, pixels: (0..<12).map { UInt8($0) })
    #expect(ImageGrid(columns: 1, margin: 0).render([image]) == image)
  }

  @Test func greyBesideColourBecomesColour() {
    let colour = Image(width: 1, height: 1, channels: 3, pixels: [1, 2, 3])
    let grey = Image(width: 1, height: 1, channels: 1, pixels: [9])
    let picture = ImageGrid(columns: 2, margin: 0).render([grey, colour])
    #expect(picture == Image(width: 2, height: 1, channels: 3, pixels: [9, 9, 9, 1, 2, 3]))
  }

  @Test func headingStandsAboveItsColumn() {
    let cell = Image(width: 5, height: 1, channels: 1, pixels: [7, 7, 7, 7, 7])
    let picture = ImageGrid(columns: 2, margin: 1, background: 200, headings: ["", "T"]).render([cell, cell])
    #expect(picture.width == 13)
    #expect(picture.height == 2 + 7 + 2)
    let ink = picture.pixels.indices.filter { picture.pixels[$0] == 0 }.map { [$0 % 13, $0 / 13] }
    let bar = (7...11).map { [$0, 1] }
    let stem = (2...7).map { [9, $0] }
    #expect(ink == bar + stem)
    #expect(picture.pixels[9 * 13 + 1] == 7 && picture.pixels[9 * 13 + 7] == 7)
  }

  @Test func headingsAreEnlargedWhereTheyFitAndCutWhereTheyDoNot() {
    let wide = Image(width: 40, height: 1, channels: 1, pixels: [UInt8](repeating: 7, count: 40))
    #expect(ImageGrid(columns: 1, margin: 1, headings: ["ab"]).render([wide]).height == 2 + 3 * 7 + 2)
    let narrow = Image(width: 3, height: 1, channels: 1, pixels: [7, 7, 7])
    let picture = ImageGrid(columns: 1, margin: 2, background: 0, headings: ["HHH"]).render([narrow])
    let ink = picture.pixels.indices.filter { picture.pixels[$0] == 255 }.map { $0 % picture.width }
    #expect(!ink.isEmpty && ink.allSatisfy { (2..<5).contains($0) })
  }

  @Test func everyPrintableCharacterHasItsOwnShape() {
    let printable = (33...126).map { Character(Unicode.Scalar(UInt8($0))) }
    let shapes = Set(printable.map { Array(BitmapFont.rows(of: $0)) })
    #expect(shapes.count == printable.count)
    #expect(shapes.allSatisfy { $0.count == 7 && $0.contains { $0 != 0 } && $0.allSatisfy { $0 < 32 } })
    #expect(BitmapFont.rows(of: " ").allSatisfy { $0 == 0 })
    #expect(BitmapFont.rows(of: "é") == BitmapFont.rows(of: "?"))
  }

  @Test(arguments: [(1, 112), (28, 4), (32, 4), (96, 1), (224, 1), (500, 1)])
  func smallImagesAreEnlarged(side: Int, scale: Int) {
    #expect(ImageGrid.readableScale(side: side) == scale)
  }
}
