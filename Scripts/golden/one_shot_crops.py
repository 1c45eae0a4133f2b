"""Goldens of the one-shot random resized crop, from the rule of MAE's linear probe (He et al., 2021) in plain Python.

Writes Tests/ImagingTests/Golden/crops-one-shot.json. Run from anywhere; needs nothing but Python. Draws are those of the
SplitMix64 that the tests have.
"""

import json
import math
import pathlib

MASK = (1 << 64) - 1
state = 2025


def word():
    global state
    state = (state + 0x9E3779B97F4A7C15) & MASK
    z = state
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def uniform(low, high):
    return low + (high - low) * ((word() >> 11) * 2.0**-53)


def crop(width, height, scale, ratio):
    target = width * height * uniform(*scale)
    aspect = math.exp(uniform(math.log(ratio[0]), math.log(ratio[1])))
    # A side of 0 pixels, which the paper's code does not mind, is taken as one.
    w = min(max(round(math.sqrt(target * aspect)), 1), width)
    h = min(max(round(math.sqrt(target / aspect)), 1), height)
    top = word() * (height - h + 1) >> 64
    left = word() * (width - w + 1) >> 64
    return [left, top, w, h]


rows = []
for width, height in [(1000, 750), (224, 224), (28, 28), (31, 47), (3, 3), (640, 90), (90, 640), (1, 1), (7, 1)]:
    for scale, ratio in (((0.08, 1.0), (3 / 4, 4 / 3)), ((0.4, 0.9), (0.5, 1.5)), ((1e-4, 1.0), (0.1, 10))):
        for _ in range(12):
            rows.append([width, height, *scale, *ratio, *crop(width, height, scale, ratio)])
assert any(r[8] == r[0] and r[9] < r[1] for r in rows) and any(r[9] == r[1] and r[8] < r[0] for r in rows)
path = pathlib.Path(__file__).parents[2] / "Tests/ImagingTests/Golden/crops-one-shot.json"
path.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
print(path, len(rows))
