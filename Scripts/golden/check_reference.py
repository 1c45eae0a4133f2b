"""Checks `mae_reference` against what is known of it: published parameter counts, timm, and identities.

Run: python Scripts/golden/check_reference.py. Stops at the first check that fails.
"""

from dataclasses import replace

import timm
import torch
from torch import nn

from mae import AUTOENCODERS, BATCH, make_images, randomise, square
from mae_reference import (
    Configuration, MaskedAutoencoder, VisionTransformer, masking, normalised_pixels, patchify, select,
    sin_cos_positions)


def large(width, depth, heads, decoder=(512, 8, 16), patch=16, **other):
    return Configuration(224, 224, 3, patch, width, depth, heads, *decoder, **other)


def trainable(model, configuration):
    with torch.device("meta"):
        return sum(p.numel() for p in model(configuration).parameters() if p.requires_grad)


def check_counts():
    published = {
        (MaskedAutoencoder, large(768, 12, 12, patch_norm="none")): 111_655_680,
        (MaskedAutoencoder, large(1024, 24, 16, patch_norm="none")): 329_239_296,
        (MaskedAutoencoder, large(192, 12, 12, (96, 1, 3), patch_norm="none")): 5_691_744,
        (MaskedAutoencoder, large(768, 12, 12)): 111_655_680 + 3_072,
        (VisionTransformer, large(192, 12, 3, patch_norm="none")): 5_486_592,
        (VisionTransformer, large(384, 12, 6, patch_norm="none")): 21_590_016,
        (VisionTransformer, large(768, 12, 12, patch_norm="none")): 85_647_360,
        (VisionTransformer, large(1024, 24, 16, patch_norm="none")): 303_099_904,
        (VisionTransformer, large(1280, 32, 16, patch=14, patch_norm="none")): 630_435_840,
    }
    for (model, configuration), expected in published.items():
        assert trainable(model, configuration) == expected, (configuration, expected)


def check_positions():
    table = sin_cos_positions(8, 3, 3)
    expected = [0.841471, 0.01, 0.540302, 0.99995, 0, 0, 1, 1]
    assert abs(table[1] - expected).max() < 1e-6
    assert abs(table[3] - (expected[4:] + expected[:4])).max() < 1e-6
    assert abs((table**2).sum(1) - 4).max() < 1e-12


def check_against_timm():
    """Same names, so timm's ViT loads our tensors; it must return the same tokens."""
    for c in (replace(square, patch_norm="none"), replace(AUTOENCODERS["rectangular"], patch_norm="none")):
        torch.manual_seed(0)
        ours = randomise(VisionTransformer(c))
        theirs = timm.models.VisionTransformer(
            img_size=(c.image_height, c.image_width), patch_size=c.patch, in_chans=c.channels, num_classes=0,
            embed_dim=c.width, depth=c.depth, num_heads=c.heads, init_values=c.layer_scale,
            reg_tokens=c.registers, norm_layer=lambda width, **_: nn.LayerNorm(width, eps=1e-6)).double()
        state = ours.state_dict()
        kernel = state["patch_embed.proj.weight"].reshape(c.width, c.patch, c.patch, c.channels)
        state["patch_embed.proj.weight"] = kernel.permute(0, 3, 1, 2)
        images = make_images(c).double()
        if c.registers:  # timm inserts registers between cls and patches, but then positions every token
            cls, patches = state["pos_embed"].split([1, c.patch_count], dim=1)
            state["pos_embed"] = torch.cat([cls, torch.zeros(1, c.registers, c.width), patches], dim=1)
            theirs.pos_embed = nn.Parameter(torch.zeros_like(state["pos_embed"]))
        theirs.load_state_dict(state)
        difference = ours.encode(patchify(images, c.patch)) - theirs.eval().forward_features(images)
        assert difference.abs().max() < 1e-12, difference.abs().max()


def check_masking():
    """Embedding only visible patches equals embedding all and selecting; the loss ignores the visible."""
    torch.manual_seed(0)
    c = square
    model = randomise(MaskedAutoencoder(c))
    patches = patchify(make_images(c).double(), c.patch)
    noise = torch.rand(BATCH, c.patch_count).double()
    visible, restore, mask = masking(noise, c.keep)
    assert (mask.sum(1) == c.patch_count - c.keep).all()
    everything = model.patch_embed(patches) + model.pos_embed[:, 1:]
    chosen = model.patch_embed(select(patches, visible)) + select(
        model.pos_embed[:, 1:].expand(BATCH, -1, -1), visible)
    assert (select(everything, visible) - chosen).abs().max() < 1e-12
    loss, latent, prediction, _ = model(patches, noise)
    prediction.retain_grad()
    loss.backward()
    assert (prediction.grad[mask == 0] == 0).all() and (prediction.grad[mask == 1] != 0).any()
    by_hand = (prediction - normalised_pixels(patches))[mask == 1].square().mean()
    assert abs(loss - by_hand) < 1e-12
    fused = MaskedAutoencoder(c, fused=True).double()
    fused.load_state_dict(model.state_dict())
    assert (fused(patches, noise)[1] - latent).abs().max() < 1e-12


if __name__ == "__main__":
    for check in (check_counts, check_positions, check_against_timm, check_masking):
        check()
        print(f"{check.__name__}: ok")
