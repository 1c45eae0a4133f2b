"""Public encoders as their libraries build them, with random weights of a fixed seed, for the table in docs/checkpoints.md: one
folder an encoder, to be given to `vitrail compare`.

Run: python Scripts/golden/public_encoders.py FOLDER [NAME…], names of timm instead of those of the table. Random, because there is no hub here: the scores say what the
architecture and its preprocessing see without having learnt anything.
"""

import sys
from pathlib import Path

import timm
import torch
import transformers
from timm.models import save_for_hf

TIMM = ["vit_tiny_patch16_224", "vit_small_patch32_224", "vit_small_patch16_224", "vit_small_patch14_reg4_dinov2"]


def main():
    folder = Path(sys.argv[1])
    named = sys.argv[2:]
    for name in named or TIMM:
        torch.manual_seed(0)
        size = {"img_size": 224} if "dinov2" in name else {}
        model = timm.create_model(name, pretrained=False, num_classes=0, **size)
        save_for_hf(model, folder / name, model_config=dict(num_classes=0, model_args=size), safe_serialization=True)
    if named:
        return
    torch.manual_seed(0)
    processor = transformers.ViTImageProcessor()
    for name, model in [
        ("hf-vit-small", transformers.ViTModel(
            transformers.ViTConfig(hidden_size=384, num_attention_heads=6, intermediate_size=1536), add_pooling_layer=False)),
        ("hf-dinov2-small", transformers.Dinov2Model(
            transformers.Dinov2Config(hidden_size=384, num_attention_heads=6, image_size=224))),
    ]:
        model.save_pretrained(folder / name)
        processor.save_pretrained(folder / name)


if __name__ == "__main__":
    main()
