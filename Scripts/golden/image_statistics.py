"""Goldens of the statistics of data sets: small PNG sets, and the mean and deviation that NumPy finds in them.

Needs NumPy and Pillow. Run from anywhere: python Scripts/golden/image_statistics.py
Files are written here by hand, so that samples of 16 bits are what was drawn; luma is Pillow's for 8 bits, and its
formula in NumPy for 16.
"""

import json
import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

GOLDEN = Path(__file__).resolve().parents[2] / "Tests" / "DatasetsTests" / "Golden" / "statistics"


def png(pixels):
    height, width, channels = pixels.shape
    depth = 8 * pixels.dtype.itemsize
    big = pixels.astype(pixels.dtype.newbyteorder(">"))
    rows = b"".join(b"\0" + row.tobytes() for row in big)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, depth, {1: 0, 3: 2}[channels], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def converted(pixels, channels):
    if pixels.shape[2] == channels:
        return pixels
    if channels == 3:
        return np.repeat(pixels, 3, axis=2)
    if pixels.dtype == np.uint8:
        return np.asarray(Image.fromarray(pixels).convert("L"))[..., None]
    weights = np.array([19595, 38470, 7471], np.uint64)
    return ((pixels.astype(np.uint64) @ weights + 32768) >> 16).astype(np.uint16)[..., None]


def measured(images):
    """All pixels of all images weigh the same; the deviation is divided by their number."""
    values = np.concatenate(
        [i.reshape(-1, i.shape[2]).astype(np.float64) / np.iinfo(i.dtype).max for i in images])
    return {
        "images": len(images),
        "pixels": len(values),
        "mean": values.mean(axis=0).tolist(),
        "standardDeviation": values.std(axis=0).tolist(),
    }


def main():
    random = np.random.default_rng(4)

    def draw(width, height, channels, dtype, low=0.0, high=1.0):
        top = np.iinfo(dtype).max
        return random.integers(int(low * top), int(high * top), (height, width, channels), dtype, endpoint=True)

    sets = {
        "gray8": [draw(5, 7, 1, np.uint8), draw(11, 3, 1, np.uint8, 0.2, 0.4)],
        "gray16": [draw(6, 4, 1, np.uint16), draw(3, 9, 1, np.uint16, 0.5, 0.501)],
        "rgb8": [draw(4, 6, 3, np.uint8, 0.7, 1), draw(8, 8, 3, np.uint8), draw(1, 1, 3, np.uint8)],
        "rgb16": [draw(5, 5, 3, np.uint16, 0, 0.1)],
        "mixed": [draw(7, 5, 1, np.uint8), draw(4, 4, 3, np.uint8), draw(3, 6, 1, np.uint16), draw(5, 2, 3, np.uint16)],
    }
    shutil.rmtree(GOLDEN, ignore_errors=True)
    expected = {}
    for name, images in sets.items():
        (GOLDEN / name).mkdir(parents=True)
        for number, pixels in enumerate(images):
            (GOLDEN / name / f"{number}.png").write_bytes(png(pixels))
        present = sorted({i.shape[2] for i in images})
        expected[name] = {
            "stored": {str(c): measured([i for i in images if i.shape[2] == c]) for c in present},
            "converted": {str(c): measured([converted(i, c) for i in images]) for c in (1, 3)},
        }
    (GOLDEN / "statistics.json").write_text(json.dumps(expected, indent=1) + "\n")


main()
