"""Every Vision Transformer that timm registers as vit_{tiny,small,base,large}_patch{8,14,16,32}*, with random weights, given to
Vitrail: the table of docs/checkpoints.md.

Run: python Scripts/golden/timm_architectures.py VITRAIL [PATTERN]. Each is written by timm with its config.json and its features
for one picture of its size are compared with those of `vitrail embed`; where Vitrail refuses, its words are printed. Exits
with 1 where features differ by more than 1e-5 of the largest. Takes some 15 minutes and 3 GB of disk.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import timm
import torch
from PIL import Image
from timm.models import save_for_hf

NAMES = r"vit_(tiny|small|base|large)_patch(8|14|16|32)"


def randomised(model):
    """Layers that start at 0 or 1 would hide mistakes."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            noise = torch.randn(tensor.shape, generator=generator)
            gain = tensor.dim() == 1 and name.endswith(("weight", "gamma"))
            tensor.copy_(1 + 0.1 * noise if gain else noise * min(1, 0.5 / max(1, tensor.shape[-1]) ** 0.5))
    return model.eval()


def picture(folder, size):
    """A PNG that needs no resizing."""
    pixels = numpy.random.default_rng(3).integers(0, 256, (size[1], size[2], 3), dtype=numpy.uint8)
    (folder / "class").mkdir(parents=True)
    Image.fromarray(pixels).save(folder / "class/picture.png")
    return torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255


def compared(vitrail, name, scratch):
    model = randomised(timm.create_model(name, pretrained=False, num_classes=0))
    config = dict(model.pretrained_cfg)
    weights, data, out = scratch / "weights", scratch / "data", scratch / "out"
    save_for_hf(model, weights, model_config=dict(num_classes=0), safe_serialization=True)
    written = json.loads((weights / "config.json").read_text())
    written["pretrained_cfg"]["crop_pct"] = 1.0
    (weights / "config.json").write_text(json.dumps(written))
    pixels = picture(data, config["input_size"])
    outcome = subprocess.run(
        [vitrail, "embed", "--weights", weights, "--data", data, "--out", out], capture_output=True, text=True)
    if outcome.returncode != 0:
        lines = [line for line in outcome.stderr.strip().splitlines() if line.startswith("error")] or ["error: no message"]
        return "refused: " + re.sub(r" · .*", "", lines[-1].removeprefix("error: ")), False
    found = torch.from_numpy(numpy.load(out / "features.npy"))
    mean, deviation = (torch.tensor(config[key]).reshape(1, 3, 1, 1) for key in ("mean", "std"))
    with torch.no_grad():
        wanted = model.forward_head(model.forward_features((pixels - mean) / deviation), pre_logits=True)
    error = ((found - wanted).abs().max() / wanted.abs().max()).item()
    return f"{error:.0e}", error > 1e-5


def main():
    pattern = sys.argv[2] if len(sys.argv) > 2 else "."
    failures = 0
    for name in timm.list_models("vit_*"):
        if not re.match(NAMES, name) or not re.search(pattern, name):
            continue
        scratch = Path(tempfile.mkdtemp())
        try:
            text, failed = compared(sys.argv[1], name, scratch)
        finally:
            shutil.rmtree(scratch)
        failures += failed
        print(f"| `{name}` | {text}{' **wrong**' if failed else ''} |", flush=True)
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
