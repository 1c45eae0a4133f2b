import Imaging
import Reports
import Testing

@Suite struct ConfusionPictureTests {
  private func pixel(_ image: Image, _ x: Int, _ y: Int) -> [UInt8] {
    Array(image.pixels[((y * image.width + x) * 3)..<((y * image.width + x) * 3 + 3)])
  }

  /// The lower right corner of a cell, where no digit is.
  private func cell(_ image: Image, _ row: Int, _ column: Int, of size: (rows: Int, columns: Int)) -> [UInt8]
  {
    let x = image.width - 8 - 44 * (size.columns - column) + 40
    let y = image.height - 8 - 44 * (size.rows - row) + 40
    return pixel(image, x, y)
  }

  @Test func rightAnswersAreBlueAndWrongOnesRed() {
    let image = ConfusionPicture(
      rows: ["a", "b", "only in test"], columns: ["a", "b"], counts: [10, 0, 5, 5, 0, 3]
    ).render()
    let size = (rows: 3, columns: 2)
    let (right, none) = (cell(image, 0, 0, of: size), cell(image, 0, 1, of: size))
    #expect(right == [31, 92, 153])
    #expect(none == [255, 255, 255])
    let (wrong, half) = (cell(image, 1, 0, of: size), cell(image, 1, 1, of: size))
    #expect(wrong[0] > wrong[2] && half[2] > half[0])
    #expect(wrong[1] > 57 && half[1] > 92, "a half is paler than all")
    #expect(cell(image, 2, 1, of: size) == [192, 57, 43], "a class that train lacks is never right")
  }

  @Test func classesWithoutRowsAndManyClassesAreDrawn() {
    let empty = ConfusionPicture(rows: ["a", "b"], columns: ["a", "b"], counts: [0, 0, 0, 0]).render()
    #expect(cell(empty, 0, 0, of: (2, 2)) == [255, 255, 255])
    let names = (0..<300).map { "class \($0)" }
    let many = ConfusionPicture(
      rows: names, columns: names, counts: (0..<90_000).map { $0 % 301 == 0 ? 1 : 0 }
    ).render()
    #expect(many.width == 300 * 4 + 16 && many.height == many.width)
    #expect(pixel(many, 8, 8) == [31, 92, 153] && pixel(many, 8 + 4, 8) == [255, 255, 255])
  }
}
