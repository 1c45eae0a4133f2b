"""Writes the golden values of the placements: float64 results of `placements_reference`, stored as float32.

Run: python Scripts/golden/placements.py. Results do not depend on the working directory.
"""

import json
from dataclasses import replace

import torch
from safetensors.torch import save_file

from mae import TRANSFORMER, stored
from mae_reference import patchify
from placements_reference import Configuration, Encoder

BATCH = 2
base = Configuration()


def placed(placement, options=None, **other):
    return replace(base, placement=placement, options=options or {}, **other)


MODELS = {
    "pre": base,
    "post": placed("post"),
    "sandwich": placed("sandwich"),
    "sandwich-layerScale": placed("sandwich", layer_scale=0.3),
    "normFormer": placed("normFormer"),
    "normFormer-output": placed("normFormer", {"headScale": "output"}),
    "normFormer-residualScale": placed("normFormer", {"headScale": "none", "residualScale": True}),
    "subLN": placed("subLN"),
    "deepNorm": placed("deepNorm"),
    "deepNorm-alpha": placed("deepNorm", {"alpha": 2.5}, layer_scale=0.3),
    "branchNorm": placed("branchNorm", step=1000),
    "branchNorm-steps": placed("branchNorm", {"steps": 7}, step=5, layer_scale=0.3),
    "branchNorm-late": placed("branchNorm", {"steps": 3}, step=5),
    "hybrid": placed("hybrid", heads=2),
    "hybrid-firstBlockPreNorm": placed("hybrid", {"firstBlockPreNorm": True}, norm="rmsNorm", heads=2),
    "mixLN": placed("mixLN", depth=4),
    "mixLN-ratio": placed("mixLN", {"ratio": 0.7}, layer_scale=0.3),
    "layerNormScaling": placed("layerNormScaling"),
    "queryKeyNorm": placed("pre", query_key_norm=True),
    "queryKeyNorm-rmsNorm-post": placed("post", query_key_norm=True, norm="rmsNorm"),
    "layerNorms": placed("pre", layer_norms=("rmsNorm", "layerNorm", "rmsNorm"), final_norm="rmsNorm"),
    "branches": placed("pre", branches=2, layer_scale=0.3, depth=2),
    "branches-sandwich": placed("sandwich", branches=2, depth=2),
    "branches-layerNormScaling": placed("layerNormScaling", branches=2, depth=2),
}


def is_gain(name):
    return name.split(".")[-2].endswith(("norm", "norm1", "norm2", "_ln")) and name.endswith("weight")


def randomise(model):
    """Random float32 values for every parameter, at which no layer saturates."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = torch.randn(parameter.shape)
            if name.endswith(("head_scale", "w_resid")) or "." in name and is_gain(name):
                values = 1 + 0.3 * values
            elif parameter.ndim == 2:
                values = values / parameter.shape[1] ** 0.5
            else:
                values = 0.3 * values
            parameter.copy_(values)
    return model.double()


def write(name, c, seed):
    """Input, tokens, and the gradients of Σ upstream∘tokens."""
    torch.manual_seed(seed)
    model = randomise(Encoder(c))
    patches = patchify(torch.randn(BATCH, c.channels, c.image_height, c.image_width), c.patch)
    tokens = model(patches.double())
    upstream = torch.randn(tokens.shape)
    (tokens * upstream.double()).sum().backward()
    tensors = {**model.state_dict(), "patches": patches, "tokens": tokens, "upstream": upstream}
    tensors |= {"grad." + key: parameter.grad for key, parameter in model.named_parameters()}
    save_file(stored(tensors), TRANSFORMER / f"placement-{name}.safetensors")


def choice(name, options=None):
    return {"kind": name, **options} if options else name


def described(name, c):
    values = {
        "file": f"placement-{name}.safetensors", "batch": BATCH, "imageHeight": c.image_height,
        "imageWidth": c.image_width, "channels": c.channels, "patch": c.patch, "width": c.width,
        "depth": c.depth, "heads": c.heads, "mlpRatio": c.mlp_ratio, "patchNorm": "none", "norm": c.norm,
        "placement": choice(c.placement, c.options), "registers": 0, "layerScale": c.layer_scale,
        "positions": "sinCos2D"}
    optional = {"layerNorms": list(c.layer_norms), "finalNorm": c.final_norm, "step": c.step,
                "queryKeyNorm": c.query_key_norm, "branches": c.branches if c.branches > 1 else None}
    return json.dumps(values | {key: value for key, value in optional.items() if value})


if __name__ == "__main__":
    torch.set_num_threads(1)
    for seed, (name, configuration) in enumerate(MODELS.items()):
        write(name, configuration, 200 + seed)
    lines = [described(name, configuration) for name, configuration in MODELS.items()]
    (TRANSFORMER / "placements.json").write_text("[\n  " + ",\n  ".join(lines) + "\n]\n")
