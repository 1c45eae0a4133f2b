import Imaging
import Reports
import Testing

@Suite struct ContactSheetTests {
  @Test func smallImagesStandInTheMiddleOfTheirCells() throws {
    let wide = Image(width: 112, height: 1, channels: 1, pixels: .init(repeating: 7, count: 112))
    let dot = Image(width: 2, height: 2, channels: 3, pixels: .init(repeating: 9, count: 12))
    let sheet = try #require(
      ContactSheet([.init(heading: "", images: [wide]), .init(heading: "", images: [dot, dot])]).render())
    // Cells of 96 pixels with margins of 4; 112 × 1 is shrunk to 96 × 1.
    #expect(sheet.channels == 3 && sheet.width == 2 * 96 + 12 && sheet.height == 2 * 96 + 12)
    func pixel(_ x: Int, _ y: Int) -> [UInt8] {
      let start = (y * sheet.width + x) * 3
      return Array(sheet.pixels[start..<start + 3])
    }
    #expect(pixel(4, 4 + 47) == [7, 7, 7] && pixel(99, 4 + 47) == [7, 7, 7])
    #expect(pixel(4, 4 + 46) == [255, 255, 255] && pixel(4, 4 + 48) == [255, 255, 255])
    for top in [4, 104] {
      #expect(pixel(104 + 47, top + 47) == [9, 9, 9] && pixel(104 + 48, top + 48) == [9, 9, 9])
      #expect(pixel(104 + 49, top + 47) == [255, 255, 255])
    }
    #expect(pixel(4 + 47, 104 + 47) == [255, 255, 255], "a cell without an image")
    let dark = sheet.pixels.count { $0 < 255 }
    #expect(dark == (96 + 8) * 3)
  }

  @Test func headingsStandAboveAndDeepImagesAreShown() throws {
    let deep = Image(width: 2, height: 1, channels: 1, samples: .sixteenBit([0, 65535]))
    let plain = try #require(ContactSheet([.init(heading: "", images: [deep])]).render())
    let headed = try #require(ContactSheet([.init(heading: "ash", images: [deep])]).render())
    #expect(plain.width == headed.width && headed.height > plain.height)
    // 56 picture pixels a pixel: readable size for a side of 2.
    #expect(plain.width == 2 * 56 + 8 && plain.pixels.count { $0 == 0 } == 56 * 56)
    #expect(headed.pixels.count { $0 == 0 } > 56 * 56)
  }

  @Test func nothingToShowIsNoPicture() {
    #expect(ContactSheet([]).render() == nil)
    #expect(ContactSheet([.init(heading: "a", images: [])]).render() == nil)
  }
}
