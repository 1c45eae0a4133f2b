"""Writes the golden values of supervised fine-tuning: float64 results of `mae_reference`, PyTorch and timm, stored as float32.

- `classification-*.safetensors`, `classification.json`: loss and gradients of mixed, smoothed batches; images are mixed
  as images, before they are patches.
- `cutmix_boxes.json`: timm's boxes for given λ and middles.
- `layer_decay.json`: timm's groups of parameters with their shares of the learning rate.

Run: python Scripts/golden/classification.py. Results do not depend on the working directory.
"""

import json
from dataclasses import replace
from unittest import mock

import numpy
import torch
from safetensors.torch import save_file
from torch import nn

from mae import PRETRAINING, described, make_images, randomise, square, stored
from mae_reference import VisionTransformer, patchify

import timm
from timm.data.mixup import cutmix_bbox_and_lam, mixup_target
from timm.loss import SoftTargetCrossEntropy
from timm.optim import param_groups_layer_decay

CLASSES = 5
LABELS = torch.tensor([2, 0, 4, 2])
gray = replace(
    square, image_height=12, image_width=20, channels=1, registers=2, positions="learned", patch_norm="dual")
CASES = {
    # encoder, pooling, where tokens are normed, smoothing, λ, box as top, left, height, width
    "pooled-mixup": (square, "mean", "pooled", 0.1, 0.3, None),
    "pooled-cutmix": (gray, "classToken", "pooled", 0.1, None, (3, 5, 6, 9)),
    "tokens-mixup": (gray, "mean", "tokens", 0.0, 0.8, None),
    "tokens-plain": (square, "classToken", "tokens", 0.2, None, None),
}


class Classifier(VisionTransformer):
    def __init__(self, configuration, pooling, norm):
        super().__init__(configuration)
        self.pooling, self.pools_first = pooling, norm == "pooled"
        if self.pools_first:
            self.fc_norm = nn.LayerNorm(configuration.width, eps=1e-6)
            self.final, self.norm = self.norm, nn.Identity()
        self.head = nn.Linear(configuration.width, CLASSES)

    def forward(self, patches):
        cls, mean = self.features(patches)
        pooled = cls if self.pooling == "classToken" else mean
        return self.head(self.fc_norm(pooled) if self.pools_first else pooled)


def mixed(images, share, box):
    """Images and λ of their own classes, as timm's Mixup._mix_batch has it."""
    if box is not None:
        top, left, height, width = box
        images = images.clone()
        rows, columns = slice(top, top + height), slice(left, left + width)
        images[:, :, rows, columns] = images.flip(0)[:, :, rows, columns]
        return images, 1 - height * width / (images.shape[2] * images.shape[3])
    if share is not None:
        return images * share + images.flip(0) * (1 - share), share
    return images, 1.0


def write_case(name, seed):
    configuration, pooling, norm, smoothing, share, box = CASES[name]
    torch.manual_seed(seed)
    model = randomise(Classifier(configuration, pooling, norm))
    images = make_images(configuration)
    inputs, own = mixed(images.double(), share, box)
    targets = mixup_target(LABELS, CLASSES, own, smoothing).double()
    # timm makes targets in single precision.
    one_hot = nn.functional.one_hot(LABELS, CLASSES).double()
    exact = one_hot * own + one_hot.flip(0) * (1 - own)
    exact = exact * (1 - smoothing) + smoothing / CLASSES
    assert (targets - exact).abs().max() < 1e-6
    logits = model(patchify(inputs, configuration.patch))
    loss = SoftTargetCrossEntropy()(logits, exact)
    loss.backward()
    ours = {key.replace("final.", "norm."): value for key, value in model.state_dict().items()}
    tensors = ours | {"grad." + key: p.grad for key, p in model.named_parameters() if p.grad is not None}
    tensors |= {"patches": patchify(images, configuration.patch), "targets": exact, "logits": logits,
                "loss": loss}
    save_file(stored(tensors), PRETRAINING / f"classification-{name}.safetensors")
    mixing = None
    if own != 1:
        mixing = {"share": own}
        if box is not None:
            mixing["box"] = dict(zip(("top", "left", "height", "width"), box))
    return {
        "file": f"classification-{name}.safetensors", **described(configuration, True),
        "pooling": pooling, "labels": LABELS.tolist(), "mixing": mixing,
        "objective": {"kind": "classification", "norm": norm, "labelSmoothing": smoothing,
                      "classes": [f"class {index}" for index in range(CLASSES)]}}


def write_boxes():
    cases = []
    for height, width in [(28, 28), (12, 20), (224, 224)]:
        for share in [0.02, 0.31, 0.5, 0.97, 0.9999]:
            for row, column in [(0, 0), (height // 2, width // 3), (height - 1, width - 1)]:
                with mock.patch.object(numpy.random, "randint", side_effect=[row, column]):
                    (top, bottom, left, right), corrected = cutmix_bbox_and_lam((height, width), share)
                cases.append({"height": height, "width": width, "share": share, "row": row, "column": column,
                              "box": {"top": int(top), "left": int(left), "height": int(bottom - top),
                                      "width": int(right - left)},
                              "corrected": float(corrected)})
    lines = ",\n  ".join(json.dumps(case) for case in cases)
    (PRETRAINING / "cutmix_boxes.json").write_text(f"[\n  {lines}\n]\n")


def write_layer_decay():
    """Names and scales of a ViT of three blocks.

    It averages un-normed tokens. A final norm has MAE's scale of 1 here, where timm counts it to the last block.
    """
    model = timm.models.VisionTransformer(
        img_size=16, patch_size=4, embed_dim=12, depth=3, num_heads=2, num_classes=CLASSES, global_pool="avg")
    groups = param_groups_layer_decay(
        model, weight_decay=0.05, no_weight_decay_list=model.no_weight_decay(), layer_decay=0.65)
    names = {id(p): name for name, p in model.named_parameters()}
    found = {names[id(parameter)]: {"scale": group["lr_scale"], "decays": group["weight_decay"] > 0}
             for group in groups for parameter in group["params"]}
    (PRETRAINING / "layer_decay.json").write_text(
        json.dumps({"depth": 3, "layerDecay": 0.65, "parameters": found}, sort_keys=True) + "\n")


if __name__ == "__main__":
    torch.set_num_threads(1)
    described_cases = [write_case(name, seed) for seed, name in enumerate(CASES)]
    text = ",\n  ".join(json.dumps(case) for case in described_cases)
    (PRETRAINING / "classification.json").write_text(f"[\n  {text}\n]\n")
    write_boxes()
    write_layer_decay()
