"""Writes the golden values of SimMIM, MP3 and DropPos: float64 results of plain PyTorch, stored as float32.

Written from the formulas, independently of the Swift code: keys are masked by −∞ in the images' own order, tokens are
replaced on the full grid, targets and weights are taken pair by pair. Masks are given, so that both sides use the same.
Run: python Scripts/golden/positions.py. Results do not depend on the working directory.
"""

import json
from dataclasses import replace

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

from mae import BATCH, PRETRAINING, described, make_images, randomise, stored
from mae_reference import (
    Block, Configuration, MaskedAutoencoder, VisionTransformer, decay_groups, make_norm, patchify, select)

STEPS = 10
RATE = 1e-3


def masked_attention(attention, x, keys):
    """Attention in which only `keys` [B, T] (true) are looked at."""
    batch, tokens, width = x.shape
    q, k, v = (part.reshape(batch, tokens, attention.heads, -1).transpose(1, 2)
               for part in attention.qkv(x).split(width, dim=-1))
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    scores = scores.masked_fill(~keys[:, None, None, :], -torch.inf)
    return attention.proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, tokens, width))


def run_blocks(blocks, x, keys=None):
    """Pre-norm blocks."""
    for block in blocks:
        if keys is None:
            x = block(x)
        else:
            x = x + masked_attention(block.attn, block.norm1(x), keys)
            x = x + block.mlp(block.norm2(x))
    return x


def with_prefix(model, patches, class_position):
    """[B, K, D] behind class token and registers."""
    batch = patches.shape[0]
    parts = [(model.cls_token + class_position).expand(batch, -1, -1)]
    if model.configuration.registers:
        parts.append(model.reg_token.expand(batch, -1, -1))
    return torch.cat([*parts, patches], dim=1)


def indicator(places, count):
    """[B, M] → bool [B, count]."""
    return torch.zeros(len(places), count, dtype=torch.bool).scatter(1, places, True)


class SimMIM(VisionTransformer):
    def __init__(self, configuration, options):
        super().__init__(configuration)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, configuration.width))
        self.head = nn.Linear(configuration.width, configuration.patch_size)
        self.normalizes = options.get("normalizePixels", False)

    def forward(self, patches, visible, masked, fraction):
        mask = indicator(masked, patches.shape[1])[..., None].double()
        x = self.patch_embed(patches) * (1 - mask) + self.mask_token * mask
        x = with_prefix(self, x + self.pos_embed[:, 1:], self.pos_embed[:, :1])
        x = self.norm(run_blocks(self.blocks, x))[:, 1 + self.configuration.registers :]
        wanted = patches
        if self.normalizes:
            variance, mean = torch.var_mean(patches, -1, keepdim=True, correction=1)
            wanted = (patches - mean) / (variance + 1e-6).sqrt()
        error = (self.head(x) - wanted).abs() * mask
        channels = self.configuration.channels
        pixels = mask.sum() * self.configuration.patch**2
        return error.sum() / (pixels + 1e-5) / channels


class PositionPrediction(VisionTransformer):
    def __init__(self, configuration, options):
        super().__init__(replace(configuration, positions="sinCos2D"))
        del self.pos_embed
        self.averages = options["averages"]
        self.head = nn.Linear(configuration.width, configuration.patch_count)

    def forward(self, patches, visible, masked, fraction):
        batch, count, _ = patches.shape
        leading = 1 + self.configuration.registers
        context = indicator(visible, count)
        keys = torch.cat([torch.ones(batch, leading, dtype=torch.bool), context], dim=1)
        x = with_prefix(self, self.patch_embed(patches), 0)
        x = self.norm(run_blocks(self.blocks, x, keys))[:, leading:]
        losses = functional.cross_entropy(
            self.head(x).transpose(1, 2), torch.arange(count).expand(batch, -1), reduction="none")
        counted = torch.ones_like(context) if self.averages == "all" else ~context
        return losses[counted].mean()


