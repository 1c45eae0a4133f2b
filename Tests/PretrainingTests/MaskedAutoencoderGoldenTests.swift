import Tensors
import TestSupport
import Testing

/// One forward and backward pass of whole masked autoencoders against PyTorch in double precision.
///
/// Float costs 2e-7 of the largest entry a layer; a gradient has passed some twenty of them, there and back.
@Suite("Masked autoencoders against PyTorch")
struct MaskedAutoencoderGoldenTests {
  @Test func allArePresent() throws {
    #expect(try #require(GoldenAutoencoder.models).count >= 5)
  }

  @Test(arguments: GoldenAutoencoder.models ?? [])
  func giveTheSameMask(_ golden: GoldenModel) throws {
    let model = try GoldenAutoencoder(golden)
    let wanted = try model.file("mask")
    let (mask, patchCount) = (try model.mask(), wanted.width)
    var removed = [Scalar](repeating: -1, count: wanted.count)
    for (places, value) in [(mask.visible, Scalar(0)), (mask.masked, 1)] {
      let each = places.count / golden.batch
      for (index, place) in places.enumerated() { removed[index / each * patchCount + Int(place)] = value }
    }
    #expect(removed == wanted.values)
    #expect(mask.visible.count == golden.batch * (golden.keep ?? 0))
  }

  @Test(arguments: GoldenAutoencoder.models ?? [])
  func giveTheSamePasses(_ golden: GoldenModel) throws {
    let model = try GoldenAutoencoder(golden)
    let (file, mask, tape) = (model.file, try model.mask(), Tape(.evaluating))
    let patches = try file("patches")
    let latent = model.encoder.encode(patches, visible: mask.visible, tape)
    #expect(relativeError(latent, to: try file("latent")) <= bound(single: 1e-6, double: 1e-7))
    let prediction = model.objective.predictions(patches, mask, tape)
    #expect(relativeError(prediction, to: try file("prediction")) <= bound(single: 1e-6, double: 1e-7))
    let loss = model.objective.loss(patches, mask, tape)
    #expect(relativeError(loss, to: try file("loss")) <= bound(single: 3e-7, double: 1e-7))
  }

  @Test(arguments: GoldenAutoencoder.models ?? [])
  func giveTheSameGradients(_ golden: GoldenModel) throws {
    let model = try GoldenAutoencoder(golden)
    let tape = Tape(.training)
    tape.backward(from: model.objective.loss(try model.file("patches"), try model.mask(), tape))
    for parameter in model.trainable {
      let gradient = try #require(tape.gradient(of: parameter), "\(parameter.name)")
      let wanted = try model.file("grad.\(parameter.name)")
      #expect(
        relativeError(gradient, to: wanted) <= bound(single: 5e-6, double: 1e-7), "\(parameter.name)")
    }
    let graded = model.file.names.filter { $0.hasPrefix("grad.") }.map { String($0.dropFirst(5)) }
    #expect(model.trainable.map(\.name).sorted() == graded)
  }

  /// The images of the file in patches are the patches of the file.
  @Test(arguments: GoldenAutoencoder.models ?? [])
  func cutImagesTheSameWay(_ golden: GoldenModel) throws {
    let file = try GoldenFile(golden.file, in: .module)
    let grid = golden.configuration.grid
    let (images, patches) = (try file("images").values, try file("patches").values)
    let size = grid.count * grid.width
    for sample in 0..<golden.batch {
      let range = sample * size..<(sample + 1) * size
      #expect(grid.unpatchify(Array(patches[range])) == Array(images[range]))
    }
  }
}
