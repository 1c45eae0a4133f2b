/// The Python module that is written beside weights for timm when they have a norm of each patch's pixels, which timm's
/// patch embedding has not. timm alone refuses these weights: it has no place for `patch_embed.pre_norm`.
enum PixelNormModule {
  static let name = "encoder.py"

  static let text = #"""
    """The encoder in this folder: timm's VisionTransformer whose patch embedding norms the pixels of a patch first
    (Dual PatchNorm, Kumar et al., 2023). Usage: from encoder import load; features = load()(pixels)"""
    import json
    from pathlib import Path

    import timm
    import torch
    from safetensors.torch import load_file


    class PatchEmbed(timm.layers.PatchEmbed):
        def __init__(self, *args, in_chans=3, **options):
            super().__init__(*args, in_chans=in_chans, **options)
            self.pre_norm = timm.layers.get_norm_layer(NORM)(in_chans * self.patch_size[0] ** 2)

        def forward(self, x):
            side = self.patch_size[0]
            patches = x.unfold(2, side, side).unfold(3, side, side).permute(0, 2, 3, 4, 5, 1)  # B, rows, columns, P, P, C
            weight = self.proj.weight.permute(0, 2, 3, 1).flatten(1)
            x = torch.nn.functional.linear(self.pre_norm(patches.flatten(3)), weight, self.proj.bias)
            return self.norm(x.flatten(1, 2))


    FOLDER = Path(__file__).parent
    CONFIG = json.loads((FOLDER / "config.json").read_text())
    NORM = CONFIG["model_args"]["norm_layer"]


    def load():
        model = timm.create_model(
            CONFIG["architecture"], num_classes=0, embed_layer=PatchEmbed, **CONFIG["model_args"])
        model.load_state_dict(load_file(FOLDER / "model.safetensors"))
        return model.eval()

    """#
}
