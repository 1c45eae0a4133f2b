import Datasets
import Foundation
import Imaging
import Testing

/// What a codec reads is an image wherever it lies. Each codec has a sample in `Golden/codecs`.
struct CodecEndingsTests {
  private let workspace: Workspace

  init() throws { workspace = try Workspace() }

  private func sample(_ format: ImageFormat) throws -> [UInt8] {
    try Golden.bytes("codecs/sample.\(format.extensions[0])")
  }

  @Test(arguments: ImageCodecs.formats) func everyEndingIsAnImageEverywhere(format: ImageFormat) throws {
    let sample = try sample(format)
    let image = try ImageDecoder.decode(sample)
    let endings = format.extensions + format.extensions.map { $0.uppercased() }
    let names = endings.enumerated().map { "\($0.offset).\($0.element)" }
    for name in names { try workspace.write(sample, to: "set/" + name) }
    try workspace.writeText(names.map { "set/\($0)\n" }.joined(), to: "list.txt")
    try workspace.write(tar(names.map { (name: $0, bytes: sample) }), to: "set.tar")
    for place in ["set", "list.txt", "set.tar"] {
      let source = try ImageSources.open(workspace.path(place))
      #expect(source.count == names.count && source.passedOver.isEmpty, "\(place): \(source.passedOver)")
      for index in 0..<source.count {
        #expect(try source.image(at: index) == image, "\(source.location(of: index))")
      }
      var options = ShardPacker.Options()
      options.form.keepsPNG = true
      let packed = try ShardPacker(source, options: options)
        .pack(to: URL(filePath: workspace.path("packed-" + place)))
      #expect(packed.images == names.count && packed.skipped == 0, "\(place)")
    }
  }

  @Test(arguments: ImageCodecs.formats) func contentDecidesAboutAFileThatIsNamed(format: ImageFormat) throws {
    try workspace.write(sample(format), to: "photo")
    let source = try ImageSources.open(workspace.path("photo"))
    #expect(source is ImageFile)
    #expect(try source.reader(at: 0, options: DecodeOptions()).header?.format == format)
  }
}
