import Foundation
import Records
import Testing

@Suite struct DepthHealthTests {
  private func line(_ text: String) -> DepthHealth? { DepthHealth(json: Array(text.utf8)[...]) }

  private func text(_ line: DepthHealth) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(line), as: UTF8.self)
  }

  /// As versions before wrote it.
  @Test func aLineComesBackByteForByte() throws {
    var stack = StackHealth(depth: 2)
    stack[.meanSquare]?[0] = 1.5
    stack[.rotation] = [nil, 0.25]
    let health = DepthHealth(step: 3, rotationFrom: .start, stacks: ["encoder": stack])
    let wanted =
      #"{"rotationFrom":"start","stacks":{"encoder":{"attentionEntropy":[null,null],"gradientNorm":[null,null],"#
      + #""meanSquare":[1.5,null],"rotation":[null,0.25],"updateRatio":[null,null],"variance":[null,null]}},"#
      + #""step":3}"#
    #expect(try text(health) == wanted)
    #expect(line(wanted) == health)
  }

  @Test func whatIsNewOddOrMissingIsPassedOver() throws {
    let found = try #require(
      line(
        #"{"step":5,"rotationFrom":"moon","new":1,"stacks":{"encoder":{"variance":[1,"NaN",null,2],"#
          + #""new":[1],"rotation":3},"decoder":7}}"#))
    #expect(
      found.step == 5 && found.rotationFrom == .seed && Set(found.stacks.keys) == ["encoder", "decoder"])
    #expect(found.stacks["encoder"]?[.variance] == [1, nil, nil, 2])
    #expect(found.stacks["encoder"]?[.rotation] == nil && found.stacks["encoder"]?[.meanSquare] == nil)
    #expect(found.stacks["decoder"]?[.variance] == nil)
    #expect(line(#"{"step":5,"stacks":{}}"#)?.rotationFrom == .seed)
  }

  @Test(arguments: ["", "{", "[]", #"{"step":1}"#, #"{"stacks":{}}"#, #"{"step":1.5,"stacks":{}}"#])
  func brokenLinesAreNone(text: String) {
    #expect(line(text) == nil)
  }
}
