"""Writes goldens of compressed streams and of LayerNorms that are removed while training goes on.

Tests/TensorsTests/Golden/stream.safetensors: single operations and their gradients.
Tests/VisionTransformerTests/Golden/stream_norms.safetensors: norms, among them a removed LayerNorm over the steps of its
schedule.
Computed in float64 from inputs exact in float32, stored as float32. Run: python Scripts/golden/stream.py.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

TESTS = Path(__file__).resolve().parents[2] / "Tests"
EPSILON = 1e-6


def random(*shape, scale=1.0, shift=0.0):
    return (shift + scale * torch.randn(shape)).double()


def store(tensors, path):
    save_file({k: v.detach().reshape(v.shape or (1,)).float().contiguous() for k, v in tensors.items()},
              TESTS / path)


def record(tensors, operation, function, **inputs):
    """Stores `<operation>.<input>`, `.<input>Gradient`, `.output`, `.outputGradient`."""
    leaves = {name: value.clone().requires_grad_() for name, value in inputs.items()}
    output = function(**leaves)
    gradient = random(*output.shape)
    output.backward(gradient)
    for name, leaf in leaves.items():
        tensors[f"{operation}.{name}"] = leaf
        tensors[f"{operation}.{name}Gradient"] = leaf.grad
    tensors[f"{operation}.output"] = output
    tensors[f"{operation}.outputGradient"] = gradient


def whole(input):
    """The vector of sum 0 of which the input lacks the last entry."""
    return torch.cat([input, -input.sum(-1, keepdim=True)], -1)


def crms_norm(input, weight=None, epsilon=EPSILON):
    root = (whole(input).square().mean(-1, keepdim=True) + epsilon).sqrt()
    normed = (whole(input) / root)[..., :-1]
    return normed if weight is None else weight * normed


def affine(input, weight, bias):
    return weight * input + bias


def centred_affine(input, weight, bias):
    return weight * (input - input.mean(-1, keepdim=True)) + bias


def operations():
    tensors = {}
    record(tensors, "crmsNorm", crms_norm, input=random(7, 13, scale=2, shift=0.5),
           weight=random(13, scale=0.3, shift=1))
    record(tensors, "crmsNormBare", crms_norm, input=random(3, 33))
    # One entry is normed to its sign: ε is large so that there is a gradient.
    record(tensors, "crmsNormOne", lambda **inputs: crms_norm(**inputs, epsilon=0.5), input=random(4, 1),
           weight=random(1, shift=1))
    record(tensors, "crmsNormConstant", crms_norm, input=torch.full((2, 9), 3.0).double())
    record(tensors, "crmsNormFar", crms_norm, input=random(3, 17, shift=1e4))
    record(tensors, "expanded", whole, input=random(3, 7, shift=1))
    record(tensors, "compressed", lambda input: (input - input.mean(-1, keepdim=True))[..., :-1],
           input=random(3, 18, shift=2))
    record(tensors, "affine", affine, input=random(5, 19), weight=random(19), bias=random(19))
    record(tensors, "affineCentred", centred_affine, input=random(5, 19, shift=3), weight=random(19),
           bias=random(19))
    store(tensors, "TensorsTests/Golden/stream.safetensors")


def norms():
    """Ten steps of an MLP's norm in the first of two layers: start 3, mlpSpan 2, attentionSpan 2, leadingSpan 2.

    Its turn is at step 3, that of the leading token's own deviation at step 3 + 2 + 2 + 2 = 9. Momentum 0.25.
    """
    batch, tokens, width, momentum = 3, 5, 11, 0.25
    weight, bias = random(width, scale=0.3, shift=1), random(width)
    tensors = {"removedLayerNorm.weight": weight, "removedLayerNorm.bias": bias}
    averages = [None, None]  # of patches, of the leading token
    for step in range(10):
        x = random(batch, tokens, width, scale=1 + 0.2 * step, shift=1)
        x[:, 0] *= 3
        x = x.float().double()
        leaves = [v.clone().requires_grad_() for v in (x, weight, bias)]
        centred = leaves[0] - leaves[0].mean(-1, keepdim=True)
        deviation = (centred.square().mean(-1) + EPSILON).sqrt()
        if step <= 3:
            for kind, part in enumerate([deviation[:, 1:], deviation[:, :1]]):
                seen = part.mean().item()
                old = averages[kind]
                if step < 3 or old is None:
                    averages[kind] = seen if old is None else old + momentum * (seen - old)
        if step < 3:
            divisor = deviation
        else:
            divisor = torch.full((batch, tokens), averages[0]).double()
            if step < 9:
                divisor[:, 0] = averages[1]
        output = leaves[1] * centred / divisor[..., None] + leaves[2]
        gradient = random(*output.shape)
        output.backward(gradient)
        tensors[f"removedLayerNorm.{step}.input"] = x
        tensors[f"removedLayerNorm.{step}.output"] = output
        tensors[f"removedLayerNorm.{step}.outputGradient"] = gradient
        for name, leaf in zip(["input", "weight", "bias"], leaves):
            tensors[f"removedLayerNorm.{step}.{name}Gradient"] = leaf.grad
        tensors[f"removedLayerNorm.{step}.deviation"] = torch.tensor(averages).double()
    record(tensors, "crmsNorm", crms_norm, input=random(2, 3, 15, scale=2), weight=random(15, scale=0.3, shift=1))
    record(tensors, "crmsNorm-bare", crms_norm, input=random(2, 3, 15, scale=2))
    record(tensors, "affine", affine, input=random(2, 3, 15, scale=2), weight=random(15), bias=random(15))
    record(tensors, "affine-centred", centred_affine, input=random(2, 3, 15, scale=2), weight=random(15),
           bias=random(15))
    store(tensors, "VisionTransformerTests/Golden/stream_norms.safetensors")


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_num_threads(1)
    operations()
    norms()
