"""Goldens of images in single precision: resizes and colour operations.

Resizes are Pillow's in mode F, a channel at a time, columns first (see imaging.py). Colours are formulas in double
precision: the hue by Python's colorsys, the others by NumPy.

Needs Pillow and NumPy. Run from anywhere: python Scripts/golden/floats.py
"""

import colorsys
import json
from pathlib import Path

import numpy as np
from PIL import Image

GOLDEN = Path(__file__).resolve().parents[2] / "Tests" / "ImagingTests" / "Golden"
FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def fractions(width, height, channels, low=-0.3, high=1.4):
    """Smooth waves with steep steps, beyond 0 and 1."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    wave = np.sin(0.37 * x + 0.9 * c) * np.cos(0.23 * y - 0.5 * c) + 0.4 * ((x * 7 + y * 5 + c * 3) % 11 > 7)
    wave = (wave - wave.min()) / (wave.max() - wave.min())
    return (low + (high - low) * wave).astype(np.float32)


def resized(image, width, height, name):
    def one(channel):
        picture = Image.fromarray(channel)
        picture = picture.resize((width, picture.height), FILTERS[name])
        return np.asarray(picture.resize((width, height), FILTERS[name]))

    return np.stack([one(np.ascontiguousarray(image[..., c])) for c in range(image.shape[2])], axis=2)


def gray(image):
    return (image.astype(np.float64) @ np.array([19595, 38470, 7471])) / 65536


def blend(reference, image, factor):
    return np.clip(reference + factor * (image.astype(np.float64) - reference), 0, 1)


def hue(image, turn):
    def one(pixel):
        h, s, v = colorsys.rgb_to_hsv(*pixel)
        return colorsys.hsv_to_rgb((h + turn) % 1, s, v)

    clamped = np.clip(image.astype(np.float64), 0, 1)
    return np.array([one(p) for p in clamped.reshape(-1, 3)]).reshape(image.shape)


def blurred(image, radius, deviation):
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / deviation) ** 2)
    weights /= weights.sum()
    for axis in (0, 1):
        pad = [(radius, radius) if a == axis else (0, 0) for a in range(3)]
        padded = np.pad(image.astype(np.float64), pad, mode="reflect")
        n = image.shape[axis]
        image = sum(w * np.take(padded, range(i, i + n), axis=axis) for i, w in enumerate(weights))
    return image


def main():
    entries, data = [], bytearray()

    def add(operation, source, result, **options):
        result = np.asarray(result, np.float32)
        if result.ndim == 2:
            result = result[..., None]
        (h, w, c), (rh, rw, rc) = source.shape, result.shape
        entries.append(
            dict(operation=operation, input=len(data), inputWidth=w, inputHeight=h, inputChannels=c,
                 output=len(data) + source.nbytes, width=rw, height=rh, channels=rc, **options))
        data.extend(source.tobytes() + result.tobytes())

    for size, target, channels in [((23, 17), (9, 6), 1), ((23, 17), (40, 31), 4), ((16, 30), (16, 11), 2),
                                   ((30, 16), (7, 16), 5)]:
        for name in FILTERS:
            source = fractions(*size, channels)
            add("resize", source, resized(source, *target, name), filter=name)
    rgb = fractions(13, 8, 3)
    add("gray", rgb, gray(rgb))
    add("brightness", rgb, blend(0, rgb, 1.3), factor=1.3)
    add("contrast", rgb, blend(gray(rgb).mean(), rgb, 0.6), factor=0.6)
    add("saturation", rgb, blend(gray(rgb)[..., None], rgb, 1.7), factor=1.7)
    add("hue", rgb, hue(rgb, 0.17), factor=0.17)
    add("solarize", rgb, np.where(rgb < 0.5, rgb, 1 - rgb))
    bands = fractions(21, 14, 5)
    add("blur", bands, blurred(bands, 3, 1.4), factor=1.4)
    (GOLDEN / "floats.bin").write_bytes(bytes(data))
    (GOLDEN / "floats.json").write_text(json.dumps(entries, indent=1) + "\n")


main()
