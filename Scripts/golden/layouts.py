"""Goldens of other libraries' weights: tiny encoders of timm and transformers with random weights, in the files that these
libraries write, and what they give for four images.

Run: python Scripts/golden/layouts.py. Layouts whose libraries are no packages (facebookresearch/mae, dino, moco-v3, dinov2)
are timm's encoders under these libraries' names, as docs/checkpoints.md lists them.
"""

import json
import shutil
from pathlib import Path

import timm
import torch
import transformers
from safetensors.torch import save_file
from timm.layers import PatchEmbed, SwiGLU, SwiGLUPacked
from timm.models import save_for_hf
from timm.models.vision_transformer import VisionTransformer

FOLDER = Path(__file__).resolve().parents[2] / "Tests/VisionTransformerTests/Golden/layouts"
SIDE, PATCH, WIDTH, HEADS = 12, 4, 16, 2
expected = {}
cases = []


def randomised(model):
    """Every tensor drawn anew: layers that start at 0 or 1 would hide mistakes."""
    generator = torch.Generator().manual_seed(len(cases))
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            noise = torch.randn(tensor.shape, generator=generator)
            gain = tensor.dim() == 1 and name.endswith(("weight", "gamma", "lambda1"))
            tensor.copy_(1 + 0.2 * noise if gain else noise / max(1, tensor.shape[-1]) ** 0.5)
    return model.eval().double()


class DualPatchEmbed(PatchEmbed):
    """Norms the pixels of each patch, in the order rows, columns, channels, before the convolution (Kumar et al., 2023)."""

    def __init__(self, *sizes, **options):
        super().__init__(*sizes, **options)
        self.pre_norm = torch.nn.LayerNorm(3 * PATCH * PATCH, eps=1e-6)

    def forward(self, pixels):
        count = SIDE // PATCH
        normed = self.pre_norm(patches(pixels)).reshape(len(pixels), count, count, PATCH, PATCH, 3)
        return super().forward(normed.permute(0, 5, 1, 3, 2, 4).reshape(pixels.shape))


def images():
    generator = torch.Generator().manual_seed(5)
    return torch.randn((4, 3, SIDE, SIDE), generator=generator).double()


def patches(pixels):
    """[N, L, P·P·C]: rows of patches, in each its rows, columns and channels."""
    count = SIDE // PATCH
    cut = pixels.reshape(len(pixels), 3, count, PATCH, count, PATCH)
    return cut.permute(0, 2, 4, 3, 5, 1).reshape(len(pixels), count * count, -1)


# Under which keys published checkpoints hold their state dicts.
NESTED = {"dino": ["student", "teacher"], "moco-v3": ["state_dict"], "mae": ["model"]}


def nested(state, keys):
    """What a training saved: state dicts and a few numbers beside them."""
    if len(keys) == 1:
        return {keys[0]: state, "epoch": 3}
    parts = {key: {n.removeprefix(f"{key}."): t for n, t in state.items() if n.startswith(f"{key}.")} for key in keys}
    return parts | {"epoch": 3}


def single(tensors):
    return {name: tensor.float().contiguous() for name, tensor in tensors.items()}


def case(name, features, **facts):
    with torch.no_grad():
        expected[name] = features(images()).float().contiguous()
    cases.append({"name": name, **facts})


