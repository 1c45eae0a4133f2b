"""Draws docs/images/augmentations.png: `vitrail augment` on two made pictures, a window and a landscape.

Needs NumPy and Pillow, and a release build. Run from anywhere: python Scripts/figures/augmentations.py
"""

import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 320, 240
Y, X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)


def window():
    """Stained glass: coloured cells around random points, dark where two are as near."""
    random = np.random.default_rng(5)
    points = random.uniform((0, 0), (HEIGHT, WIDTH), (40, 2))
    colours = np.array([(190, 30, 45), (30, 80, 160), (240, 190, 60), (50, 130, 80), (230, 225, 200), (120, 50, 120)])
    distances = np.hypot(Y[..., None] - points[:, 0], X[..., None] - points[:, 1])
    nearest = np.sort(distances, 2)
    picture = colours[random.integers(0, len(colours), 40)][distances.argmin(2)].astype(float)
    picture *= (0.7 + 0.5 * np.exp(-((X - 200) ** 2 + (Y - 90) ** 2) / 20000))[..., None]
    picture[nearest[..., 1] - nearest[..., 0] < 4] = 25
    return picture


def landscape():
    """A sun over two hills."""
    sky = np.stack([90 + 100 * Y / HEIGHT, 150 + 60 * Y / HEIGHT, 235 - 20 * Y / HEIGHT], 2)
    sky[np.hypot(Y - 60, X - 230) < 30] = (255, 225, 110)
    sky[Y > 150 + 35 * np.sin(X / 55)] = (60, 120, 70)
    sky[Y > 185 + 20 * np.cos(X / 35)] = (110, 80, 45)
    return sky


with tempfile.TemporaryDirectory() as folder:
    for name, picture in [("1-window", window()), ("2-landscape", landscape())]:
        Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).save(Path(folder) / f"{name}.png")
    subprocess.run([
        ROOT / ".build/release/vitrail", "augment", "--data", folder, "--views", "6", "--seed", "3",
        "--set", "model.imageSize=48", "--set",
        "data.augmentations=[{kind: randomResizedCrop, scale: [0.3, 1]}, horizontalFlip, colorJitter, grayscale, "
        "gaussianBlur, solarize, {kind: randomErasing, probability: 0.3}]",
        "--out", ROOT / "docs/images/augmentations.png"], check=True)
