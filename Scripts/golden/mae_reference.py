"""The masked autoencoder of He et al. (2021, arXiv:2111.06377) in plain PyTorch, written from its formulas.

Independent of the Swift code: it makes the golden values of the tests and is the rival in the benchmarks.
Letters: B batch, L patches, T tokens, D width, H heads, P patch side, C channels, R registers.
"""

from dataclasses import dataclass

import numpy
import torch
from torch import nn
from torch.nn import functional

EPSILON = 1e-6


@dataclass(frozen=True)
class Configuration:
    image_height: int
    image_width: int
    channels: int
    patch: int
    width: int
    depth: int
    heads: int
    decoder_width: int
    decoder_depth: int
    decoder_heads: int
    patch_norm: str = "dual"  # none, pre, post, dual; always LayerNorm
    norm: str = "layerNorm"  # layerNorm, rmsNorm
    placement: str = "pre"  # pre, post
    registers: int = 0
    layer_scale: float | None = None  # encoder blocks only
    positions: str = "sinCos2D"  # sinCos2D, learned; the decoder's are always sinCos2D
    mask_ratio: float = 0.75

    @property
    def rows(self):
        return self.image_height // self.patch

    @property
    def columns(self):
        return self.image_width // self.patch

    @property
    def patch_count(self):
        return self.rows * self.columns

    @property
    def patch_size(self):
        return self.patch * self.patch * self.channels

    @property
    def keep(self):
        return int(self.patch_count * (1 - self.mask_ratio))


