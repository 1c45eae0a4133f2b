"""Times feature extraction by timm's ViT in PyTorch on the CPU, float32: the rival of `vitrail bench features`.

Example: python Scripts/rivals/timm_features.py --shape ti --json
Images are in memory; a pass is forward_features and the mean of the patch tokens, in inference mode.
"""

import argparse
import json
import statistics
import time

import timm
import torch

# side, patch, width, depth, heads
SHAPES = {
    "mini": (28, 4, 128, 6, 4),
    "xs": (32, 4, 192, 12, 3),
    "ti": (224, 16, 192, 12, 3),
    "s": (224, 16, 384, 12, 6),
    "b": (224, 16, 768, 12, 12),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=SHAPES, default="ti")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--passes", type=int, default=11)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    side, patch, width, depth, heads = SHAPES[chosen.shape]
    model = timm.models.vision_transformer.VisionTransformer(
        img_size=side, patch_size=patch, embed_dim=width, depth=depth, num_heads=heads, num_classes=0).eval()
    images = torch.rand(chosen.batch, 3, side, side) - 0.5
    seconds = []
    with torch.inference_mode():
        for _ in range(chosen.passes + 1):
            start = time.perf_counter()
            model.forward_features(images)[:, 1:].mean(1)
            seconds.append(time.perf_counter() - start)
    median = statistics.median(seconds[1:])
    result = {"batch": chosen.batch, "imagesPerSecond": chosen.batch / median, "secondsPerBatch": median}
    print(json.dumps(result) if chosen.json else result)


if __name__ == "__main__":
    main()
