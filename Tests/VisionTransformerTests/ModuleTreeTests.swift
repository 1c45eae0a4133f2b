import Tensors
import TestSupport
import Testing
import VisionTransformer

/// What `describe()` says of a model.
struct ModuleTreeTests {
  @Test func blocksThatAreAlikeStandOnce() throws {
    let model = try makeModel(
      smallConfiguration { ($0.patchNorm, $0.hasClassToken, $0.registerCount) = (.post, false, 2) })
    #expect(
      model.describe() == """
        VisionTransformer 12 × 2, 3 heads, patch 2 of 4×6×3, 3996 parameters
          reg_token       1 × 2 × 12           24
          pos_embed       1 × 6 × 12, fixed    72
          patch_embed                         180
            proj                              156
              weight      12 × 12             144
              bias        12                   12
            norm                               24
              weight      12                   12
              bias        12                   12
          blocks                             3768
            0–1           2 alike, each:     1884
              norm1                            24
                weight    12                   12
                bias      12                   12
              attn                            624
                qkv                           468
                  weight  36 × 12             432
                  bias    36                   36
                proj                          156
                  weight  12 × 12             144
                  bias    12                   12
              norm2                            24
                weight    12                   12
                bias      12                   12
              mlp                            1212
                fc1                           624
                  weight  48 × 12             576
                  bias    48                   48
                fc2                           588
                  weight  12 × 48             576
                  bias    12                   12
          norm                                 24
            weight        12                   12
            bias          12                   12
        """)
  }

  @Test func blocksThatDifferStandEach() throws {
    let tree = try makeModel(smallConfiguration { $0.layerNorms = ["rmsNorm", "layerNorm"] }).describe()
    #expect(!tree.contains("alike") && tree.contains("\n    0  ") && tree.contains("\n    1  "))
  }
}
