"""Writes Tests/VisionTransformerTests/Golden/batch_norms.safetensors: norms that go by the statistics of a batch.

Steps of training, each on its own batch under fixed parameters, and then evaluation: outputs, all gradients, and what the
buffers hold after each step. From the formulas of the papers, in float64 on inputs exact in float32, stored as float32.
BatchNorm is checked against torch.nn.BatchNorm1d. Run: python Scripts/golden/batch_norms.py.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

FOLDER = Path(__file__).resolve().parents[2] / "Tests/VisionTransformerTests/Golden"
SHAPE, WIDTH = (2, 5, 8), 8
tensors = {}


def random(*shape, scale=1.0, shift=0.0):
    return (shift + scale * torch.randn(shape)).double()


def batch_norm(x, weight, bias, mean, variance, epsilon):
    return (x - mean) / (variance + epsilon).sqrt() * weight + bias


def layer_norm(x, weight, bias, epsilon):
    centred = x - x.mean(-1, keepdim=True)
    return centred / (centred.square().mean(-1, keepdim=True) + epsilon).sqrt() * weight + bias


class BatchNorm:
    """Ioffe & Szegedy, 2015: biased variance to normalise, unbiased to remember."""

    def __init__(self):
        self.parameters = {"weight": random(WIDTH, scale=0.3, shift=1), "bias": random(WIDTH)}
        self.buffers = {"running_mean": torch.zeros(WIDTH).double(), "running_var": torch.ones(WIDTH).double()}
        self.library = torch.nn.BatchNorm1d(WIDTH).double()

    def train(self, x, step, weight, bias):
        rows = x.reshape(-1, WIDTH)
        mean, variance = rows.mean(0), rows.var(0, unbiased=False)
        for name, new in [("running_mean", mean), ("running_var", rows.var(0, unbiased=True))]:
            self.buffers[name] = 0.9 * self.buffers[name] + 0.1 * new.detach()
        output = batch_norm(x, weight, bias, mean, variance, 1e-5)
        self.check(x, output, weight, bias)
        return output

    def evaluate(self, x, weight, bias):
        return batch_norm(x, weight, bias, self.buffers["running_mean"], self.buffers["running_var"], 1e-5)

    def check(self, x, output, weight, bias):
        with torch.no_grad():
            self.library.weight.copy_(weight), self.library.bias.copy_(bias)
            library = self.library(x.reshape(-1, WIDTH)).reshape(x.shape)
            assert (library - output).abs().max() < 1e-12
            assert (self.library.running_var - self.buffers["running_var"]).abs().max() < 1e-12
            assert (self.library.running_mean - self.buffers["running_mean"]).abs().max() < 1e-12


class PrepBN:
    """Guo et al., 2024, with 1 warm step and then 3 in which lambda falls: 1, 2/3, 1/3, 0."""

    def __init__(self):
        self.batch = BatchNorm()
        self.buffers = {}
        self.parameters = {
            "layer.weight": random(WIDTH, scale=0.3, shift=1), "layer.bias": random(WIDTH),
            "batch.weight": random(WIDTH, scale=0.3, shift=1), "batch.bias": random(WIDTH),
            "eta": random(1, scale=0.3, shift=1),
        }

    def train(self, x, step, layer_weight, layer_bias, weight, bias, eta):
        layer = layer_norm(x, layer_weight, layer_bias, 1e-6)
        if step == 1:
            output = layer
        else:
            share = max(0, 3 - (step - 2)) / 3
            output = share * layer + (1 - share) * (self.batch.train(x, step, weight, bias) + eta * x)
        self.remember()
        return output

    def evaluate(self, x, layer_weight, layer_bias, weight, bias, eta):
        return self.batch.evaluate(x, weight, bias) + eta * x

    def remember(self):
        self.buffers = {f"batch.{name}": value for name, value in self.batch.buffers.items()}


class PowerNorm:
    """Shen et al., 2020: two groups, warm-up of 3 steps; the gradient of what is normed is by the recurrences."""

    WARMUP, FORWARD, BACKWARD, EPSILON = 3, 0.9, 0.8, 1e-5

    def __init__(self):
        self.parameters = {"weight": random(WIDTH, scale=0.3, shift=1), "bias": random(WIDTH)}
        self.buffers = {"running_square": torch.ones(WIDTH).double(), "running_pull": torch.zeros(WIDTH).double()}

    def groups_scaled(self, x):
        groups = x.reshape(*x.shape[:-1], 2, WIDTH // 2)
        return (groups / (groups.square().mean(-1, keepdim=True) + self.EPSILON).sqrt()).reshape(x.shape)

    def train(self, x, step, weight, bias):
        scaled = self.groups_scaled(x)
        square = scaled.detach().square().mean((0, 1))
        running = self.buffers["running_square"]
        used = square if step <= self.WARMUP else running
        z = self.Normalize.apply(scaled, used, square, self)
        if step < self.WARMUP:
            running = running * (step - 1) / step + square / step
        self.buffers["running_square"] = self.FORWARD * running + (1 - self.FORWARD) * square
        return weight * z + bias

    def evaluate(self, x, weight, bias):
        return weight * self.groups_scaled(x) / (self.buffers["running_square"] + self.EPSILON).sqrt() + bias

    class Normalize(torch.autograd.Function):
        @staticmethod
        def forward(context, x, used, square, norm):
            z = x / (used + norm.EPSILON).sqrt()
            context.save_for_backward(z, square)
            context.norm = norm
            return z

        @staticmethod
        def backward(context, h):
            z, square = context.saved_tensors
            norm = context.norm
            pull = norm.buffers["running_pull"]
            corrected = h - (1 - norm.BACKWARD) * pull * z
            norm.buffers["running_pull"] = pull + (corrected * z).mean((0, 1))
            return corrected / (square + norm.EPSILON).sqrt(), None, None, None


def record(place, x, function, parameters):
    gradient = random(*SHAPE)
    leaf = x.clone().requires_grad_()
    leaves = {name: value.clone().requires_grad_() for name, value in parameters.items()}
    output = function(leaf, *leaves.values())
    output.backward(gradient)
    tensors.update({f"{place}.input": x, f"{place}.output": output, f"{place}.outputGradient": gradient,
                    f"{place}.inputGradient": leaf.grad})
    for name, value in leaves.items():
        if value.grad is not None:
            tensors[f"{place}.gradient.{name}"] = value.grad


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    for name, norm, steps in [("batchNorm", BatchNorm(), 3), ("prepBN", PrepBN(), 6), ("powerNorm", PowerNorm(), 6)]:
        for parameter, value in norm.parameters.items():
            tensors[f"{name}.parameter.{parameter}"] = value
        for step in range(1, steps + 1):
            x = random(*SHAPE, scale=1 + step / 2, shift=1) * random(WIDTH, scale=0.3, shift=1).float().double()
            record(f"{name}.{step}", x.float().double(), lambda leaf, *rest: norm.train(leaf, step, *rest), norm.parameters)
            for buffer, value in norm.buffers.items():
                tensors[f"{name}.{step}.buffer.{buffer}"] = value
        record(f"{name}.evaluation", random(*SHAPE, scale=2, shift=1), norm.evaluate, norm.parameters)
    save_file({k: v.detach().float().contiguous() for k, v in tensors.items()}, FOLDER / "batch_norms.safetensors")


if __name__ == "__main__":
    main()
