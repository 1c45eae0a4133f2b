"""Writes a folder of photographs of about 1000 x 750 pixels, two classes: python photo_folder.py DIR [COUNT] [KIND]

Parts of the two photographs that scikit-learn ships, enlarged, with grain like a sensor's so that files have the usual
size. KIND is jpeg (about 200 kB at quality 90, 4:2:0), webp (quality 80), or tiff, tiff-lzw or tiff-deflate: four channels
of 16 bits in tiles of 256 x 256, as satellite images have them; compressed ones with predictor.
"""

import sys
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image
from sklearn.datasets import load_sample_images

COMPRESSIONS = {"tiff": None, "tiff-lzw": "lzw", "tiff-deflate": "zlib"}


def main(folder, count=400, kind="jpeg"):
    random = np.random.default_rng(0)
    for number in range(count):
        label = number % 2
        photo = Image.fromarray(load_sample_images_cached()[label])
        share = random.uniform(0.6, 1)
        width, height = int(photo.width * share), int(photo.height * share)
        left, top = random.integers(0, photo.width - width + 1), random.integers(0, photo.height - height + 1)
        size = (int(random.integers(950, 1051)), int(random.integers(700, 801)))
        pixels = np.asarray(photo.crop((left, top, left + width, top + height)).resize(size, Image.BICUBIC), np.float32)
        pixels = pixels + random.normal(0, 4, pixels.shape)
        target = folder / ["china", "flower"][label] / f"{number:05}"
        target.parent.mkdir(parents=True, exist_ok=True)
        if kind.startswith("tiff"):
            # 12 bits of the colours, and as infrared what red and green have in common.
            bands = np.concatenate([pixels, pixels[..., :2].min(axis=2, keepdims=True)], axis=2).clip(0, 255) * 16
            tifffile.imwrite(
                target.with_suffix(".tif"), bands.astype(np.uint16), tile=(256, 256),
                compression=COMPRESSIONS[kind], predictor=kind != "tiff", photometric="minisblack", planarconfig="contig")
            continue
        image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
        if kind == "webp":
            image.save(target.with_suffix(".webp"), quality=80)
        else:
            image.save(target.with_suffix(".jpg"), quality=90, subsampling="4:2:0")


cached = None


def load_sample_images_cached():
    global cached
    cached = cached or load_sample_images().images
    return cached


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:3]), *sys.argv[3:4])
