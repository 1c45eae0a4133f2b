"""Goldens of the Imaging tests: files to decode and their pixels, resizes, crops, evaluation views.

Resizes run columns first, then rows, as every Pillow before version 13 did. Pillow 13 swaps the passes where
the height shrinks much more than the width, which moves some samples by one; two one-axis resizes do not
depend on the version.

Needs Pillow, NumPy, torch and torchvision. Run from anywhere: python Scripts/golden/imaging.py
PNG files are written here by hand, sample by sample, so that their pixels are known without any decoder;
JPEG pixels, resizes and views are Pillow's; crops are torchvision's, its draws replaced by those of a
SplitMix64 generator that the tests run too.
"""

import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torchvision import transforms

GOLDEN = Path(__file__).resolve().parents[2] / "Tests" / "ImagingTests" / "Golden"


pillow_resize = Image.Image.resize


def columns_then_rows(image, size, resample):
    return pillow_resize(pillow_resize(image, (size[0], image.height), resample), size, resample)


Image.Image.resize = columns_then_rows


class SplitMix64:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return z ^ (z >> 31)

    def uniform(self):
        return (self.next() >> 11) * 2.0**-53

    def index(self, bound):
        return (self.next() * bound) >> 64


def noise(width, height, channels, seed):
    """Uniform noise with saturated patches, so that bicubic overshoot is clipped. Tests make the same."""
    generator = SplitMix64(seed)
    values = np.array([generator.next() >> 56 for _ in range(width * height * channels)], np.uint8)
    values = values.reshape(height, width, channels)
    values[(values > 40) & (values < 100)] = 0
    values[(values >= 100) & (values < 160)] = 255
    return values


class Store:
    """Expected pixels, one after another in one file; entries say where."""

    def __init__(self, name):
        self.name, self.entries, self.data = name, [], bytearray()

    def add(self, pixels, depth=8, **entry):
        pixels = np.ascontiguousarray(pixels, "<u2" if depth == 16 else np.uint8)
        if depth == 16:
            entry["depth"] = 16
        height, width = pixels.shape[:2]
        channels = pixels.shape[2] if pixels.ndim == 3 else 1
        self.entries.append(dict(entry, width=width, height=height, channels=channels, offset=len(self.data)))
        self.data += pixels.tobytes()

    def write(self):
        (GOLDEN / f"{self.name}.bin").write_bytes(self.data)
        (GOLDEN / f"{self.name}.json").write_text(
            "[\n" + ",\n".join(json.dumps(entry) for entry in self.entries) + "\n]\n")


def png_chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def packed_rows(samples, depth):
    """Rows of samples [h, w, n] packed at `depth` bits, each after filter byte 0 (even) or 1 (odd rows)."""
    rows = bytearray()
    pixel_bytes = max(1, samples.shape[2] * depth // 8)
    for y, row in enumerate(samples):
        if depth == 16:
            line = row.astype(">u2").tobytes()
        elif depth == 8:
            line = row.astype(np.uint8).tobytes()
        else:
            bits = "".join(format(int(v), f"0{depth}b") for v in row.reshape(-1))
            bits += "0" * (-len(bits) % 8)
            line = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
        if y % 2:
            line = bytes((v - (line[i - pixel_bytes] if i >= pixel_bytes else 0)) & 255 for i, v in enumerate(line))
        rows += bytes([y % 2]) + line
    return rows


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png_file(samples, colour_type, depth, interlaced, extra=b""):
    height, width = samples.shape[:2]
    if interlaced:
        parts = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7]
        data = b"".join(packed_rows(part, depth) for part in parts if part.size)
    else:
        data = packed_rows(samples, depth)
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + extra
            + png_chunk(b"IDAT", zlib.compress(bytes(data), 9)) + png_chunk(b"IEND", b""))


