"""Goldens of the augmentations: what torchvision, Pillow and NumPy make of small noise images with fixed factors, and of
generators whose draws the tests repeat.

Needs Pillow, NumPy, torch and torchvision. Run from anywhere: python Scripts/golden/augmentations.py
8-bit results are Pillow's own; 16-bit ones are computed in double precision from the same formulas.
"""

import json

import numpy as np
import torch
from PIL import Image, ImageOps
from torchvision import transforms
from torchvision.transforms import functional as F

from imaging import FILTERS, GOLDEN, SplitMix64, noise, picture

MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def deep_noise(width, height, channels, seed):
    """16-bit noise: one image gives the upper bytes, another the lower. Tests make the same."""
    upper, lower = noise(width, height, channels, seed), noise(width, height, channels, seed + 1)
    return upper.astype(np.uint16) * 256 + lower


class Goldens:
    """Expected samples one after another, 16-bit ones little-endian; entries say where."""

    def __init__(self):
        self.entries, self.data = [], bytearray()

    def add(self, augmentation, operation, values, result, seed, tolerance=0, parameters=()):
        result = np.asarray(result)
        result = result.reshape(result.shape[0], result.shape[1], -1)
        assert result.dtype == values.dtype and result.shape[2] == values.shape[2], (operation, result.dtype)
        self.entries.append(dict(
            augmentation=augmentation, operation=operation, parameters=list(parameters), seed=seed,
            inputWidth=values.shape[1], inputHeight=values.shape[0], channels=values.shape[2],
            depth=8 * values.itemsize, width=result.shape[1], height=result.shape[0], tolerance=tolerance,
            offset=len(self.data)))
        self.data += np.ascontiguousarray(result).astype(f"<u{values.itemsize}").tobytes()

    def write(self):
        (GOLDEN / "augmentations.bin").write_bytes(self.data)
        (GOLDEN / "augmentations.json").write_text(
            "[\n" + ",\n".join(json.dumps(entry) for entry in self.entries) + "\n]\n")


def unit_tensor(values):
    return torch.from_numpy(values.astype(np.float64) / np.iinfo(values.dtype).max).permute(2, 0, 1)


def from_tensor(tensor, dtype):
    return np.rint(tensor.permute(1, 2, 0).numpy() * np.iinfo(dtype).max).astype(dtype)


def clamped(exact):
    return np.clip(exact, 0, 65535).astype(np.uint16)


def deep_gray(values):
    return (values.astype(np.int64) @ np.array([19595, 38470, 7471]) + 32768) >> 16


def colours(goldens):
    blends = [("brightness", F.adjust_brightness), ("contrast", F.adjust_contrast),
              ("saturation", F.adjust_saturation)]
    seed = 700
    for name, function in blends:
        for channels in (3, 1) if name != "saturation" else (3,):
            for factor in (0.0, 0.3, 0.7751, 1.0, 1.4, 1.83):
                seed += 2
                values = noise(13, 11, channels, seed)
                goldens.add("colorJitter", name, values, function(picture(values), factor), seed,
                            parameters=[factor])
        for factor in (0.35, 1.6):
            seed += 2
            values = deep_noise(13, 11, 3, seed)
            gray = deep_gray(values)
            reference = {"brightness": 0, "contrast": int(gray.mean() + 0.5), "saturation": gray[..., None]}[name]
            # Single precision may be on the other side of a whole number before truncation.
            goldens.add("colorJitter", name, values, clamped(reference + factor * (values.astype(np.float64) - reference)),
                        seed, tolerance=1, parameters=[factor])
    bands = noise(13, 11, 5, 990)
    reference = int(bands.mean() + 0.5)
    # Pillow blends one band after another.
    result = [Image.blend(Image.new("L", (13, 11), reference), Image.fromarray(band.copy()), 1.3)
              for band in np.moveaxis(bands, 2, 0)]
    goldens.add("colorJitter", "contrast", bands, np.stack([np.asarray(band) for band in result], 2), 990,
                parameters=[1.3])
    for turn in (-0.5, -0.2, -0.003, 0.0, 0.1, 0.37, 0.5):
        seed += 2
        values = noise(13, 11, 3, seed)
        goldens.add("colorJitter", "hue", values, F.adjust_hue(picture(values), turn), seed, parameters=[turn])
        deep = deep_noise(13, 11, 3, seed)
        # A half is rounded to either side.
        goldens.add("colorJitter", "hue", deep, from_tensor(F.adjust_hue(unit_tensor(deep), turn), np.uint16), seed,
                    tolerance=1, parameters=[turn])


def every_colour():
    """FNV-1a of what hue makes of 52³ colours."""
    levels = np.arange(0, 256, 5, dtype=np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), -1).reshape(52 * 52, 52, 3)
    rows = []
    for turn in (-0.41, 0.0, 0.07, 0.25):
        value = 0xCBF29CE484222325
        for byte in np.asarray(F.adjust_hue(Image.fromarray(cube), turn)).tobytes():
            value = ((value ^ byte) * 0x100000001B3) & (1 << 64) - 1
        rows.append(dict(turn=turn, hash=f"{value:016x}"))
    (GOLDEN / "augmentations-hue.json").write_text(json.dumps(rows) + "\n")


