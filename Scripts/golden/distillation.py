"""Writes the golden values of distillation beside a masked objective: float64 results of plain PyTorch, stored as float32.

A frozen twin of the encoder, with weights of its own, sees whole images; the student encodes them once more, and a weighted
distance of all tokens is added to the objective's loss (Lee et al., 2022; Mendieta et al., 2023). Masks are given.
Run: python Scripts/golden/distillation.py. Results do not depend on the working directory.
"""

import json
from dataclasses import replace

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

from mae import PRETRAINING, described, make_images, randomise, stored
from mae_reference import MaskedAutoencoder, VisionTransformer, normalised_pixels, patchify, select
from positions import SimMIM, block_masks, random_masks, small, trajectory


class GivenMaskAutoencoder(MaskedAutoencoder):
    def __init__(self, configuration, options):
        super().__init__(configuration)

    def forward(self, patches, visible, masked, fraction):
        prediction = self.decode(self.encode(patches, visible), torch.cat([visible, masked], 1).argsort(1))
        return (select(prediction, masked) - normalised_pixels(select(patches, masked))).square().mean()


class Distilled(nn.Module):
    """What an objective is, with a twin of its encoder below `teacher`."""

    def __init__(self, objective, distillation):
        super().__init__()
        self.objective, self.settings = objective, distillation
        self.teacher = VisionTransformer(objective.configuration)
        if distillation["distance"] == "cosine":
            width = objective.configuration.width
            self.distillation = nn.Linear(width, width)

    def distance(self, patches):
        wanted, tokens = self.teacher.encode(patches), self.objective.encode(patches)
        if self.settings["distance"] == "cosine":
            return (1 - functional.cosine_similarity(self.distillation(tokens), wanted, dim=-1)).mean()
        return (tokens - wanted).square().mean()

    def forward(self, patches, visible, masked, fraction):
        loss = self.objective(patches, visible, masked, fraction)
        return loss + self.settings["weight"] * self.distance(patches)


mae = {"kind": "mae", "decoderWidth": 8, "decoderDepth": 1, "decoderHeads": 2}
MODELS = {
    "mae": (
        replace(small, image_height=12, image_width=24, channels=1, registers=2, positions="learned"),
        mae, {"weight": 0.5, "distance": "meanSquared"}, GivenMaskAutoencoder),
    "simMIM": (
        small, {"kind": "simMIM", "maskShape": "block"}, {"weight": 2, "distance": "cosine"}, SimMIM),
}


def named(tensors):
    """The names that the student's have without the wrapper."""
    return {key.removeprefix("objective."): value for key, value in tensors}


def write(name, configuration, options, distillation, kind, seed):
    torch.manual_seed(seed)
    model = randomise(Distilled(kind(configuration, options), distillation))
    model.teacher.requires_grad_(False)
    patches = patchify(make_images(configuration), configuration.patch)
    visible, masked = block_masks() if kind is SimMIM else random_masks(configuration.patch_count, configuration.keep)
    inputs = patches.double(), visible, masked
    loss = model(*inputs, 0)
    loss.backward()
    tensors = named((key, value.clone()) for key, value in model.state_dict().items())
    graded = named((key, p.grad.clone()) for key, p in model.named_parameters() if p.requires_grad)
    tensors |= {"grad." + key: gradient for key, gradient in graded.items()}
    tensors |= {"patches": patches, "visible": visible, "masked": masked, "loss": loss,
                "distance": model.distance(patches.double())}
    tensors["losses"] = trajectory(model, inputs)
    file = f"distillation-{name}.safetensors"
    save_file(stored(tensors), PRETRAINING / file)
    return {"file": file, "objective": options, "distillation": distillation, **described(configuration, False)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    lines = [json.dumps(write(name, *parts, seed=300 + seed))
             for seed, (name, parts) in enumerate(MODELS.items())]
    (PRETRAINING / "distillation.json").write_text("[\n  " + ",\n  ".join(lines) + "\n]\n")
