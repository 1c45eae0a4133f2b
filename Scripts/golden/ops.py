"""Writes Tests/TensorsTests/Golden/ops.safetensors: single operations and their gradients.

Computed in float64 from inputs exact in float32, stored as float32. Run: python Scripts/golden/ops.py.
"""

import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch.nn import functional

FOLDER = Path(__file__).resolve().parents[2] / "Tests/TensorsTests/Golden"
EPSILON = 1e-6
tensors = {}


def random(*shape, scale=1.0, shift=0.0):
    return (shift + scale * torch.randn(shape)).double()


def record(operation, function, output_gradient=None, fixed=None, **inputs):
    """Stores `<operation>.<input>`, `.<input>Gradient`, `.output`, `.outputGradient`."""
    leaves = {name: value.clone().requires_grad_() for name, value in inputs.items()}
    output = function(**leaves, **(fixed or {}))
    if output_gradient is None:
        output_gradient = random(*output.shape) if output.ndim else torch.ones((), dtype=torch.float64)
    output.backward(output_gradient)
    for name, leaf in leaves.items():
        tensors[f"{operation}.{name}"] = leaf
        tensors[f"{operation}.{name}Gradient"] = leaf.grad
    for name, value in (fixed or {}).items():
        tensors[f"{operation}.{name}"] = value
    tensors[f"{operation}.output"] = output
    tensors[f"{operation}.outputGradient"] = output_gradient


def attention(qkv):
    batch, tokens, _ = qkv.shape
    q, k, v = qkv.reshape(batch, tokens, 3, 3, 5).permute(2, 0, 3, 1, 4)
    weights = (q @ k.transpose(-2, -1) / math.sqrt(5)).softmax(-1)
    return (weights @ v).transpose(1, 2).reshape(batch, tokens, 15)


def masked_squared_error(prediction, target, mask):
    return ((prediction - target).square().mean(-1) * mask).sum() / mask.sum()


def record_gelu():
    """x·Φ(x) and Φ(x) + x·φ(x); Φ through erfc, which keeps its digits in the negative tail."""
    points = torch.linspace(-12, 12, 400, dtype=torch.float32).double()
    cumulative = [0.5 * math.erfc(-x / math.sqrt(2)) for x in points.tolist()]
    density = [math.exp(-x * x / 2) / math.sqrt(2 * math.pi) for x in points.tolist()]
    cumulative, density = (torch.tensor(v, dtype=torch.float64) for v in (cumulative, density))
    tensors["gelu.input"] = points
    tensors["gelu.output"] = points * cumulative
    tensors["gelu.derivative"] = cumulative + points * density


ACTIVATIONS = {
    "geluTanh": lambda x: functional.gelu(x, approximate="tanh"),
    "quickGELU": lambda x: x * torch.sigmoid(1.702 * x),
    "silu": functional.silu,
    "relu": functional.relu,
}


def record_activations():
    """Values and derivatives from -20 to 20, at both zeros and far out."""
    far = torch.tensor([0.0, 1e-30, 1e-4, 20, 88, 100, 1e4, 1e30])
    points = torch.cat([torch.linspace(-20, 20, 321), far, -far]).float().double()
    tensors["activations.input"] = points
    for name, function in ACTIVATIONS.items():
        leaf = points.clone().requires_grad_()
        output = function(leaf)
        output.sum().backward()
        tensors[f"{name}.output"] = output
        tensors[f"{name}.derivative"] = leaf.grad


def swiglu(input, bias):
    gate, up = (input + bias).chunk(2, dim=-1)
    return functional.silu(gate) * up


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    record("linear", functional.linear, input=random(2, 7, 13), weight=random(11, 13, scale=0.3),
           bias=random(11))
    record("layerNorm",
           lambda input, weight, bias: functional.layer_norm(input, (13,), weight, bias, EPSILON),
           input=random(7, 13, scale=2, shift=3), weight=random(13, scale=0.3, shift=1), bias=random(13))
    record("rmsNorm", lambda input, weight: functional.rms_norm(input, (13,), weight, EPSILON),
           input=random(7, 13, scale=2, shift=1), weight=random(13, scale=0.3, shift=1))
    record_gelu()
    record("attention", attention, qkv=random(2, 7, 45))
    record("crossEntropy", lambda logits, labels: functional.cross_entropy(logits, labels.long()),
           logits=random(9, 11, scale=3), fixed={"labels": torch.tensor([0., 10, 3, 7, 3, 1, 5, 9, 2])})
    mask = torch.tensor([[1., 0, 1, 1, 0], [0, 1, 1, 0, 1], [1, 1, 0, 0, 1]]).double()
    record("maskedMSE", masked_squared_error, prediction=random(3, 5, 7),
           fixed={"target": random(3, 5, 7), "mask": mask})
    record_activations()
    record("swiGLU", swiglu, input=random(7, 66, scale=3), bias=random(66))
    FOLDER.mkdir(parents=True, exist_ok=True)
    save_file({k: v.detach().reshape(v.shape or (1,)).float().contiguous() for k, v in tensors.items()},
              FOLDER / "ops.safetensors")


if __name__ == "__main__":
    main()
