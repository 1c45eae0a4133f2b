"""Writes Tests/VisionTransformerTests/Golden/starts.safetensors: initialisers, rotary positions, tables on another grid
and the hMLP stem, in NumPy and PyTorch.

Computed in float64 from inputs exact in float32, stored as float32. Run: python Scripts/golden/starts.py.
"""

from pathlib import Path

import numpy
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional

from mae_reference import patchify, select

FILE = Path(__file__).resolve().parents[2] / "Tests/VisionTransformerTests/Golden/starts.safetensors"
tensors = {}


def random(*shape, scale=1.0, shift=0.0):
    return (shift + scale * torch.randn(shape)).double()


def store(prefix, **values):
    for name, value in values.items():
        value = torch.as_tensor(value).detach()
        assert f"{prefix}.{name}" not in tensors
        tensors[f"{prefix}.{name}"] = value.reshape(value.shape or (1,)).float().contiguous()


def decomposed(matrix):
    """U, σ, Vᵀ; of each column of U the largest entry is positive."""
    u, s, vt = numpy.linalg.svd(matrix)
    signs = numpy.sign(u[numpy.abs(u).argmax(0), numpy.arange(len(s))])
    return u * signs, s, vt * signs[:, None]


def write_mimetic(width=12, heads=3):
    """x·V.weightᵀ·proj.weightᵀ = x·(.4Z − .4I); per head, q.weightᵀ·k.weight is the best rank d of .7Z + .7I."""
    head = width // heads
    deviation = width**-0.5
    noises = random(heads + 1, width, width, scale=deviation)
    queries, keys = [], []
    for z in noises[:heads].numpy():
        u, s, vt = decomposed(0.7 * z + 0.7 * numpy.eye(width))
        root = numpy.sqrt(s[:head])
        queries.append((u[:, :head] * root).T)
        keys.append((vt[:head].T * root).T)
    u, s, vt = decomposed(0.4 * noises[heads].numpy() - 0.4 * numpy.eye(width))
    value = (u * numpy.sqrt(s)).T
    projection = (numpy.sqrt(s)[:, None] * vt).T
    store("mimetic", noises=noises, query=numpy.stack(queries), key=numpy.stack(keys), value=value,
          projection=projection)


def write_gains():
    """The largest magnitude that each initialiser may draw for a matrix, or its deviation: D = 48, 4D hidden, by depth.

    Bounds are read off PyTorch's own initialiser, called with the gain: its draws fill their range.
    """
    width, hidden = 48, 192

    def bound(outputs, inputs, gain=1.0):
        fan = nn.init._calculate_fan_in_and_fan_out(torch.empty(outputs, inputs))
        assert fan == (inputs, outputs)
        drawn = nn.init.xavier_uniform_(torch.empty(outputs, inputs, dtype=torch.float64), gain=gain)
        exact = gain * numpy.sqrt(3.0) * numpy.sqrt(2.0 / sum(fan))
        assert 0.99 * exact < drawn.abs().max() <= exact
        return exact

    for depth in (1, 2, 12):
        beta = (8 * depth) ** -0.25
        gamma = numpy.sqrt(numpy.log(2 * depth))
        half = 1 / numpy.sqrt(2)
        square, wide = (width, width), (hidden, width)
        for name, gain, base in (("deepNet", beta, 1), ("magneto", gamma, 1), ("torchscale", gamma, half)):
            # q, k, v, proj, fc1, fc2
            store(f"gains.{name}", **{str(depth): [
                bound(*square, base), bound(*square, base), bound(*square, base * gain), bound(*square, gain),
                bound(*wide, gain), bound(*wide, gain)]})
        small = numpy.sqrt(2 / (5 * width))
        store("gains.smallInit", **{str(depth): [
            small, small, small, small / numpy.sqrt(2 * depth), small, small / numpy.sqrt(2 * depth)]})
        # of the last block, l = depth
        rescaled = 0.02 / numpy.sqrt(2 * depth)
        store("gains.truncatedNormal", **{str(depth): [0.02, 0.02, 0.02, rescaled, 0.02, rescaled]})


