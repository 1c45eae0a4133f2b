"""Golden values of the linear heads trained by SGD, from PyTorch in double precision.

Writes Tests/EvaluationTests/Golden/linear-sgd.json: run from the root of the repository with a Python that has torch.
Initial weights and the order of the rows are drawn here and stored, so that both sides do the same steps.
"""

import json
import math
import pathlib

import numpy as np
import torch
from torch import nn

N, CLASSES, WIDTHS = 40, 3, (5, 4)
rng = np.random.default_rng(11)
torch.set_default_dtype(torch.float64)


def listed(a):
    return [float(f"{v:.9g}") for v in np.asarray(a.detach() if torch.is_tensor(a) else a, np.float64).ravel()]


def single(a):
    return np.asarray(a, np.float32)


labels = rng.integers(0, CLASSES, N)
centres = rng.normal(size=(CLASSES, sum(WIDTHS)))


def features():
    """Columns of different scales, some far from 0."""
    x = centres[labels] + rng.normal(size=(N, sum(WIDTHS)))
    return single(x * np.geomspace(0.2, 4, sum(WIDTHS)) + np.linspace(-3, 6, sum(WIDTHS)))


def start(width):
    """[width, classes], as Swift has them."""
    return single(0.01 * rng.normal(size=(width, CLASSES)))


def linear(weights):
    layer = nn.Linear(weights.shape[0], CLASSES)
    layer.weight.data = torch.tensor(weights.T.astype(np.float64))
    layer.bias.data.zero_()
    return layer


y = torch.tensor(labels)
cross_entropy = nn.CrossEntropyLoss()

# DINOv2: SGD with momentum 0.9 and no weight decay, CosineAnnealingLR to 0, a step a batch; several learning rates.
x = features()
batch, iterations, rates = 8, 24, [0.001, 0.02, 0.3]
order = np.concatenate([rng.permutation(N) for _ in range(math.ceil(batch * iterations / N))])[:batch * iterations]
initial = start(sum(WIDTHS))
heads = []
for rate in rates:
    head = linear(initial)
    optimizer = torch.optim.SGD(head.parameters(), lr=rate, momentum=0.9, weight_decay=0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, iterations, eta_min=0)
    losses = []
    for step in range(iterations):
        rows = order[step * batch:(step + 1) * batch]
        loss = cross_entropy(head(torch.tensor(x[rows].astype(np.float64))), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    heads.append(dict(learningRate=rate, losses=listed(losses), weights=listed(head.weight.T), biases=listed(head.bias)))
grid = dict(batchSize=batch, iterations=iterations, order=order.tolist(), features=listed(x), initial=listed(initial),
            heads=heads)


class LARS(torch.optim.Optimizer):
    """As MAE's repository has it: no weight decay and no adaptation of vectors."""

    def __init__(self, parameters, momentum=0.9, trust_coefficient=0.001):
        super().__init__(parameters, dict(lr=0, momentum=momentum, trust_coefficient=trust_coefficient))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                change = p.grad
                if p.ndim > 1:
                    own, size = torch.norm(p), torch.norm(change)
                    one = torch.ones_like(own)
                    change = change * torch.where(
                        own > 0, torch.where(size > 0, group["trust_coefficient"] * own / size, one), one)
                velocity = self.state[p].setdefault("mu", torch.zeros_like(p))
                velocity.mul_(group["momentum"]).add_(change)
                p.add_(velocity, alpha=-group["lr"])


# MAE: batch norm without affine, LARS, warm-up and half a cosine by the fraction of the epoch; two passes of features.
passes = [features(), features()]
batch, epochs, warmup = 12, 8, 2
steps = N // batch
peak = 40 * 0.1 * batch / 256  # far above the paper's, so that a few steps move the head
initial = start(sum(WIDTHS))
model = nn.Sequential(nn.BatchNorm1d(sum(WIDTHS), affine=False, eps=1e-6), linear(initial))
optimizer = LARS(model.parameters())
order, losses, used = [], [], []
model.train()
for epoch in range(epochs):
    permutation = rng.permutation(N)
    data = torch.tensor(passes[epoch % 2].astype(np.float64))
    for step in range(steps):
        e = epoch + step / steps
        lr = peak * e / warmup if e < warmup else peak * 0.5 * (1 + math.cos(math.pi * (e - warmup) / (epochs - warmup)))
        optimizer.param_groups[0]["lr"] = lr
        rows = permutation[step * batch:(step + 1) * batch]
        loss = cross_entropy(model(data[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        order.append(rows.tolist())
        losses.append(loss.item())
        used.append(lr)
model.eval()
test = features()
normalized = dict(
    peak=peak, epochs=epochs, warmupEpochs=warmup, order=order, rates=listed(used), passes=[listed(p) for p in passes],
    initial=listed(initial), losses=listed(losses), weights=listed(model[1].weight.T), biases=listed(model[1].bias),
    means=listed(model[0].running_mean), variances=listed(model[0].running_var), test=listed(test),
    logits=listed(model(torch.tensor(test.astype(np.float64)))))

golden = dict(widths=WIDTHS, classCount=CLASSES, labels=labels.tolist(), grid=grid, normalized=normalized)
path = pathlib.Path("Tests/EvaluationTests/Golden/linear-sgd.json")
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes", [(h["losses"][0], h["losses"][-1]) for h in heads], losses[0], losses[-1])
