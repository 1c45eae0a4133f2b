"""Goldens of the PNG suite: the files that libpng ships, and a hash of the pixels of each.

    python Scripts/golden/png_suite.py [LIBPNG_SOURCE]

LIBPNG_SOURCE is the unpacked source of libpng (Debian: apt-get source libpng1.6), to take the files from; without it they
stay as they are. Pixels are those of pypng, a decoder that shares no code with libpng and keeps 16 bits; Pillow has to
agree on what has no more than 8.
A hash is 64-bit FNV-1a over the samples, row by row, 16-bit ones low byte first; alpha is composited on white first.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import png
from PIL import Image

from imaging import GOLDEN, on_white, whole_bytes

FOLDER = GOLDEN / "pngsuite"


def fnv1a(content):
    value = 0xCBF29CE484222325
    for byte in content:
        value = (value ^ byte) * 0x100000001B3 & (1 << 64) - 1
    return value


def decode(path):
    reader = png.Reader(filename=str(path))
    width, height, rows, info = reader.asDirect()
    depth, planes = info["bitdepth"], info["planes"]
    samples = np.array([list(row) for row in rows], np.int64).reshape(height, width, planes)
    if info["alpha"]:
        # A colour key of few bits: pypng gives alpha in as many.
        colour, alpha = whole_bytes(samples[..., :-1], depth), whole_bytes(samples[..., -1], depth)
        samples = on_white(colour, alpha, depth)
    else:
        samples = whole_bytes(samples, depth)
    if depth <= 8 and not (reader.transparent is not None and reader.bitdepth < 8):
        rgba = np.asarray(Image.open(path).convert("RGBA"), np.int64)
        pillow = on_white(rgba[..., :3], rgba[..., 3])
        assert (pillow == np.broadcast_to(samples, pillow.shape)).all(), path
    return samples, max(depth, 8)


def take(source):
    """Takes the files from the source of libpng; the names of those that are no broken ones."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    suite = Path(source) / "contrib" / "pngsuite"
    crashers = Path(source) / "contrib" / "testpngs" / "crashers"
    whole = sorted([*suite.glob("*.png"), *suite.glob("interlaced/*.png")])
    for path in [*whole, *crashers.glob("*.png")]:
        shutil.copy(path, FOLDER)
    shutil.copy(suite / "README", FOLDER / "README.pngsuite")
    return [path.name for path in whole]


def main(source=None):
    listing = FOLDER / "expected.json"
    names = take(source) if source else [entry["file"] for entry in json.loads(listing.read_text())]
    expected = []
    for name in names:
        samples, depth = decode(FOLDER / name)
        height, width, channels = samples.shape
        content = samples.astype("<u2" if depth == 16 else np.uint8).tobytes()
        expected.append(dict(file=name, width=width, height=height, channels=channels, depth=depth,
                             hash=f"{fnv1a(content):016x}"))
    (FOLDER / "README").write_text(
        "From the source of libpng 1.6.39. The suite (bas*, ft*, i*): Copyright (c) Willem van Schaik, 1999, 2011,\n"
        "2012, two by Glenn Randers-Pehrson; \"Permission to use, copy, modify, and distribute these images for any\n"
        "purpose and without fee is hereby granted\" (README.pngsuite). The rest (bad*, empty*, huge*) is from\n"
        "contrib/testpngs/crashers, under the PNG Reference Library License.\n")
    listing.write_text("[\n" + ",\n".join(map(json.dumps, expected)) + "\n]\n")
    print(len(expected), "decodable files;", sum(f.stat().st_size for f in FOLDER.iterdir()), "bytes")


main(*sys.argv[1:])
