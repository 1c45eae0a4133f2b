"""A Vision Transformer with every placement of norms in plain PyTorch, each written from its formula.

Independent of the Swift code. A parameter has the name that the Swift code gives it, so that a test can load it.
Letters: B batch, L patches, T tokens, D width, H heads, d = D/H, l the number of a block from 1.
"""

import math
from dataclasses import dataclass, field

import torch
from torch import nn
from torch.nn import functional

from mae_reference import LayerScale, make_norm, position_table


@dataclass(frozen=True)
class Configuration:
    image_height: int = 8
    image_width: int = 12
    channels: int = 1
    patch: int = 4
    width: int = 12
    depth: int = 3
    heads: int = 3
    mlp_ratio: float = 1.5
    norm: str = "layerNorm"
    layer_norms: tuple = ()  # one for each block, or none
    final_norm: str | None = None
    placement: str = "pre"
    options: dict = field(default_factory=dict)  # of the placement
    query_key_norm: bool = False
    branches: int = 1
    layer_scale: float | None = None
    step: int = 0  # optimiser steps, this one included

    @property
    def rows(self):
        return self.image_height // self.patch

    @property
    def columns(self):
        return self.image_width // self.patch

    @property
    def hidden(self):
        return int(self.width * self.mlp_ratio)

    def norm_of(self, layer):
        return self.layer_norms[layer] if self.layer_norms else self.norm

    def option(self, name, default):
        return self.options.get(name, default)