class DropPos(MaskedAutoencoder):
    def __init__(self, configuration, options):
        super().__init__(configuration)
        c, self.options = configuration, options
        if options["reconstructionWeight"] == 0:
            del self.decoder_embed, self.mask_token, self.decoder_pos_embed
            del self.decoder_blocks, self.decoder_norm, self.decoder_pred
        self.position_token = nn.Parameter(torch.zeros(1, 1, c.width))
        width = options["decoderWidth"]
        self.position_embed = nn.Linear(c.width, width)
        self.position_blocks = nn.ModuleList(
            Block(width, options["decoderHeads"], c.norm, c.placement, None, False)
            for _ in range(options["decoderDepth"]))
        self.position_norm = make_norm(c.norm, width)
        self.position_pred = nn.Linear(width, c.patch_count)

    def targets(self, places, deviation):
        """[B, M] → [B, M, L]: a Gaussian around each place, or the place alone."""
        c = self.configuration
        if deviation == 0:
            return functional.one_hot(places, c.patch_count).double()
        grid = torch.stack(torch.meshgrid(
            torch.arange(c.rows), torch.arange(c.columns), indexing="ij"), -1).reshape(-1, 2).double()
        distance = (grid[places][:, :, None] - grid).square().sum(-1)
        return (-distance / (2 * deviation**2)).softmax(-1)

    def forward(self, patches, visible, masked, fraction):
        leading = 1 + self.configuration.registers
        keep = visible.shape[1]
        placed = int(keep * 0.25)
        positions = select(self.pos_embed[:, 1:].expand(len(patches), -1, -1), visible)
        hidden = (torch.arange(keep) >= placed).double()[:, None]
        positions = positions * (1 - hidden) + self.position_token * hidden
        x = with_prefix(self, self.patch_embed(select(patches, visible)) + positions, self.pos_embed[:, :1])
        latent = self.norm(run_blocks(self.blocks, x))

        y = self.position_norm(run_blocks(self.position_blocks, self.position_embed(latent)))
        logits = self.position_pred(y[:, leading + placed :])
        targets = self.targets(visible[:, placed:], self.options["smoothing"] * (1 - fraction))
        losses = -(targets * logits.log_softmax(-1)).sum(-1)
        with torch.no_grad():
            similarity = functional.cosine_similarity(latent[:, :1], latent[:, leading + placed :], dim=-1)
            weights = (similarity / 0.1).softmax(-1)
        loss = (weights * losses).sum(-1).mean()
        weight = self.options["reconstructionWeight"]
        if weight == 0:
            return loss
        prediction = select(self.decode(latent, torch.cat([visible, masked], 1).argsort(1)), masked)
        wanted = select(patches, masked)
        variance, mean = torch.var_mean(wanted, -1, keepdim=True, correction=1)
        error = prediction - (wanted - mean) / (variance + 1e-6).sqrt()
        return loss + weight * error.square().mean()


def random_masks(count, keep):
    order = torch.rand(BATCH, count).argsort(1)
    return order[:, :keep], order[:, keep:]


def block_masks():
    """Ten of 4 × 4 patches: 3 × 3 and one beside it, in another corner each."""
    base = torch.zeros(4, 4, dtype=torch.bool)
    base[:3, :3] = True
    base[1, 3] = True
    grids = torch.stack([base.rot90(turn) for turn in range(BATCH)]).flatten(1)
    places = torch.arange(16).expand(BATCH, -1)
    return places[~grids].reshape(BATCH, -1), places[grids].reshape(BATCH, -1)


small = Configuration(
    image_height=16, image_width=16, channels=3, patch=4, width=16, depth=2, heads=2,
    decoder_width=8, decoder_depth=1, decoder_heads=2)
rectangular = replace(small, image_height=12, image_width=24, channels=1, registers=2)
drop = {"kind": "dropPos", "maskRatio": 0.5, "decoderWidth": 8, "decoderDepth": 2, "decoderHeads": 2,
        "smoothing": 0, "reconstructionWeight": 0, "reconstructionDepth": 1}
MODELS = {
    "simMIM-block": (small, {"kind": "simMIM", "maskShape": "block"}, SimMIM),
    "positionPrediction-all": (
        replace(small, positions="none"),
        {"kind": "positionPrediction", "averages": "all"}, PositionPrediction),
    "positionPrediction-nonContext": (
        replace(rectangular, positions="none"),
        {"kind": "positionPrediction", "averages": "nonContext", "contextMaskRatio": 0.5}, PositionPrediction),
    "dropPos": (small, drop, DropPos),
    "dropPos-smooth": (replace(rectangular, positions="learned"), drop | {"smoothing": 1}, DropPos),
    "dropPos-reconstruction": (
        replace(rectangular, mask_ratio=0.5), drop | {"smoothing": 0.8, "reconstructionWeight": 0.5}, DropPos),
    "simMIM-normalized": (small, {"kind": "simMIM", "maskShape": "block", "normalizePixels": True}, SimMIM),
}


def trajectory(model, inputs):
    """Losses of AdamW steps; loss i is the one before update i."""
    optimiser = torch.optim.AdamW(decay_groups(model, 0.05), lr=RATE, betas=(0.9, 0.95), eps=1e-8)
    losses = []
    for step in range(STEPS):
        optimiser.zero_grad()
        loss = model(*inputs, step / STEPS)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    return torch.tensor(losses, dtype=torch.float64)


def write(name, configuration, options, kind, seed):
    torch.manual_seed(seed)
    model = randomise(kind(configuration, options))
    patches = patchify(make_images(configuration), configuration.patch)
    count = configuration.patch_count
    ratio = options.get("contextMaskRatio", options.get("maskRatio", 0.75))
    visible, masked = block_masks() if kind is SimMIM else random_masks(count, int(count * (1 - ratio)))
    inputs = patches.double(), visible, masked
    loss = model(*inputs, 0)
    loss.backward()
    tensors = {key: value.clone() for key, value in model.state_dict().items()}
    tensors |= {"grad." + key: p.grad.clone() for key, p in model.named_parameters() if p.requires_grad}
    tensors |= {"patches": patches, "visible": visible, "masked": masked, "loss": loss}
    tensors["losses"] = trajectory(model, inputs)
    save_file(stored(tensors), PRETRAINING / f"{name}.safetensors")
    return {"file": f"{name}.safetensors", "objective": options, **described(configuration, False)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    lines = [json.dumps(write(name, *parts, seed=200 + seed))
             for seed, (name, parts) in enumerate(MODELS.items())]
    (PRETRAINING / "positions.json").write_text("[\n  " + ",\n  ".join(lines) + "\n]\n")
