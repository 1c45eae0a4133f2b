"""SimCLR, MoCo v3 and DINO in plain PyTorch, written from their formulas; independent of the Swift code.

Chen et al., 2020 (2002.05709); Chen et al., 2021 (2104.02057); Caron et al., 2021 (2104.14294).
Letters: B samples, V views, M keys, D width, K outputs. A model is an encoder with its heads; its loss takes a list of
views [B, L, P·P·C], and its `step` says how far a training is.
"""

from math import cos, pi

import torch
from torch import nn
from torch.nn import functional

from mae_reference import VisionTransformer


class Layer(nn.Linear):
    """A linear layer, and the batch norm that follows it instead of a bias."""

    def __init__(self, inputs, outputs, norm, affine=True):
        super().__init__(inputs, outputs, bias=not norm)
        self.norm = nn.BatchNorm1d(outputs, affine=affine) if norm else nn.Identity()

    def forward(self, x):
        return self.norm(super().forward(x))


class Head(nn.ModuleList):
    """Linear layers with batch norm and ReLU between them; the last with a batch norm without affine, or a bias."""

    def __init__(self, widths, last_norm):
        pairs = list(zip(widths, widths[1:]))
        super().__init__([Layer(*pair, norm=True) for pair in pairs[:-1]])
        self.append(Layer(*pairs[-1], norm=last_norm, affine=False))

    def forward(self, x):
        *hidden, last = self
        for layer in hidden:
            x = functional.relu(layer(x))
        return last(x)


class PrototypeHead(nn.Module):
    """DINO's head: MLP with GELU, unit vectors, cosines with K prototypes."""

    def __init__(self, inputs, hidden, bottleneck, outputs):
        super().__init__()
        self.add_module("0", nn.Linear(inputs, hidden))
        self.add_module("1", nn.Linear(hidden, hidden))
        self.add_module("2", nn.Linear(hidden, bottleneck))
        self.last = nn.Linear(bottleneck, outputs, bias=False)

    def forward(self, x):
        layers = dict(self.named_children())
        x = functional.gelu(layers["0"](x))
        x = functional.gelu(layers["1"](x))
        x = functional.normalize(layers["2"](x), dim=-1)
        return x @ functional.normalize(self.last.weight, dim=-1).T


class Encoder(VisionTransformer):
    """Also of views on a smaller grid: fixed positions are interpolated, the class token's stay."""

    def pooled(self, patches, grid=None):
        if grid is None:
            return self.features(patches)[1]
        c = self.configuration
        own = self.pos_embed
        table = own[:, 1:].reshape(1, c.rows, c.columns, c.width).permute(0, 3, 1, 2)
        table = functional.interpolate(table, size=grid, mode="bicubic", align_corners=False)
        self.pos_embed = torch.cat([own[:, :1], table.flatten(2).transpose(1, 2)], 1)
        try:
            return self.features(patches)[1]
        finally:
            self.pos_embed = own


def half_cosine(start, end, fraction):
    return end + (start - end) * 0.5 * (1 + cos(pi * min(fraction, 1)))


@torch.no_grad()
def follow(teacher, student, momentum):
    """teacher ← m·teacher + (1 − m)·student, of what is trained; buffers stay."""
    students = dict(student.named_parameters())
    for name, parameter in teacher.named_parameters():
        if students[name].requires_grad:
            parameter.mul_(momentum).add_(students[name], alpha=1 - momentum)


class SimCLR(Encoder):
    def __init__(self, configuration, hidden=24, outputs=12, temperature=0.2):
        super().__init__(configuration)
        self.temperature = temperature
        self.head = Head([configuration.width, hidden, outputs], last_norm=False)

    def loss(self, views, step=0):
        z = functional.normalize(self.head(torch.cat([self.pooled(v) for v in views])), dim=-1)
        count = len(views[0])
        similarity = z @ z.T / self.temperature
        total = 0
        for i in range(2 * count):
            others = [k for k in range(2 * count) if k != i]
            total = total - similarity[i, (i + count) % (2 * count)] + similarity[i, others].logsumexp(0)
        return total / (2 * count)

    def before(self, step):
        pass

    def after(self, step):
        pass


