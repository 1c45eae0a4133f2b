"""Writes Tests/VisionTransformerTests/Golden/norms.safetensors and norms.json: the norms of one token, with each of their
options, on awkward rows.

Formulas are written out here in PyTorch and differentiated by autograd, in float64 from inputs exact in float32; results
are stored as float32. Run: python Scripts/golden/norms.py.

`<case>.input`, `.outputGradient` and `.<parameter>` are shared by all variants; `<variant>.<case>.output` and
`.<input or parameter>Gradient` are theirs.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

FOLDER = Path(__file__).resolve().parents[2] / "Tests/VisionTransformerTests/Golden"


def random(*shape, scale=1.0, shift=0.0):
    return (shift + scale * torch.randn(shape)).float().double()


def affine(x, weight=None, bias=None):
    x = x if weight is None else x * weight
    return x if bias is None else x + bias


def layer_norm(x, epsilon=1e-6, **parameters):
    variance, mean = torch.var_mean(x, -1, unbiased=False, keepdim=True)
    return affine((x - mean) / (variance + epsilon).sqrt(), **parameters)


def rms_norm(x, share=1.0, epsilon=1e-6, **parameters):
    counted = max(1, int(x.shape[-1] * share))
    return affine(x / (x[..., :counted].square().mean(-1, keepdim=True) + epsilon).sqrt(), **parameters)


def unit(x, epsilon):
    return x / torch.linalg.vector_norm(x, dim=-1, keepdim=True).clamp(min=epsilon)


def scale_norm(x, scale, epsilon=1e-5):
    return scale * unit(x, epsilon)


def single_scale_rms_norm(x, scale, epsilon=1e-6):
    return scale * rms_norm(x, epsilon=epsilon)


def bias_norm(x, bias, log_scale):
    return x * (x - bias).square().mean(-1, keepdim=True) ** -0.5 * log_scale.exp()


def dynamic_tanh(x, alpha, **parameters):
    return affine(torch.tanh(alpha * x), **parameters)


def fix_norm(x, epsilon=1e-5):
    return x.shape[-1] ** 0.5 * unit(x, epsilon)


# Name: kind, its options in a recipe, formula with those options, names of the parameters.
VARIANTS = {
    "layerNorm": ({}, layer_norm, ["weight", "bias"]),
    "layerNorm-noBias": ({"bias": False}, layer_norm, ["weight"]),
    "layerNorm-bare": ({"affine": False, "epsilon": 0.01}, lambda x: layer_norm(x, epsilon=0.01), []),
    "rmsNorm": ({}, rms_norm, ["weight"]),
    "rmsNorm-bias": ({"bias": True}, rms_norm, ["weight", "bias"]),
    "rmsNorm-bare": ({"affine": False, "epsilon": 0.01}, lambda x: rms_norm(x, epsilon=0.01), []),
    "pRMSNorm": ({}, lambda x, **p: rms_norm(x, share=0.0625, **p), ["weight"]),
    "pRMSNorm-bias": ({"share": 0.3, "bias": True}, lambda x, **p: rms_norm(x, share=0.3, **p), ["weight", "bias"]),
    "pRMSNorm-bare": ({"share": 0.5, "affine": False, "epsilon": 0.01},
                      lambda x: rms_norm(x, share=0.5, epsilon=0.01), []),
    "scaleNorm": ({}, scale_norm, ["scale"]),
    "scaleNorm-epsilon": ({"epsilon": 0.5}, lambda x, scale: scale_norm(x, scale, epsilon=0.5), ["scale"]),
    "singleScaleRMSNorm": ({}, single_scale_rms_norm, ["scale"]),
    "singleScaleRMSNorm-epsilon": ({"epsilon": 0.01}, lambda x, scale: single_scale_rms_norm(x, scale, 0.01), ["scale"]),
    "biasNorm": ({}, bias_norm, ["bias", "log_scale"]),
    "dynamicTanh": ({}, dynamic_tanh, ["alpha", "weight", "bias"]),
    "dynamicTanh-noBias": ({"bias": False}, dynamic_tanh, ["alpha", "weight"]),
    "dynamicTanh-bare": ({"affine": False}, dynamic_tanh, ["alpha"]),
    "fixNorm": ({}, fix_norm, []),
    "fixNorm-epsilon": ({"epsilon": 0.5}, lambda x: fix_norm(x, epsilon=0.5), []),
    "none": ({}, lambda x: x * 1, []),
}


def cases():
    yield "oneRow", random(1, 13)
    yield "oddWidth", random(2, 2, 33, scale=2, shift=0.5)
    yield "wholeVectors", random(3, 32)
    # So short that ε counts: what is left of a row of one is otherwise a difference of nearly equal numbers.
    yield "widthOne", torch.tensor([[4e-6], [8e-4], [-1.5e-3]]).double()
    yield "constantRows", torch.tensor([[3.0], [-0.125]]).double().expand(2, 13)
    yield "zeroRow", torch.zeros(1, 17).double()
    # Sums of sixteen multiples of 1/64 and their means are exact in float32, where numbers near 1e4 are 1/1024 apart.
    yield "farOffset", 1e4 + (random(2, 16) * 64).round() / 64


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    tensors = {}
    for case, x in cases():
        width = x.shape[-1]
        shared = {"input": x, "outputGradient": random(*x.shape), "weight": random(width, scale=0.3, shift=1),
                  "bias": random(width, scale=0.25), "scale": random(1, scale=0.3, shift=1.5),
                  "alpha": random(1, scale=0.1, shift=0.7), "log_scale": random(1, scale=0.3)}
        tensors |= {f"{case}.{name}": value for name, value in shared.items()}
        for variant, (_, formula, names) in VARIANTS.items():
            leaves = {name: shared[name].clone().requires_grad_() for name in ["input"] + names}
            output = formula(leaves["input"], **{name: leaves[name] for name in names})
            output.backward(shared["outputGradient"])
            tensors[f"{variant}.{case}.output"] = output
            tensors |= {f"{variant}.{case}.{name}Gradient": leaf.grad for name, leaf in leaves.items()}
    stored = {name: value.detach().float().contiguous() for name, value in tensors.items()}
    assert all(value.isfinite().all() for value in stored.values())
    save_file(stored, FOLDER / "norms.safetensors")
    rows = [json.dumps({"name": name, "norm": {"kind": name.split("-")[0]} | options})
            for name, (options, _, _) in VARIANTS.items()]
    (FOLDER / "norms.json").write_text("[\n" + ",\n".join(rows) + "\n]\n")


if __name__ == "__main__":
    main()