class Attention(nn.Module):
    """With norms of each head's q, k and v, a norm of the mixtures, and a factor a head, as asked."""

    def __init__(self, width, heads, norm, qk_norm=False, v_norm=False, mixture_norm=False, head_scale="none"):
        super().__init__()
        self.heads, self.head_scale_place = heads, head_scale
        self.qkv = nn.Linear(width, 3 * width)
        head_norm = lambda wanted: make_norm(norm, width // heads) if wanted else nn.Identity()
        self.q_norm, self.k_norm, self.v_norm = head_norm(qk_norm), head_norm(qk_norm), head_norm(v_norm)
        if head_scale != "none":
            self.head_scale = nn.Parameter(torch.ones(heads))
        self.norm = make_norm(norm, width) if mixture_norm else nn.Identity()
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        q, k, v = self.qkv(x).split(width, dim=-1)
        to_heads = lambda t: t.reshape(batch, tokens, self.heads, -1)
        q, k, v = self.q_norm(to_heads(q)), self.k_norm(to_heads(k)), self.v_norm(to_heads(v))
        scores = torch.einsum("bqhd,bkhd->bhqk", q, k) / math.sqrt(width // self.heads)
        mixed = torch.einsum("bhqk,bkhd->bqhd", scores.softmax(-1), v)
        if self.head_scale_place == "mixture":
            mixed = mixed * self.head_scale[:, None]
        output = self.proj(self.norm(mixed.reshape(batch, tokens, width)))
        if self.head_scale_place == "output":
            output = (to_heads(output) * self.head_scale[:, None]).reshape(batch, tokens, width)
        return output


class MLP(nn.Module):
    """With a norm after the activation when one is named."""

    def __init__(self, width, hidden, norm=None):
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.norm = make_norm(norm, hidden) if norm else nn.Identity()
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x):
        return self.fc2(self.norm(functional.gelu(self.fc1(x))))


def make_layer_scale(c):
    return nn.Identity() if c.layer_scale is None else LayerScale(c.width, c.layer_scale)


class Block(nn.Module):
    """What all blocks of one branch are made of; each placement is a subclass with its own update."""

    attention_style = {}
    norms_attention, norms_hidden = True, False

    def __init__(self, c, layer):
        super().__init__()
        self.c, self.number = c, layer + 1
        norm = c.norm_of(layer)
        if self.norms_attention:
            self.norm1 = make_norm(norm, c.width)
        self.attn = Attention(c.width, c.heads, norm, **self.style(c))
        self.ls1 = make_layer_scale(c)
        self.norm2 = make_norm(norm, c.width)
        self.mlp = MLP(c.width, c.hidden, norm if self.norms_hidden else None)
        self.ls2 = make_layer_scale(c)
        self.declare(c, norm)

    def style(self, c):
        return {"qk_norm": c.query_key_norm} | self.attention_style

    def declare(self, c, norm):
        pass


class Pre(Block):
    def forward(self, x):
        x = x + self.ls1(self.attn(self.norm1(x)))
        return x + self.ls2(self.mlp(self.norm2(x)))


class Post(Block):
    def forward(self, x):
        x = self.norm1(x + self.ls1(self.attn(x)))
        return self.norm2(x + self.ls2(self.mlp(x)))


class Sandwich(Block):
    def declare(self, c, norm):
        self.attn_ln, self.ffn_ln = make_norm(norm, c.width), make_norm(norm, c.width)

    def forward(self, x):
        x = x + self.ls1(self.attn_ln(self.attn(self.norm1(x))))
        return x + self.ls2(self.ffn_ln(self.mlp(self.norm2(x))))


class NormFormer(Block):
    norms_hidden = True

    def style(self, c):
        return super().style(c) | {"head_scale": c.option("headScale", "mixture")}

    def declare(self, c, norm):
        self.attn_ln = make_norm(norm, c.width)
        if c.option("residualScale", False):
            self.w_resid = nn.Parameter(torch.ones(c.width))

    def forward(self, x):
        x = x + self.ls1(self.attn_ln(self.attn(self.norm1(x))))
        skip = self.w_resid * x if hasattr(self, "w_resid") else x
        return skip + self.ls2(self.mlp(self.norm2(x)))


class SubLN(Pre):
    attention_style = {"mixture_norm": True}
    norms_hidden = True


class DeepNorm(Block):
    def forward(self, x):
        alpha = self.c.option("alpha", (2 * self.c.depth) ** 0.25)
        x = self.norm1(alpha * x + self.ls1(self.attn(x)))
        return self.norm2(alpha * x + self.ls2(self.mlp(x)))


class BranchNorm(Block):
    def declare(self, c, norm):
        for name in ("branch1", "branch2"):
            holder = nn.Module()
            holder.register_buffer("step", torch.tensor([float(min(c.step, c.option("steps", 4000)))]))
            setattr(self, name, holder)

    def forward(self, x):
        alpha = min(1, self.c.step / self.c.option("steps", 4000))
        x = self.norm1(x + alpha * self.ls1(self.attn(x)))
        return self.norm2(x + alpha * self.ls2(self.mlp(x)))


class Hybrid(Block):
    attention_style = {"qk_norm": True, "v_norm": True}
    norms_attention = False

    def forward(self, x):
        y = x + self.ls1(self.attn(x))
        z = self.norm2(y)
        return z + self.ls2(self.mlp(z))


class HybridFirst(Pre):
    attention_style = Hybrid.attention_style


class LayerNormScaling(Block):
    def forward(self, x):
        root = math.sqrt(self.number)
        x = x + self.ls1(self.attn(self.norm1(x) / root))
        return x + self.ls2(self.mlp(self.norm2(x) / root))


class Branch(nn.Module):
    def __init__(self, c, name, layer, norm):
        super().__init__()
        self.name = name
        self.norm = make_norm(norm, c.width)
        attention = lambda: Attention(c.width, c.heads, norm, qk_norm=c.query_key_norm)
        setattr(self, name, attention() if name == "attn" else MLP(c.width, c.hidden))
        self.sandwich = c.placement == "sandwich"
        if self.sandwich:
            setattr(self, "attn_ln" if name == "attn" else "ffn_ln", make_norm(norm, c.width))
        self.root = math.sqrt(layer + 1) if c.placement == "layerNormScaling" else 1
        self.ls = make_layer_scale(c)

    def forward(self, x):
        output = getattr(self, self.name)(self.norm(x) / self.root)
        if self.sandwich:
            output = getattr(self, "attn_ln" if self.name == "attn" else "ffn_ln")(output)
        return self.ls(output)


class Parallel(nn.Module):
    """x + Σ_j A_j(x), then x + Σ_j F_j(x), each branch with norms of its own."""

    def __init__(self, c, layer):
        super().__init__()
        branches = lambda name: nn.ModuleList(Branch(c, name, layer, c.norm_of(layer)) for _ in range(c.branches))
        self.attns, self.ffns = branches("attn"), branches("mlp")

    def forward(self, x):
        x = x + sum(branch(x) for branch in self.attns)
        return x + sum(branch(x) for branch in self.ffns)


def make_block(c, layer):
    if c.branches > 1:
        return Parallel(c, layer)
    if c.placement == "mixLN":
        return (Post if layer < math.floor(c.option("ratio", 0.25) * c.depth) else Pre)(c, layer)
    if c.placement == "hybrid" and c.option("firstBlockPreNorm", False) and layer == 0:
        return HybridFirst(c, layer)
    return {"pre": Pre, "post": Post, "sandwich": Sandwich, "normFormer": NormFormer, "subLN": SubLN,
            "deepNorm": DeepNorm, "branchNorm": BranchNorm, "hybrid": Hybrid,
            "layerNormScaling": LayerNormScaling}[c.placement](c, layer)


class Encoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.patch_embed = nn.ModuleDict({"proj": nn.Linear(c.patch**2 * c.channels, c.width)})
        self.cls_token = nn.Parameter(torch.zeros(1, 1, c.width))
        self.register_buffer("pos_embed", position_table(c.width, c.rows, c.columns))
        self.blocks = nn.ModuleList(make_block(c, layer) for layer in range(c.depth))
        has_final_norm = c.placement not in ("post", "deepNorm", "branchNorm")
        self.norm = make_norm(c.final_norm or c.norm, c.width) if has_final_norm else nn.Identity()

    def forward(self, patches):
        """[B, L, P·P·C] → [B, 1 + L, D]."""
        cls = (self.cls_token + self.pos_embed[:, :1]).expand(patches.shape[0], -1, -1)
        x = torch.cat([cls, self.patch_embed["proj"](patches) + self.pos_embed[:, 1:]], dim=1)
        for block in self.blocks:
            x = block(x)
        return self.norm(x)
