"""Shows that timm and transformers read what `vitrail convert --to-layout` writes, and give the features that they gave for
the encoders of layouts.py before these went through Vitrail.

Run: python Scripts/golden/written.py [VITRAIL]. Prints a row an encoder and a layout; exits with 1 where one differs by more
than 1e-5 of the largest feature, has a tensor too many or too few, or is refused without a part that is named.
"""

import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import timm
import torch
import transformers
from safetensors.torch import load_file

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "Tests/VisionTransformerTests/Golden/layouts"
DECODERS = ROOT / "Tests/PretrainingTests/Golden/layouts"
SIDE, PATCH = 12, 4
transformers.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()


def images(patches):
    count = SIDE // PATCH
    cut = patches.reshape(-1, count, count, PATCH, PATCH, 3)
    return cut.permute(0, 5, 1, 3, 2, 4).reshape(-1, 3, SIDE, SIDE)


def told(name):
    """What the files of a golden case do not tell."""
    if name.startswith("hf-"):
        return ["--encoder-mean", "0.5", "--encoder-std", "0.5"]
    if (FOLDER / name / "config.json").exists():
        return []
    activation = "swiGLU" if "swiglu" in name else "gelu"
    return f"--encoder-heads 2 --encoder-epsilon 1e-6 --encoder-mean 0.5 --encoder-std 0.5 --encoder-activation {activation}".split()


def convert(vitrail, source, out, layout, options=()):
    return subprocess.run(
        [vitrail, "convert", "--from", source, "--to", out, "--to-layout", layout, *options], capture_output=True, text=True)


def timm_features(folder, pixels):
    if (folder / "encoder.py").exists():
        specification = importlib.util.spec_from_file_location("encoder", folder / "encoder.py")
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        model = module.load()
    else:
        model = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
    return model.forward_head(model.forward_features(pixels), pre_logits=True)


def hugging_face(folder, pixels):
    options = {"mask_ratio": 0.0} if json.loads((folder / "config.json").read_text())["model_type"] == "vit_mae" else {}
    model, report = transformers.AutoModel.from_pretrained(folder, output_loading_info=True, **options)
    odd = [name for names in report.values() for name in names if "pooler" not in name]
    assert not odd, f"tensors too many or too few: {odd}"
    assert transformers.AutoImageProcessor.from_pretrained(folder).crop_size["height"] == SIDE
    return model.eval()(pixels).last_hidden_state


def features(folder, layout, name, pixels):
    if layout == "timm":
        return timm_features(folder, pixels)
    tokens = hugging_face(folder, pixels)
    return tokens[:, 3:].mean(1) if name == "timm-registers" else tokens[:, 0]


def autoencoder(vitrail, out):
    """Loss and predictions of a masked autoencoder that went through Vitrail."""
    golden = load_file(DECODERS / "expected.safetensors")
    outcome = convert(vitrail, DECODERS / "hf-mae", out, "hf-mae")
    assert outcome.returncode == 0, outcome.stderr
    model = transformers.ViTMAEForPreTraining.from_pretrained(out).eval()
    output = model(images(golden["patches"]), noise=golden["noise"])
    return max(error(output.logits, golden["predictions"]), error(output.loss.reshape(1), golden["loss"]))


def error(found, wanted):
    return ((found - wanted).abs().max() / wanted.abs().max()).item()


@torch.no_grad()
def main():
    vitrail = sys.argv[1] if len(sys.argv) > 1 else "vitrail"
    expected = load_file(FOLDER / "expected.safetensors")
    pixels = images(expected["patches"])
    failures = 0
    with tempfile.TemporaryDirectory() as scratch:
        for case in json.loads((FOLDER / "cases.json").read_text()):
            name = case["name"]
            checkpoint = FOLDER / name / "checkpoint.pth"
            source = checkpoint if checkpoint.exists() else FOLDER / name
            for layout in ["timm", "hf-vit", "hf-mae", "hf-dinov2"]:
                out = Path(scratch) / f"{name}-{layout}"
                outcome = convert(vitrail, source, out, layout, told(name))
                if outcome.returncode != 0:
                    refusal = outcome.stderr.strip().splitlines()[-1]
                    failures += "has no place for it" not in refusal
                    print(f"{name:22} {layout:10} refused: {refusal.split(': ')[1]}")
                    continue
                difference = error(features(out, layout, name, pixels), expected[name])
                failures += difference > 1e-5
                print(f"{name:22} {layout:10} {difference:.1e}")
        difference = autoencoder(vitrail, Path(scratch) / "autoencoder")
        failures += difference > 1e-5
        print(f"{'with decoder':22} {'hf-mae':10} {difference:.1e}")
    print(f"{failures} failures")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