def jitters(goldens):
    """torchvision's ColorJitter on our draws."""
    for seed in range(740, 752):
        generator = SplitMix64(seed)
        values = noise(13, 11, 3, seed)

        def randperm(count):
            order = list(range(count))
            for last in range(count - 1, 0, -1):
                other = generator.index(last + 1)
                order[last], order[other] = order[other], order[last]
            return torch.tensor(order)

        strengths = (0.8, 0.8, 0.8, 0.2) if seed % 2 else (0.4, 0.4, 0.2, 0.1)
        generator.next()  # whether
        torch.Tensor.uniform_ = lambda tensor, low, high: tensor.fill_(low + (high - low) * generator.uniform())
        kept, torch.randperm = torch.randperm, randperm
        result = transforms.ColorJitter(*strengths)(picture(values))
        torch.randperm = kept
        goldens.add("colorJitter", "jitter", values, result, seed, parameters=strengths)


def numpy_blur(values, radius, deviation):
    taps = np.exp(-0.5 * (np.arange(-radius, radius + 1) / deviation) ** 2)
    taps /= taps.sum()
    height, width, _ = values.shape
    padded = np.pad(values.astype(np.float64), ((radius, radius), (radius, radius), (0, 0)), "reflect")
    padded = sum(tap * padded[place:place + height] for place, tap in enumerate(taps))
    padded = sum(tap * padded[:, place:place + width] for place, tap in enumerate(taps))
    return np.rint(padded).astype(values.dtype)


def blurs(goldens):
    cases = [(13, 11, 3, 3, 1.0), (13, 11, 3, 7, 0.1), (13, 11, 1, 7, 1.3), (17, 12, 3, 23, 2.0), (9, 20, 1, 17, 5.0)]
    for case, (width, height, channels, size, deviation) in enumerate(cases):
        seed = 800 + 2 * case
        radius = size // 2
        values, deep = noise(width, height, channels, seed), deep_noise(width, height, channels, seed)
        if radius < min(width, height):
            result = F.gaussian_blur(picture(values), [size, size], [deviation, deviation])
            deep_result = from_tensor(F.gaussian_blur(unit_tensor(deep), [size, size], [deviation] * 2), np.uint16)
        else:
            result, deep_result = numpy_blur(values, radius, deviation), numpy_blur(deep, radius, deviation)
        # torchvision sums all taps of a square at once: a half may be rounded to either side.
        goldens.add("gaussianBlur", "blur", values, result, seed, tolerance=1, parameters=[radius, deviation])
        goldens.add("gaussianBlur", "blur", deep, deep_result, seed, tolerance=1, parameters=[radius, deviation])
    for case, (width, height, channels, radius, deviation) in enumerate(
            [(1, 1, 3, 4, 1.0), (1, 7, 1, 9, 2.0), (5, 2, 3, 11, 2.0), (40, 3, 5, 6, 1.7)]):
        seed = 830 + 2 * case
        values = noise(width, height, channels, seed)
        goldens.add("gaussianBlur", "blur", values, numpy_blur(values, radius, deviation), seed, tolerance=1,
                    parameters=[radius, deviation])


def exact_operations(goldens):
    for seed, channels in ((850, 3), (852, 1), (854, 5)):
        values, deep = noise(13, 11, channels, seed), deep_noise(13, 11, channels, seed)
        for threshold in (0, 100, 128, 256):
            bands = [np.asarray(ImageOps.solarize(Image.fromarray(band.copy()), threshold))
                     for band in np.moveaxis(values, 2, 0)]
            goldens.add("solarize", "solarize", values, np.stack(bands, 2), seed, parameters=[threshold])
        goldens.add("solarize", "solarize", deep, np.where(deep < 128 * 256, deep, 65535 - deep), seed,
                    parameters=[128])
        for kind in (values, deep):
            goldens.add("verticalFlip", "verticalFlip", kind, np.flipud(kind), seed)
            goldens.add("horizontalFlip", "horizontalFlip", kind, np.fliplr(kind), seed)
            for turns in range(4):
                goldens.add("rotation90", "rotate", kind, np.rot90(kind, turns), seed, parameters=[turns])
    values, deep = noise(13, 11, 3, 860), deep_noise(13, 11, 3, 860)
    goldens.add("grayscale", "grayscale", values, F.to_grayscale(picture(values), 3), 860)
    goldens.add("grayscale", "grayscale", deep, np.repeat(deep_gray(deep)[..., None], 3, 2).astype(np.uint16), 860)


