"""Writes the golden values of the ViT and MAE tests: float64 results of `mae_reference`, stored as float32.

Run: python Scripts/golden/mae.py. Results do not depend on the working directory.
"""

import json
from dataclasses import asdict, replace
from pathlib import Path

import torch
from safetensors.torch import save_file

from mae_reference import (
    Configuration, MaskedAutoencoder, VisionTransformer, decay_groups, patchify, scheduled_rate,
    sin_cos_positions)

TESTS = Path(__file__).resolve().parents[2] / "Tests"
PRETRAINING = TESTS / "PretrainingTests/Golden"
TRANSFORMER = TESTS / "VisionTransformerTests/Golden"
BATCH = 4

square = Configuration(
    image_height=16, image_width=16, channels=3, patch=4, width=24, depth=2, heads=3,
    decoder_width=16, decoder_depth=1, decoder_heads=2)
AUTOENCODERS = {
    "dual-layerNorm-pre": square,
    "none-layerNorm-pre": replace(square, patch_norm="none"),
    "dual-rmsNorm-pre": replace(square, norm="rmsNorm"),
    "dual-layerNorm-post": replace(square, placement="post"),
    "rectangular": replace(
        square, image_height=12, image_width=20, channels=1, registers=2, layer_scale=0.1,
        positions="learned"),
}
ENCODERS = AUTOENCODERS | {
    "pre-layerNorm-pre": replace(square, patch_norm="pre", depth=1),
    "post-layerNorm-pre": replace(square, patch_norm="post", depth=1),
}


def randomise(model):
    """Random float32 values for every parameter, scaled so that no layer saturates."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = torch.randn(parameter.shape)
            if name.endswith("gamma"):
                values = 0.1 * (1 + 0.4 * values)
            elif "norm" in name and name.endswith("weight"):
                values = 1 + 0.3 * values
            elif name.endswith("bias"):
                values = 0.2 * values
            elif parameter.ndim == 2:
                values = values / parameter.shape[1] ** 0.5
            else:
                values = 0.5 * values
            parameter.copy_(values)
    return model.double()


def make_images(configuration):
    c = configuration
    return 0.3 + 0.8 * torch.randn(BATCH, c.channels, c.image_height, c.image_width)


def stored(tensors):
    return {k: v.detach().reshape(v.shape or (1,)).float().contiguous() for k, v in tensors.items()}


def described(configuration, encoder_only):
    values = asdict(configuration) | {"keep": configuration.keep}
    if encoder_only:
        values = {k: v for k, v in values.items() if k not in ("mask_ratio", "keep") and "decoder" not in k}
    camel = {k.split("_")[0] + "".join(map(str.title, k.split("_")[1:])): v for k, v in values.items()}
    return {"batch": BATCH, **camel}


def write_autoencoder(name, configuration, seed):
    """All inputs, results and gradients of one step; returns what the trajectory starts from."""
    torch.manual_seed(seed)
    model = randomise(MaskedAutoencoder(configuration))
    images = make_images(configuration)
    noise = torch.rand(BATCH, configuration.patch_count)
    patches = patchify(images, configuration.patch)
    loss, latent, prediction, mask = model(patches.double(), noise.double())
    loss.backward()
    cls, mean = model.features(patches.double())
    tensors = dict(model.state_dict())
    tensors |= {"grad." + key: p.grad for key, p in model.named_parameters()}
    tensors |= {"images": images.permute(0, 2, 3, 1), "patches": patches, "noise": noise,
                "latent": latent, "prediction": prediction, "mask": mask, "loss": loss,
                "features_cls": cls, "features_mean": mean}
    save_file(stored(tensors), PRETRAINING / f"mae-{name}.safetensors")
    return model, patches.double(), noise.double()


def write_trajectory(model, patches, noise):
    """20 AdamW steps from `mae-dual-layerNorm-pre`; loss i is the one before update i."""
    optimiser = torch.optim.AdamW(decay_groups(model, 0.05), lr=0, betas=(0.9, 0.95), eps=1e-8)
    losses, rates = [], []
    for step in range(20):
        rates.append(scheduled_rate(1e-3, step, warmup=5, epochs=20))
        for group in optimiser.param_groups:
            group["lr"] = rates[-1]
        optimiser.zero_grad()
        loss = model(patches, noise)[0]
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    final = {"final." + name: model.state_dict()[name]
             for name in ("blocks.0.attn.qkv.weight", "mask_token", "patch_embed.pre_norm.weight")}
    tensors = {"losses": torch.tensor(losses, dtype=torch.float64),
               "learningRates": torch.tensor(rates, dtype=torch.float64), **final}
    save_file(stored(tensors), PRETRAINING / "trajectory.safetensors")


def write_encoder(name, configuration, seed):
    torch.manual_seed(seed)
    model = randomise(VisionTransformer(configuration))
    patches = patchify(make_images(configuration), configuration.patch)
    with torch.no_grad():
        tokens = model.encode(patches.double())
        cls, mean = model.features(patches.double())
    tensors = {**model.state_dict(), "patches": patches, "tokens": tokens,
               "features_cls": cls, "features_mean": mean}
    save_file(stored(tensors), TRANSFORMER / f"vit-{name}.safetensors")


def write_positions():
    tables = {"width8.rows3.columns3": sin_cos_positions(8, 3, 3),
              "width32.rows4.columns6": sin_cos_positions(32, 4, 6),
              "width192.rows14.columns14.first20": sin_cos_positions(192, 14, 14)[:20]}
    save_file(stored({k: torch.from_numpy(v) for k, v in tables.items()}),
              TRANSFORMER / "positions.safetensors")


def write_descriptions(folder, prefix, configurations):
    lines = [json.dumps({"file": f"{prefix}-{name}.safetensors", **described(c, prefix == "vit")})
             for name, c in configurations.items()]
    (folder / f"{prefix}.json").write_text("[\n  " + ",\n  ".join(lines) + "\n]\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    PRETRAINING.mkdir(parents=True, exist_ok=True)
    TRANSFORMER.mkdir(parents=True, exist_ok=True)
    for seed, (name, configuration) in enumerate(AUTOENCODERS.items()):
        results = write_autoencoder(name, configuration, seed)
        if name == "dual-layerNorm-pre":
            write_trajectory(*results)
    for seed, (name, configuration) in enumerate(ENCODERS.items()):
        write_encoder(name, configuration, 100 + seed)
    write_positions()
    write_descriptions(PRETRAINING, "mae", AUTOENCODERS)
    write_descriptions(TRANSFORMER, "vit", ENCODERS)