def turned(x, places, columns, base):
    """[B, H, K, d] by complex numbers: in each half of d, channels i and i + d/4 are one number."""
    quarter = x.shape[-1] // 4
    frequencies = base ** (-torch.arange(quarter, dtype=torch.float64) / quarter)
    halves = []
    for half, coordinate in zip(x.chunk(2, -1), (places // columns, places % columns)):
        numbers = torch.complex(half[..., :quarter], half[..., quarter:])
        angles = coordinate[:, None, :, None].double() * frequencies
        numbers = numbers * torch.polar(torch.ones_like(angles), angles)
        halves += [numbers.real, numbers.imag]
    return torch.cat(halves, -1)


def write_rotary(heads=2, head=8, rows=3, columns=4, prefix=2):
    places = torch.tensor([[5, 0, 11, 7, 2], [1, 10, 4, 3, 8]])
    qkv = random(2, prefix + places.shape[1], 3 * heads * head).requires_grad_()
    q, k, v = qkv.reshape(2, -1, 3, heads, head).permute(2, 0, 3, 1, 4)
    parts = [torch.cat([x[:, :, :prefix], turned(x[:, :, prefix:], places, columns, 100.0)], 2) for x in (q, k)]
    output = torch.stack([*parts, v]).permute(1, 3, 0, 2, 4).reshape(qkv.shape)
    upstream = random(*output.shape)
    output.backward(upstream)
    store("rotary", input=qkv, places=places.reshape(-1), output=output, upstream=upstream, gradient=qkv.grad)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x, places, columns, base):
        batch, tokens, width = x.shape
        q, k, v = self.qkv(x).reshape(batch, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        prefix = tokens - places.shape[1]
        q, k = (torch.cat([y[:, :, :prefix], turned(y[:, :, prefix:], places, columns, base)], 2) for y in (q, k))
        mixed = functional.scaled_dot_product_attention(q, k, v)
        return self.proj(mixed.transpose(1, 2).reshape(x.shape))


class MLP(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        return self.fc2(functional.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.attn = nn.LayerNorm(width, eps=1e-6), Attention(width, heads)
        self.norm2, self.mlp = nn.LayerNorm(width, eps=1e-6), MLP(width)

    def forward(self, x, *places):
        x = x + self.attn(self.norm1(x), *places)
        return x + self.mlp(self.norm2(x))


class Stem(nn.Module):
    """[B, C, height, width] → [B, L, D]; `norm` over channels, as the paper's batch norm but for its statistics."""

    def __init__(self, patch, channels, width):
        super().__init__()
        inner = width // 4
        convolutions = [nn.Conv2d(channels, inner, patch // 4, patch // 4), nn.Conv2d(inner, inner, 2, 2),
                        nn.Conv2d(inner, width, 2, 2)]
        self.proj = nn.Sequential(
            convolutions[0], ChannelNorm(inner), nn.GELU(), convolutions[1], ChannelNorm(inner), nn.GELU(),
            convolutions[2])
        self.norm = nn.LayerNorm(width, eps=1e-6)

    def forward(self, images):
        return self.norm(self.proj(images).flatten(2).transpose(1, 2))


class ChannelNorm(nn.LayerNorm):
    def __init__(self, width):
        super().__init__(width, eps=1e-6)

    def forward(self, x):
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class Encoder(nn.Module):
    """Stem, class token, one register, rotary blocks, final norm; only the patches at `places` are encoded."""

    def __init__(self, patch, channels, width, heads, depth):
        super().__init__()
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.reg_token = nn.Parameter(torch.zeros(1, 1, width))
        self.patch_embed = Stem(patch, channels, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width, eps=1e-6)

    def forward(self, images, places, columns, base):
        patches = select(self.patch_embed(images), places)
        prefix = [token.expand(len(images), -1, -1) for token in (self.cls_token, self.reg_token)]
        x = torch.cat([*prefix, patches], 1)
        for block in self.blocks:
            x = block(x, places, columns, base)
        return self.norm(x)


def in_patch_order(name, value):
    """A kernel (o, c, i, j) as the rows of a linear layer on (i, j, c); a linear layer's weight as it is."""
    return value.permute(0, 2, 3, 1).flatten(1) if value.ndim == 4 else value


def write_encoder(patch=8, channels=3, width=16, heads=2, rows=2, columns=3):
    model = Encoder(patch, channels, width, heads, depth=2)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            is_gain = "norm" in name and name.endswith("weight") or name in (
                "patch_embed.proj.1.weight", "patch_embed.proj.4.weight")
            fan = parameter[0].numel() if parameter.ndim in (2, 4) else 16
            parameter.copy_(is_gain + torch.randn(parameter.shape) / fan**0.5)
    model = model.double()
    images = random(2, channels, rows * patch, columns * patch)
    places = torch.tensor([[5, 0, 3, 2], [1, 4, 0, 5]])
    for prefix, output in (("stem", model.patch_embed(images)), ("encoder", model(images, places, columns, 10.0))):
        model.zero_grad()
        upstream = random(*output.shape)
        output.backward(upstream)
        parameters = model.patch_embed.named_parameters() if prefix == "stem" else model.named_parameters()
        for name, parameter in parameters:
            gradient = in_patch_order(name, parameter.grad)
            store(prefix + ".gradient", **{name: gradient})
        store(prefix, output=output, upstream=upstream)
    for name, parameter in model.named_parameters():
        store("encoder.weight", **{name: in_patch_order(name, parameter)})
    store("encoder", patches=patchify(images, patch), places=places.reshape(-1))


def write_interpolation(width=8, rows=4, columns=6):
    table = random(1, 1 + rows * columns, width)
    store("interpolation", table=table)
    grid = table[:, 1:].reshape(1, rows, columns, width).permute(0, 3, 1, 2)
    for new in ((8, 12), (2, 3), (3, 4), (7, 5), (1, 13)):
        for name, antialias in (("bicubic", False), ("antialiased", True)):
            moved = functional.interpolate(grid, new, mode="bicubic", align_corners=False, antialias=antialias)
            moved = moved.permute(0, 2, 3, 1).reshape(1, -1, width)
            store(f"interpolation.{name}", **{"x".join(map(str, new)): torch.cat([table[:, :1], moved], 1)})
        # As DINO and DINOv2 do; they leave a grid of the same size alone.
        factors = ((new[0] + 0.1) / rows, (new[1] + 0.1) / columns)
        moved = functional.interpolate(grid, scale_factor=factors, mode="bicubic", align_corners=False)
        moved = moved.permute(0, 2, 3, 1).reshape(1, -1, width)
        store("interpolation.offsetBicubic", **{"x".join(map(str, new)): torch.cat([table[:, :1], moved], 1)})


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(1)
    write_mimetic()
    write_gains()
    write_rotary()
    write_encoder()
    write_interpolation()
    save_file(tensors, FILE)