def geometry(goldens):
    for seed, (width, height, channels, factor) in enumerate(
            [(13, 11, 3, 2.0), (14, 9, 1, 2.0), (20, 16, 3, 3.5), (5, 3, 1, 8.0)], 870):
        for name, code in FILTERS.items():
            values = noise(width, height, channels, seed)
            small = picture(values).resize(tuple(max(1, round(side / factor)) for side in (width, height)), code)
            goldens.add("lowFrequency", f"lowFrequency-{name}", values, small.resize((width, height), code), seed,
                        parameters=[factor])
    for seed, (width, height, out_width, out_height) in enumerate(
            [(25, 17, 9, 9), (17, 25, 9, 9), (16, 16, 9, 9), (25, 17, 8, 12), (25, 17, 16, 5), (12, 8, 24, 24)], 880):
        values = noise(width, height, 3, seed)
        share = min(width / out_width, height / out_height)
        cut = (height, round(height * out_width / out_height)) if width * out_height >= height * out_width \
            else (round(width * out_height / out_width), width)
        assert abs(cut[0] - share * out_height) <= 0.5 and abs(cut[1] - share * out_width) <= 0.5
        result = F.resize(F.center_crop(picture(values), list(cut)), [out_height, out_width],
                          transforms.InterpolationMode.BICUBIC)
        goldens.add("centerCrop", "centerCrop", values, result, seed)


def normals(generator, count):
    """Box and Muller's numbers, two of a word."""
    words = [generator.next() for _ in range((count + 1) // 2)]
    radius = np.sqrt(-2 * np.log([((word >> 40) + 1) / 2**24 for word in words]))
    angle = 2 * np.pi * np.array([(word >> 16 & 0xFFFFFF) / 2**24 for word in words])
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).reshape(-1)[:count]


def to_depth(unit, dtype):
    return np.rint(np.clip(unit, 0, 1) * np.iinfo(dtype).max).astype(dtype)


def noises(goldens):
    for seed in range(900, 908):
        values = noise(13, 11, (3, 1)[seed % 2], seed) if seed < 905 else deep_noise(13, 11, 3, seed)
        height, width, channels = values.shape
        generator = SplitMix64(seed)
        generator.next()  # whether
        side = generator.index(min(height, width)) + 1
        top, left = generator.index(height - side + 1), generator.index(width - side + 1)
        deviation = 0.5 * generator.uniform()
        unit = values / np.iinfo(values.dtype).max
        drawn = normals(generator, side * side * channels).reshape(side, side, channels)
        unit[top:top + side, left:left + side] += deviation * drawn
        # Single precision moves a sample of 16 bits by less than a step, a half to either side.
        goldens.add("gaussianNoisePatches", "noisePatch", values, to_depth(unit, values.dtype), seed, tolerance=1)


def erasing_rectangle(generator, values, scale, ratio):
    """torchvision's RandomErasing.get_params on our draws."""
    torch.Tensor.uniform_ = lambda tensor, low, high: tensor.fill_(
        float(low) + (float(high) - float(low)) * generator.uniform())
    kept = torch.randint
    torch.randint = lambda low, high, size: torch.tensor([low + generator.index(high - low)])
    tensor = torch.empty(values.shape[2], *values.shape[:2])
    top, left, height, width, erased = transforms.RandomErasing.get_params(tensor, scale, ratio, [0.0])
    torch.randint = kept
    return None if erased is tensor else (top, left, height, width)


def erasings(goldens):
    for seed in range(920, 932):
        values = noise(13, 11, 3, seed) if seed < 928 else deep_noise(13, 11, 3, seed)
        scale, ratio = [((0.02, 0.33), (0.3, 3.3)), ((0.2, 0.9), (0.1, 2.0))][seed // 2 % 2]
        generator = SplitMix64(seed)
        generator.next()  # whether
        rectangle = erasing_rectangle(generator, values, scale, ratio)
        normalised = (values / np.iinfo(values.dtype).max - MEAN) / DEVIATION
        if rectangle:
            top, left, height, width = rectangle
            fill = normals(generator, height * width * 3).reshape(height, width, 3) if seed % 2 else 0
            normalised[top:top + height, left:left + width] = fill
        goldens.add("randomErasing", "erase-noise" if seed % 2 else "erase-mean", values,
                    to_depth(normalised * DEVIATION + MEAN, values.dtype), seed, tolerance=1,
                    parameters=[*scale, *ratio])
    entries, generator = [], SplitMix64(2025)
    for width, height in [(224, 224), (31, 47), (3, 3), (640, 90), (1, 1), (7, 1)]:
        for scale, ratio in (((0.02, 0.33), (0.3, 3.3)), ((0.3, 1.0), (0.5, 1.5))):
            for _ in range(10):
                rectangle = erasing_rectangle(generator, np.empty((height, width, 3)), scale, ratio)
                if rectangle and 0 in rectangle[2:]:
                    rectangle = None
                entries.append([width, height, *scale, *ratio, *(rectangle or (0, 0, 0, 0))])
    (GOLDEN / "augmentations-erasing.json").write_text(
        "[\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]\n")


if __name__ == "__main__":
    goldens = Goldens()
    colours(goldens)
    every_colour()
    blurs(goldens)
    exact_operations(goldens)
    geometry(goldens)
    noises(goldens)
    jitters(goldens)
    erasings(goldens)
    goldens.write()
    print(len(goldens.entries), "cases,", sum(f.stat().st_size for f in GOLDEN.glob("augmentations*")), "bytes")