def whole_bytes(samples, depth):
    """Samples of less than 8 bits stretched to 8; others as they are."""
    return samples * (255 // (2**depth - 1)) if depth < 8 else samples


def on_white(values, alpha, depth=8):
    white = 255 if depth <= 8 else 65535
    alpha = alpha[..., None].astype(np.int64)
    return (values * alpha + white * (white - alpha) + white // 2) // white


def agree_with_pillow(content, pixels):
    """Pillow's pixels, composited on white, are those expected; it keeps no more than 8 bits of a colour."""
    rgba = np.asarray(Image.open(io.BytesIO(content)).convert("RGBA"), np.int64)
    composited = on_white(rgba[..., :3], rgba[..., 3])
    assert (composited == np.broadcast_to(pixels, composited.shape)).all()


def png_kinds(store):
    random = np.random.default_rng(5)
    width, height = 13, 9
    for interlaced in (False, True):
        suffix = "-interlaced" if interlaced else ""

        def save(name, samples, colour_type, depth, pixels, extra=b""):
            file = f"{name}{suffix}.png"
            content = png_file(samples, colour_type, depth, interlaced, extra)
            (GOLDEN / file).write_bytes(content)
            store.add(pixels, max(depth, 8), file=file)
            # Pillow compares the key with samples that it has stretched to 8 bits, and finds it nowhere.
            if depth == 8 or (depth < 8 and "-key" not in name):
                agree_with_pillow(content, pixels)
            return content

        for depth in (1, 2, 4, 8, 16):
            samples = random.integers(0, 2**depth, (height, width, 1))
            save(f"gray{depth}", samples, 0, depth, whole_bytes(samples, depth))
            key = int(samples[3, 4, 0])
            alpha = np.where(samples[..., 0] == key, 0, 2 ** max(depth, 8) - 1)
            save(f"gray{depth}-key", samples, 0, depth, on_white(whole_bytes(samples, depth), alpha, depth),
                 png_chunk(b"tRNS", struct.pack(">H", key)))
        for depth in (8, 16):
            rgb = random.integers(0, 2**depth, (height, width, 3))
            save(f"rgb{depth}", rgb, 2, depth, rgb)
            alpha = np.where((rgb == rgb[2, 5]).all(-1), 0, 2**depth - 1)
            save(f"rgb{depth}-key", rgb, 2, depth, on_white(rgb, alpha, depth),
                 png_chunk(b"tRNS", struct.pack(">HHH", *map(int, rgb[2, 5]))))
            alpha = random.integers(0, 2**depth, (height, width, 1))
            alpha[0, 0], alpha[0, 1] = 0, 2**depth - 1
            rgba = np.concatenate([rgb, alpha], -1)
            save(f"rgba{depth}", rgba, 6, depth, on_white(rgb, alpha[..., 0], depth))
            grays = rgba[..., 2:]
            save(f"gray-alpha{depth}", grays, 4, depth, on_white(grays[..., :1], alpha[..., 0], depth))
        for depth in (1, 2, 4, 8):
            count = min(2**depth, 50)
            palette = random.integers(0, 256, (count, 3))
            indices = random.integers(0, count, (height, width, 1))
            colours = palette[indices[..., 0]]
            chunk = png_chunk(b"PLTE", palette.astype(np.uint8).tobytes())
            save(f"palette{depth}", indices, 3, depth, colours, chunk)
            alphas = random.integers(0, 256, (count + 1) // 2)
            full = np.concatenate([alphas, np.full(count - len(alphas), 255)])
            save(f"palette{depth}-alpha", indices, 3, depth, on_white(colours, full[indices[..., 0]]),
                 chunk + png_chunk(b"tRNS", alphas.astype(np.uint8).tobytes()))
    rgb = random.integers(0, 256, (height, width, 3))
    gamma = png_chunk(b"gAMA", struct.pack(">I", 100000)) + png_chunk(b"tEXt", b"Title\0with gamma")
    (GOLDEN / "rgb8-gamma.png").write_bytes(png_file(rgb, 2, 8, False, gamma))
    store.add(rgb, file="rgb8-gamma.png")
    pixel = np.array([[[17]]])
    huge = struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
    (GOLDEN / "huge-header.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", huge) + png_chunk(b"IDAT", zlib.compress(b"\0" * 100)))
    (GOLDEN / "one-pixel.png").write_bytes(png_file(pixel, 0, 8, False))
    store.add(pixel, file="one-pixel.png")


def exif(orientation, order, kind=3):
    """An APP1 segment with another entry before the orientation."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    value = struct.pack(order + ("HH" if kind == 3 else "I"), *((orientation, 0) if kind == 3 else (orientation,)))
    directory = (struct.pack(order + "IH", 8, 2)
                 + struct.pack(order + "HHII", 0x0100, 4, 1, 77)
                 + struct.pack(order + "HHI", 0x0112, kind, 1) + value + struct.pack(order + "I", 0))
    content = b"Exif\0\0" + mark + directory
    return b"\xff\xe1" + struct.pack(">H", 2 + len(content)) + content


def scene(width, height, seed):
    """A smooth picture with an edge, as JPEG likes them."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    picture = np.stack([127 + 120 * np.sin(x / 7 + seed), 127 + 120 * np.cos(y / 5 - seed), 255 * (x + y < width * 0.7)], -1)
    return np.clip(picture + np.random.default_rng(seed).normal(0, 6, picture.shape), 0, 255).astype(np.uint8)


def jpeg_kinds(store):
    def encode(picture, **options):
        stream = io.BytesIO()
        picture.save(stream, "JPEG", **options)
        return stream.getvalue()

    def save(file, content):
        (GOLDEN / file).write_bytes(content)
        decoded = Image.open(io.BytesIO(content))
        decoded = ImageOps.exif_transpose(decoded)
        if decoded.mode == "CMYK":
            decoded = decoded.convert("RGB")
        store.add(np.asarray(decoded), file=file)

    rgb = Image.fromarray(scene(40, 30, 1))
    odd = Image.fromarray(scene(37, 23, 2))
    tiny = Image.fromarray(scene(3, 2, 3))
    for name, picture in (("even", rgb), ("odd", odd), ("tiny", tiny)):
        for subsampling in ("4:4:4", "4:2:2", "4:2:0"):
            short = subsampling.replace(":", "")
            save(f"ycbcr{short}-{name}.jpg", encode(picture, quality=85, subsampling=subsampling))
    save("ycbcr420-progressive.jpg", encode(odd, quality=80, progressive=True))
    save("ycbcr420-restarts.jpg", encode(odd, quality=80, restart_marker_blocks=2))
    save("gray.jpg", encode(odd.convert("L"), quality=85))
    save("gray-progressive.jpg", encode(odd.convert("L"), quality=85, progressive=True))
    save("rgb.jpg", encode(odd, quality=85, keep_rgb=True))
    ink = Image.merge("CMYK", [*odd.split(), odd.convert("L").point(lambda v: v // 2)])
    cmyk = encode(ink, quality=85)
    save("cmyk.jpg", cmyk)
    adobe = cmyk.index(b"\xff\xee\x00\x0eAdobe")
    save("ycck.jpg", cmyk[: adobe + 15] + b"\x02" + cmyk[adobe + 16 :])
    save("cmyk-unmarked.jpg", cmyk[:adobe] + cmyk[adobe + 16 :])
    save("cmyk-progressive.jpg", encode(ink, quality=85, progressive=True))
    plain = encode(Image.fromarray(scene(21, 13, 4)), quality=90)
    for orientation in range(1, 9):
        for order, name in (("<", "little"), (">", "big")):
            save(f"exif{orientation}-{name}.jpg", plain[:2] + exif(orientation, order) + plain[2:])
    save("exif6-long.jpg", plain[:2] + exif(6, ">", kind=4) + plain[2:])
    gray = encode(Image.fromarray(scene(21, 13, 5)).convert("L"), quality=90)
    save("exif8-gray.jpg", gray[:2] + exif(8, "<") + gray[2:])
    save("trailing-bytes.jpg", plain + b"anything after the end")


FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def picture(values):
    return Image.fromarray(values[..., 0] if values.shape[2] == 1 else values)


def resizes():
    store = Store("resize")
    sizes = [  # input, output
        ((37, 29), (16, 16)), ((37, 29), (53, 41)), ((37, 29), (20, 60)), ((37, 29), (80, 9)),
        ((37, 29), (37, 11)), ((37, 29), (15, 29)), ((40, 33), (17, 5)), ((100, 70), (3, 2)),
        ((1, 1), (5, 4)), ((2, 3), (1, 1)), ((5, 1), (9, 7)), ((1, 6), (20, 3)), ((64, 50), (33, 33)),
        ((200, 3), (31, 2)), ((3, 200), (2, 31)), ((19, 17), (18, 16)), ((8, 8), (32, 32)), ((4, 20), (4, 9)),
    ]
    for case, ((width, height), (out_width, out_height)) in enumerate(sizes):
        for channels in (1, 3):
            for name, code in FILTERS.items():
                values = noise(width, height, channels, case)
                result = picture(values).resize((out_width, out_height), code)
                store.add(np.asarray(result), inputWidth=width, inputHeight=height, seed=case, filter=name)
    crops = [((5, 4, 20, 18), (14, 14)), ((0, 0, 17, 29), (30, 12)), ((30, 20, 7, 9), (7, 20)),
             ((3, 0, 24, 11), (10, 11)), ((10, 10, 16, 16), (16, 16)), ((36, 28, 1, 1), (6, 6))]
    for (left, top, width, height), size in crops:
        for channels in (1, 3):
            for name, code in FILTERS.items():
                values = noise(37, 29, channels, 99)
                result = picture(values).crop((left, top, left + width, top + height)).resize(size, code)
                store.add(np.asarray(result), inputWidth=37, inputHeight=29, seed=99, filter=name,
                          crop=dict(left=left, top=top, width=width, height=height))
    store.write()


def views():
    store = Store("views")
    for case, (width, height) in enumerate([(50, 37), (37, 50), (23, 90), (32, 32), (40, 40), (45, 32), (9, 7)]):
        for channels in (1, 3):
            for name, size, crop in (("bicubic", 36, 32), ("bilinear", 32, 32), ("bicubic", 33, 20)):
                values = noise(width, height, channels, 500 + case)
                chain = transforms.Compose([
                    transforms.Resize(size, transforms.InterpolationMode(name)), transforms.CenterCrop(crop)])
                store.add(np.asarray(chain(picture(values))), inputWidth=width, inputHeight=height,
                          seed=500 + case, filter=name, resizeShorterSide=size)
    store.write()


def crops():
    """torchvision's RandomResizedCrop.get_params on our uniforms."""
    generator = SplitMix64(2024)

    def uniform_(tensor, low, high):
        return tensor.fill_(float(low) + (float(high) - float(low)) * generator.uniform())

    def randint(low, high, size):
        return torch.tensor([low + generator.index(high - low)])

    torch.Tensor.uniform_, torch.randint = uniform_, randint
    entries = []
    for width, height in [(1000, 750), (224, 224), (31, 47), (3, 3), (640, 90), (90, 640), (1, 1), (7, 1)]:
        for scale, ratio in (((0.08, 1.0), (3 / 4, 4 / 3)), ((0.2, 1.0), (3 / 4, 4 / 3)), ((0.4, 0.9), (0.5, 1.5))):
            image = torch.empty(3, height, width)
            for _ in range(12):
                top, left, h, w = transforms.RandomResizedCrop.get_params(image, list(scale), list(ratio))
                entries.append([width, height, *scale, *ratio, left, top, w, h])
    (GOLDEN / "crops.json").write_text("[\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]\n")


def luma():
    values = noise(64, 4, 3, 7)
    store = Store("luma")
    store.add(np.asarray(picture(values).convert("L")), seed=7)
    store.write()


def jpeg_encodings():
    """What Pillow's JPEGs of noise decode to, at each quality and chroma."""
    store = Store("jpeg-encode")
    for seed, (width, height, channels, quality, subsampling) in enumerate(
            [(40, 30, 3, 95, 0), (40, 30, 3, 85, 2), (33, 17, 3, 50, 2), (1, 1, 3, 90, 2), (25, 19, 1, 75, 0),
             (16, 16, 3, 100, 0), (23, 40, 3, 1, 2)]):
        file = io.BytesIO()
        picture(noise(width, height, channels, 60 + seed)).save(
            file, "JPEG", quality=quality, subsampling=subsampling)
        store.add(np.asarray(Image.open(file)), seed=60 + seed, quality=quality, halvesChroma=subsampling == 2)
    store.write()


if __name__ == "__main__":
    for old in GOLDEN.iterdir():
        if old.is_file() and old.name != ".gitkeep" and not old.name.startswith("augmentations"):
            old.unlink()
    decoded = Store("decode")
    png_kinds(decoded)
    jpeg_kinds(decoded)
    decoded.write()
    resizes()
    views()
    luma()
    crops()
    jpeg_encodings()
    print(sum(f.stat().st_size for f in GOLDEN.iterdir() if f.is_file()), "bytes")