class MoCoV3(Encoder):
    """The momentum encoder moves before the keys of each step but the first, by the momentum of that step."""

    def __init__(self, configuration, frozen, total_steps, hidden=24, outputs=12, temperature=0.2, momentum=0.9):
        super().__init__(configuration)
        self.temperature, self.momentum, self.total_steps = temperature, momentum, total_steps
        width = configuration.width
        self.projector = Head([width, hidden, hidden, outputs], last_norm=True)
        self.predictor = Head([outputs, hidden, outputs], last_norm=True)
        self.teacher = Encoder(configuration)
        self.teacher.projector = Head([width, hidden, hidden, outputs], last_norm=True)
        for parameter in self.teacher.parameters():
            parameter.requires_grad = False
        for parameter in self.patch_embed.proj.parameters():
            parameter.requires_grad = not frozen

    def before(self, step):
        if step > 0:
            follow(self.teacher, self, half_cosine(self.momentum, 1, step / self.total_steps))

    def after(self, step):
        pass

    def loss(self, views, step=0):
        queries = [self.predictor(self.projector(self.pooled(v))) for v in views]
        with torch.no_grad():
            keys = [self.teacher.projector(self.teacher.pooled(v)) for v in views]

        def contrast(q, k):
            logits = functional.normalize(q, dim=1) @ functional.normalize(k, dim=1).T / self.temperature
            return 2 * self.temperature * functional.cross_entropy(logits, torch.arange(len(q)))

        return contrast(queries[0], keys[1]) + contrast(queries[1], keys[0])


class DINO(Encoder):
    """Two global views, then local ones on a grid of their own; `steps_per_epoch` for the teacher's temperature.

    Prototypes have no gradient in the first `frozen_epochs`, so that AdamW passes over them.
    """

    def __init__(self, configuration, total_steps, steps_per_epoch, local_grid=(2, 2), hidden=20, bottleneck=8,
                 outputs=16, momentum=0.9, warmup_epochs=2, frozen_epochs=0):
        super().__init__(configuration)
        self.frozen_epochs = frozen_epochs
        self.total_steps, self.steps_per_epoch = total_steps, steps_per_epoch
        self.local_grid, self.momentum, self.warmup_epochs = local_grid, momentum, warmup_epochs
        self.head = PrototypeHead(configuration.width, hidden, bottleneck, outputs)
        self.teacher = Encoder(configuration)
        self.teacher.head = PrototypeHead(configuration.width, hidden, bottleneck, outputs)
        for parameter in self.teacher.parameters():
            parameter.requires_grad = False
        self.register_buffer("center", torch.zeros(outputs))

    def teacher_temperature(self, step):
        return 0.04 + (0.07 - 0.04) * min(1, step / self.steps_per_epoch / self.warmup_epochs)

    def before(self, step):
        self.head.last.weight.requires_grad = step / self.steps_per_epoch >= self.frozen_epochs

    def after(self, step):
        follow(self.teacher, self, half_cosine(self.momentum, 1, step / self.total_steps))

    def loss(self, views, step=0):
        grids = [None if i < 2 else self.local_grid for i in range(len(views))]
        student = [self.head(self.pooled(v, g)) / 0.1 for v, g in zip(views, grids)]
        with torch.no_grad():
            raw = [self.teacher.head(self.teacher.pooled(v)) for v in views[:2]]
            teacher = [((t - self.center) / self.teacher_temperature(step)).softmax(-1) for t in raw]
            self.center = 0.9 * self.center + 0.1 * torch.cat(raw).mean(0)
        total, pairs = 0, 0
        for i, target in enumerate(teacher):
            for j, logits in enumerate(student):
                if i != j:
                    total = total + (-target * logits.log_softmax(-1)).sum(-1).mean()
                    pairs += 1
        return total / pairs
