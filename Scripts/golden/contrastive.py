"""Writes the golden values of SimCLR, MoCo v3 and DINO: float64 results of `contrastive_reference`, stored as float32.

Run: python Scripts/golden/contrastive.py. Each file holds the weights at the start, the views, loss and gradients of
the first step, what its buffers are after it, and ten steps of AdamW on the same views.
"""

import copy

import torch
from safetensors.torch import save_file

from contrastive_reference import DINO, MoCoV3, SimCLR
from mae import PRETRAINING, randomise, stored
from mae_reference import Configuration, decay_groups

BATCH, STEPS, STEPS_PER_EPOCH = 6, 10, 3
RATE = 1e-3

small = Configuration(
    image_height=12, image_width=12, channels=1, patch=4, width=16, depth=2, heads=2,
    decoder_width=4, decoder_depth=0, decoder_heads=1)
MODELS = {
    "simCLR": lambda: SimCLR(small),
    "mocoV3": lambda: MoCoV3(small, frozen=False, total_steps=STEPS),
    "mocoV3-frozen": lambda: MoCoV3(small, frozen=True, total_steps=STEPS),
    "dino": lambda: DINO(small, total_steps=STEPS, steps_per_epoch=STEPS_PER_EPOCH),
    "dino-frozen": lambda: DINO(small, total_steps=STEPS, steps_per_epoch=STEPS_PER_EPOCH, frozen_epochs=1),
}


def start(name):
    """Random weights; the teacher's are near the student's, and not the same."""
    model = randomise(MODELS[name]())
    with torch.no_grad():
        if hasattr(model, "teacher"):
            students = dict(model.named_parameters())
            for key, parameter in model.teacher.named_parameters():
                value = students[key] + 0.1 * students[key].abs().mean() * torch.randn(parameter.shape)
                if students[key].requires_grad:
                    parameter.copy_(value.float())
                else:
                    parameter.copy_(students[key])
        if hasattr(model, "center"):
            model.center = (0.2 * torch.randn(model.center.shape)).double()
    return model


def make_views(name):
    """Patches that the views of an image share, and noise."""
    common = torch.randn(BATCH, 9, 16)
    counts = [9, 9, 4, 4] if name.startswith("dino") else [9, 9]
    return [0.3 + common[:, :n] + 0.3 * torch.randn(BATCH, n, 16) for n in counts]


def kept(model):
    return {k: v for k, v in model.state_dict().items() if "num_batches" not in k}


def write(name, seed):
    torch.manual_seed(seed)
    model = start(name)
    views = make_views(name)
    patches = [v.double() for v in views]
    tensors = {k: v.clone() for k, v in kept(model).items()}
    tensors |= {f"view.{i}": v for i, v in enumerate(views)}
    first = copy.deepcopy(model)
    first.before(0)
    loss = first.loss(patches)
    loss.backward()
    tensors["loss"] = loss
    tensors |= {"grad." + k: p.grad for k, p in first.named_parameters() if p.requires_grad}
    tensors |= {"after." + k: v for k, v in first.named_buffers()
                if not k.startswith("teacher") and ("running" in k or k == "center")}
    optimiser = torch.optim.AdamW(decay_groups(model, 0.05), lr=RATE, betas=(0.9, 0.95), eps=1e-8)
    losses = []
    for step in range(STEPS):
        model.before(step)
        optimiser.zero_grad()
        loss = model.loss(patches, step)
        loss.backward()
        optimiser.step()
        model.after(step)
        losses.append(loss.item())
    tensors["losses"] = torch.tensor(losses, dtype=torch.float64)
    wanted = ("blocks.1.attn.qkv.weight", "blocks.0.mlp.fc1.weight", "patch_embed.proj.weight", "cls_token",
              "projector.2.weight", "head.0.weight", "head.last.weight", "running_var", "center")
    tensors |= {"final." + k: v for k, v in kept(model).items()
                if k.removeprefix("teacher.").endswith(wanted)
                and not (k.startswith("teacher") and "running" in k)}
    save_file(stored(tensors), PRETRAINING / f"contrastive-{name}.safetensors")
    print(name, losses)


if __name__ == "__main__":
    torch.set_num_threads(1)
    for seed, name in enumerate(MODELS):
        write(name, 300 + seed)