def patchify(images, patch):
    """[B, C, height, width] → [B, L, P·P·C]; inside a patch row, then column, then channel (fastest)."""
    batch, channels, height, width = images.shape
    grid = images.reshape(batch, channels, height // patch, patch, width // patch, patch)
    return grid.permute(0, 2, 4, 3, 5, 1).reshape(batch, -1, patch * patch * channels)


def sin_cos_positions(width, rows, columns):
    """float64 [rows·columns, width]: the column's code fills the first half, the row's the second."""
    frequencies = 10000.0 ** (-numpy.arange(width // 4) / (width / 4))

    def code(coordinate):
        angles = coordinate[:, None] * frequencies
        return numpy.concatenate([numpy.sin(angles), numpy.cos(angles)], axis=1)

    row, column = numpy.divmod(numpy.arange(rows * columns), columns)
    return numpy.concatenate([code(column.astype(float)), code(row.astype(float))], axis=1)


def position_table(width, rows, columns):
    """float32 [1, 1 + L, width], the cls row zero."""
    table = numpy.concatenate([numpy.zeros((1, width)), sin_cos_positions(width, rows, columns)])
    return torch.from_numpy(table).float()[None]


def select(tokens, indices):
    """[B, T, D] and [B, K] → [B, K, D]."""
    return tokens.gather(1, indices[..., None].expand(-1, -1, tokens.shape[-1]))


def make_norm(kind, width):
    return {"layerNorm": nn.LayerNorm, "rmsNorm": nn.RMSNorm}[kind](width, eps=EPSILON)


class PatchEmbedding(nn.Module):
    """Linear on patches; with `dual` LayerNorm before and after (Kumar et al., 2023, arXiv:2302.01327)."""

    def __init__(self, patch_size, width, patch_norm):
        super().__init__()
        before, after = patch_norm in ("pre", "dual"), patch_norm in ("post", "dual")
        self.pre_norm = make_norm("layerNorm", patch_size) if before else nn.Identity()
        self.proj = nn.Linear(patch_size, width)
        self.norm = make_norm("layerNorm", width) if after else nn.Identity()

    def forward(self, patches):
        return self.norm(self.proj(self.pre_norm(patches)))


class Attention(nn.Module):
    def __init__(self, width, heads, fused):
        super().__init__()
        self.heads, self.fused = heads, fused
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        head_width = width // self.heads
        qkv = self.qkv(x).reshape(batch, tokens, 3, self.heads, head_width)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)  # each [B, H, T, d]
        if self.fused:
            mixed = functional.scaled_dot_product_attention(q, k, v)
        else:
            mixed = ((q * head_width**-0.5) @ k.transpose(-2, -1)).softmax(-1) @ v
        return self.proj(mixed.transpose(1, 2).reshape(batch, tokens, width))


class MLP(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(functional.gelu(self.fc1(x)))


class LayerScale(nn.Module):
    def __init__(self, width, initial):
        super().__init__()
        self.gamma = nn.Parameter(torch.full((width,), initial))

    def forward(self, x):
        return x * self.gamma


class Block(nn.Module):
    def __init__(self, width, heads, norm, placement, layer_scale, fused):
        super().__init__()
        self.pre = placement == "pre"
        self.norm1 = make_norm(norm, width)
        self.attn = Attention(width, heads, fused)
        self.ls1 = LayerScale(width, layer_scale) if layer_scale is not None else nn.Identity()
        self.norm2 = make_norm(norm, width)
        self.mlp = MLP(width)
        self.ls2 = LayerScale(width, layer_scale) if layer_scale is not None else nn.Identity()

    def forward(self, x):
        if self.pre:
            x = x + self.ls1(self.attn(self.norm1(x)))
            return x + self.ls2(self.mlp(self.norm2(x)))
        x = self.norm1(x + self.ls1(self.attn(x)))
        return self.norm2(x + self.ls2(self.mlp(x)))


class VisionTransformer(nn.Module):
    """Tokens in the order cls, registers, patches; registers get no position."""

    def __init__(self, configuration, fused=False):
        super().__init__()
        c = self.configuration = configuration
        self.patch_embed = PatchEmbedding(c.patch_size, c.width, c.patch_norm)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, c.width))
        if c.registers:
            self.reg_token = nn.Parameter(torch.zeros(1, c.registers, c.width))
        if c.positions == "learned":
            self.pos_embed = nn.Parameter(torch.zeros(1, 1 + c.patch_count, c.width))
        else:
            self.register_buffer("pos_embed", position_table(c.width, c.rows, c.columns))
        self.blocks = nn.ModuleList(
            Block(c.width, c.heads, c.norm, c.placement, c.layer_scale, fused) for _ in range(c.depth)
        )
        self.norm = make_norm(c.norm, c.width) if c.placement == "pre" else nn.Identity()

    def encode(self, patches, visible=None):
        """[B, L, P·P·C] → [B, 1 + R + K, D] of the K `visible` patches ([B, K]; all when None).

        The embedding treats each patch by itself, so hidden patches are dropped before it, not after.
        """
        batch = patches.shape[0]
        positions = self.pos_embed[:, 1:]
        if visible is not None:
            patches = select(patches, visible)
            positions = select(positions.expand(batch, -1, -1), visible)
        tokens = [(self.cls_token + self.pos_embed[:, :1]).expand(batch, -1, -1)]
        if self.configuration.registers:
            tokens.append(self.reg_token.expand(batch, -1, -1))
        x = torch.cat([*tokens, self.patch_embed(patches) + positions], dim=1)
        for block in self.blocks:
            x = block(x)
        return self.norm(x)

    def features(self, patches):
        """The cls token and the mean of the patch tokens of whole images, each [B, D]."""
        x = self.encode(patches)
        return x[:, 0], x[:, 1 + self.configuration.registers :].mean(1)


def masking(noise, keep):
    """Noise [B, L] → visible [B, keep], restore [B, L], mask [B, L] (1 = removed)."""
    shuffle = noise.argsort(1)
    restore = shuffle.argsort(1)
    return shuffle[:, :keep], restore, (restore >= keep).to(noise.dtype)


def normalised_pixels(patches):
    variance, mean = torch.var_mean(patches, -1, keepdim=True, correction=1)
    return (patches - mean) / (variance + EPSILON).sqrt()


class MaskedAutoencoder(VisionTransformer):
    def __init__(self, configuration, fused=False):
        super().__init__(configuration, fused)
        c = configuration
        self.decoder_embed = nn.Linear(c.width, c.decoder_width)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, c.decoder_width))
        self.register_buffer("decoder_pos_embed", position_table(c.decoder_width, c.rows, c.columns))
        self.decoder_blocks = nn.ModuleList(
            Block(c.decoder_width, c.decoder_heads, c.norm, c.placement, None, fused)
            for _ in range(c.decoder_depth)
        )
        self.decoder_norm = make_norm(c.norm, c.decoder_width) if c.placement == "pre" else nn.Identity()
        self.decoder_pred = nn.Linear(c.decoder_width, c.patch_size)
        self.initialise()

    def initialise(self):
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)
        nn.init.normal_(self.cls_token, std=0.02)
        nn.init.normal_(self.mask_token, std=0.02)
        if self.configuration.registers:
            nn.init.normal_(self.reg_token, std=1e-6)
        if self.configuration.positions == "learned":
            nn.init.trunc_normal_(self.pos_embed, std=0.02)

    def decode(self, latent, restore):
        """[B, 1 + R + keep, D] → the prediction [B, L, P·P·C]; registers are dropped first."""
        batch, length = restore.shape
        cls, visible = latent[:, :1], latent[:, 1 + self.configuration.registers :]
        y = self.decoder_embed(torch.cat([cls, visible], dim=1))
        hidden = self.mask_token.expand(batch, length + 1 - y.shape[1], -1)
        y = torch.cat([y[:, :1], select(torch.cat([y[:, 1:], hidden], dim=1), restore)], dim=1)
        y = y + self.decoder_pos_embed
        for block in self.decoder_blocks:
            y = block(y)
        return self.decoder_pred(self.decoder_norm(y)[:, 1:])

    def forward(self, patches, noise):
        """Loss (mean over removed patches and their pixels), latent, prediction, mask."""
        visible, restore, mask = masking(noise, self.configuration.keep)
        latent = self.encode(patches, visible)
        prediction = self.decode(latent, restore)
        error = (prediction - normalised_pixels(patches)).square().mean(-1)
        return (error * mask).sum() / mask.sum(), latent, prediction, mask


def decay_groups(model, decay):
    """AdamW groups: weight decay on tensors of two or more dimensions only (cls and mask token included)."""
    trainable = [p for p in model.parameters() if p.requires_grad]
    return [
        {"params": [p for p in trainable if p.ndim >= 2], "weight_decay": decay},
        {"params": [p for p in trainable if p.ndim < 2], "weight_decay": 0.0},
    ]


def scheduled_rate(peak, epoch, warmup, epochs):
    """Linear warm-up, then half a cosine to 0; `epoch` is fractional."""
    if epoch < warmup:
        return peak * epoch / warmup
    return peak * 0.5 * (1 + numpy.cos(numpy.pi * (epoch - warmup) / (epochs - warmup)))