def timm_case(name, pooled, configured=True, tensors=None, depth=2, **arguments):
    model = randomised(
        VisionTransformer(
            img_size=SIDE, patch_size=PATCH, embed_dim=WIDTH, depth=depth, num_heads=HEADS, num_classes=0,
            **{"mlp_ratio": 2} | arguments))
    case(name, pooled(model), configured=configured)
    folder = FOLDER / name
    folder.mkdir()
    state = single(tensors(model.state_dict()) if tensors else model.state_dict())
    if name in NESTED:
        torch.save(nested(state, NESTED[name]), folder / "checkpoint.pth")
    else:
        save_file(state, folder / "model.safetensors")
    if configured:
        config = {
            "architecture": "vit_tiny_patch4_12",
            "num_classes": 0,
            "num_features": WIDTH,
            "global_pool": arguments.get("global_pool", "token"),
            "model_args": {"num_heads": HEADS} | {key: arguments[key] for key in ["act_layer"] if key in arguments},
            "pretrained_cfg": {
                "input_size": [3, SIDE, SIDE], "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5],
                "interpolation": "bicubic", "crop_pct": 0.75},
        }
        (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")


def hugging_face(name, model, features):
    randomised(model)
    case(name, features(model), configured=True)
    folder = FOLDER / name
    model.float().save_pretrained(folder)
    # The same under the names of its modules, which version 5 has changed.
    save_file(single(model.state_dict()), folder / "modules.safetensors")
    if name == "hf-vit":
        model.save_pretrained(folder / "shards", max_shard_size="20KB")
        processor = transformers.ViTImageProcessor(size={"height": SIDE, "width": SIDE}, image_mean=[0.5] * 3, image_std=[0.25] * 3)
        processor.save_pretrained(folder)
        processor.save_pretrained(folder / "shards")


def classes(model):
    return lambda pixels: model.forward_features(pixels)[:, 0]


def mean(prefix):
    return lambda model: lambda pixels: model.forward_features(pixels)[:, prefix:].mean(1)


def pooled(model):
    return lambda pixels: model.forward_head(model.forward_features(pixels), pre_logits=True)


def prefixed(prefix, others=()):
    def rename(tensors):
        named = {prefix + key: value for key, value in tensors.items()}
        for other in others:
            named |= {other + key: value * 0 for key, value in tensors.items() if "blocks.1." not in key}
        return named
    return rename


def dinov2(tensors):
    named = {key.replace("reg_token", "register_tokens"): value for key, value in tensors.items()}
    return named | {"mask_token": torch.zeros(1, WIDTH)}


def dinov2_gated(tensors):
    return dinov2({key.replace("mlp.fc1", "mlp.w12").replace("mlp.fc2", "mlp.w3"): value for key, value in tensors.items()})


def mae(tensors):
    decoder = {
        "decoder_embed.weight": torch.zeros(8, WIDTH), "decoder_embed.bias": torch.zeros(8),
        "mask_token": torch.zeros(1, 1, 8)}
    return tensors | decoder


def autoencoder(sizes):
    """A masked autoencoder with its decoder, loss and predictions under given noise: as transformers writes it, and under
    the names of facebookresearch/mae."""
    folder = FOLDER.parents[2] / "PretrainingTests/Golden/layouts"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    model = randomised(
        transformers.ViTMAEForPreTraining(
            transformers.ViTMAEConfig(
                intermediate_size=32, decoder_hidden_size=8, decoder_num_attention_heads=2, decoder_num_hidden_layers=2,
                decoder_intermediate_size=16, **sizes)))
    noise = torch.rand((4, (SIDE // PATCH) ** 2), generator=torch.Generator().manual_seed(3)).double()
    with torch.no_grad():
        output = model(images(), noise=noise)
    golden = {"patches": patches(images()), "noise": noise, "loss": output.loss.reshape(1), "predictions": output.logits}
    save_file(single(golden), folder / "expected.safetensors")
    model.float().save_pretrained(folder / "hf-mae")
    processor = transformers.ViTImageProcessor(size={"height": SIDE, "width": SIDE})
    processor.save_pretrained(folder / "hf-mae")
    torch.save({"model": facebook_names(single(model.state_dict()))}, folder / "mae.pth")


def classifiers(sizes):
    """Classifiers of three classes with their heads, and the logits of the images."""
    folder = FOLDER.parents[2] / "PretrainingTests/Golden/layouts"
    labels = ["boot", "coat", "shirt"]
    model = randomised(
        transformers.ViTForImageClassification(
            transformers.ViTConfig(
                intermediate_size=32, num_labels=3, id2label=dict(enumerate(labels)), **sizes | dict(num_hidden_layers=1))))
    pooled = randomised(
        VisionTransformer(
            img_size=SIDE, patch_size=PATCH, embed_dim=WIDTH, depth=1, num_heads=HEADS, num_classes=3, mlp_ratio=2,
            global_pool="avg"))
    with torch.no_grad():
        golden = {"patches": patches(images()), "hf": model(images()).logits, "timm": pooled(images())}
    save_file(single(golden), folder / "classifiers.safetensors")
    model.float().save_pretrained(folder / "hf-classifier")
    (folder / "timm-classifier").mkdir()
    save_file(single(pooled.state_dict()), folder / "timm-classifier/model.safetensors")
    config = {
        "architecture": "vit_tiny_patch4_12", "num_classes": 3, "global_pool": "avg", "label_names": labels,
        "model_args": {"num_heads": HEADS}, "pretrained_cfg": {"input_size": [3, SIDE, SIDE], "mean": [0.5], "std": [0.5]}}
    (folder / "timm-classifier/config.json").write_text(json.dumps(config, indent=1) + "\n")


def facebook_names(state):
    named = {}
    for name, tensor in state.items():
        for theirs, ours in (
            ("vit.layers", "blocks"), ("decoder.decoder_layers", "decoder_blocks"), ("decoder.", ""),
            ("vit.embeddings.cls_token", "cls_token"), ("vit.embeddings.position_embeddings", "pos_embed"),
            ("vit.embeddings.patch_embeddings.projection", "patch_embed.proj"), ("vit.layernorm", "norm"),
            ("layernorm_before", "norm1"), ("layernorm_after", "norm2"), ("attention.o_proj", "attn.proj"),
        ):
            name = name.replace(theirs, ours)
        if ".attention.q_proj" in name:
            end = name.split(".")[-1]
            stem = next(key for key in state if key.endswith(end) and state[key] is tensor).removesuffix(f"q_proj.{end}")
            parts = [state[f"{stem}{letter}_proj.{end}"] for letter in "qkv"]
            named[name.replace("attention.q_proj", "attn.qkv")] = torch.cat(parts)
        elif "attention." not in name:
            named[name] = tensor
    return named


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    timm_case("timm", classes)
    timm_case("timm-registers", mean(3), reg_tokens=2, no_embed_class=True, global_pool="avg", fc_norm=False)
    timm_case("timm-placed-registers", classes, reg_tokens=2)
    timm_case("timm-plain", mean(0), class_token=False, global_pool="avg", fc_norm=False, qkv_bias=False)
    timm_case("timm-scaled", classes, init_values=0.1, qk_norm=True, embed_norm_layer=torch.nn.LayerNorm)
    timm_case("timm-unnormed", classes, final_norm=False)
    timm_case("dino", classes, False, prefixed("teacher.backbone.", ["student.module.backbone."]))
    timm_case("moco-v3", classes, False, prefixed("module.base_encoder.", ["module.momentum_encoder."]))
    timm_case("dinov2", classes, False, dinov2, reg_tokens=2, no_embed_class=True, init_values=0.1)
    timm_case("mae", classes, False, mae)
    sizes = dict(hidden_size=WIDTH, num_hidden_layers=2, num_attention_heads=HEADS, image_size=SIDE, patch_size=PATCH)
    first = lambda model: lambda pixels: model(pixels).last_hidden_state[:, 0]
    hugging_face("hf-vit", transformers.ViTModel(transformers.ViTConfig(intermediate_size=48, **sizes)), first)
    hugging_face(
        "hf-vit-classifier",
        transformers.ViTForImageClassification(transformers.ViTConfig(intermediate_size=48, qkv_bias=False, **sizes)),
        lambda model: lambda pixels: model.vit(pixels).last_hidden_state[:, 0])
    hugging_face(
        "hf-mae",
        transformers.ViTMAEForPreTraining(
            transformers.ViTMAEConfig(
                intermediate_size=48, decoder_hidden_size=8, decoder_num_attention_heads=2, decoder_num_hidden_layers=1,
                decoder_intermediate_size=16, mask_ratio=0.0, **sizes)),
        # Without a mask tokens are shuffled, which the class token does not see.
        lambda model: lambda pixels: model.vit(pixels).last_hidden_state[:, 0])
    hugging_face("hf-dinov2", transformers.Dinov2Model(transformers.Dinov2Config(mlp_ratio=2, **sizes)), first)
    hugging_face(
        "hf-dinov2-registers",
        transformers.Dinov2WithRegistersModel(
            transformers.Dinov2WithRegistersConfig(mlp_ratio=2, num_register_tokens=2, **sizes)), first)
    gated = dict(depth=1, mlp_ratio=3, mlp_layer=SwiGLUPacked, act_layer="silu")
    timm_case("timm-swiglu", classes, **gated)
    timm_case("timm-quick-gelu", classes, depth=1, act_layer="quick_gelu")
    timm_case("timm-gelu-tanh", classes, depth=1, act_layer="gelu_tanh")
    timm_case("dinov2-swiglu", classes, False, dinov2_gated, init_values=0.1, **gated)
    small = sizes | dict(num_hidden_layers=1)
    hugging_face(
        "hf-dinov2-swiglu", transformers.Dinov2Model(transformers.Dinov2Config(mlp_ratio=2, use_swiglu_ffn=True, **small)), first)
    for act in ["gelu_new", "quick_gelu"]:
        hugging_face(
            f"hf-vit-{act}",
            transformers.ViTModel(transformers.ViTConfig(intermediate_size=48, hidden_act=act, **small), add_pooling_layer=False),
            first)
    autoencoder(sizes)
    timm_case("timm-entry-norm", classes, pre_norm=True, act_layer="quick_gelu", depth=1)
    timm_case("timm-pooled-norm", pooled, global_pool="avg", depth=1)
    timm_case("timm-dual", classes, embed_layer=DualPatchEmbed, embed_norm_layer="layernorm", depth=1)
    timm_case("timm-swiglu-apart", classes, depth=1, mlp_layer=SwiGLU, act_layer="silu")
    classifiers(sizes)
    save_file({"patches": patches(images()).float().contiguous()} | expected, FOLDER / "expected.safetensors")
    (FOLDER / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
    print(sum(file.stat().st_size for file in FOLDER.rglob("*") if file.is_file()), "bytes")


if __name__ == "__main__":
    main()
