"""Goldens of TIFF (docs/images.md): one small real file a kind, and what tifffile or Pillow reads in it.

Run from anywhere: python Scripts/golden/tiff_kinds.py

Most files are tifffile's or Pillow's. Kinds that neither writes are put together here tag by tag (`tiff_file`): their
pixels are known without a decoder.
"""

import io
import json
import re
import struct
import zlib
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

FOLDER = Path(__file__).resolve().parents[2] / "Tests/ImagingTests/Golden/tiff"
WIDTH, HEIGHT = 33, 21
RANDOM = np.random.default_rng(19)


def ramp(channels, low, high, dtype, smooth=True):
    """Waves and a little noise over a range: [21, 33], with channels [21, 33, channels]."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    waves = [np.sin(columns / (3 + k) + k) * np.cos(rows / (4 + k / 2)) for k in range(channels)]
    unit = np.stack(waves, -1) / 2 + 0.5
    unit = np.clip(unit + RANDOM.normal(0, 0.01 if smooth else 0.2, unit.shape), 0, 1)
    values = low + unit * (high - low)
    values = values.astype(dtype) if np.issubdtype(dtype, np.floating) else np.rint(values).astype(dtype)
    values.flat[0], values.flat[-1] = low, high
    return values[..., 0] if channels == 1 else values


# Tags by which files are put together.
WIDTH_TAG, HEIGHT_TAG, BITS, COMPRESSION, PHOTOMETRIC, OFFSETS, SAMPLES, ROWS, COUNTS, PLANAR = (
    256, 257, 258, 259, 262, 273, 277, 278, 279, 284)
FILL_ORDER, ORIENTATION, COLOR_MAP, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS = 266, 274, 320, 322, 323, 324, 325
EXTRA, FORMAT, MISSING = 338, 339, 42113


def tiff_file(blocks, tags, order="<", big=False, tiled=False):
    """A TIFF of one page: its strips or tiles, None for one that is left out, and {tag: (type, values)}."""
    place = "Q" if big else "I"
    header = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42)
    header += struct.pack(order + "HHQ", 8, 0, 16) if big else struct.pack(order + "I", 8)
    base = {WIDTH_TAG: (3, [WIDTH]), HEIGHT_TAG: (3, [HEIGHT]), COMPRESSION: (3, [1]), PHOTOMETRIC: (3, [1]),
            SAMPLES: (3, [1]), BITS: (3, [8])}
    if not tiled:
        base[ROWS] = (3, [HEIGHT])
    tags = {**base, **tags}
    offsets, counts = (TILE_OFFSETS, TILE_COUNTS) if tiled else (OFFSETS, COUNTS)
    tags[offsets] = (16 if big else 4, [0] * len(blocks))
    tags[counts] = (16 if big else 4, [0 if block is None else len(block) for block in blocks])
    tags = dict(sorted((tag, entry) for tag, entry in tags.items() if entry))
    letters = {2: "s", 3: "H", 4: "I", 5: "I", 12: "d", 16: "Q"}

    def packed(kind, values):
        return values if kind == 2 else struct.pack(f"{order}{len(values)}{letters[kind]}", *values)

    entry_size, count_size, place_size = (20, 8, 8) if big else (12, 2, 4)
    after = len(header) + count_size + entry_size * len(tags) + place_size
    values_size = sum(len(packed(*entry)) for entry in tags.values() if len(packed(*entry)) > place_size)
    position = after + values_size + values_size % 2
    data = b""
    for index, block in enumerate(blocks):
        if block is not None:
            tags[offsets][1][index] = position + len(data)
            data += block
    table, outside = struct.pack(order + ("Q" if big else "H"), len(tags)), b""
    for tag, (kind, values) in tags.items():
        content = packed(kind, values)
        count = len(values) // (2 if kind == 5 else 1)
        table += struct.pack(order + "HH" + place, tag, kind, count)
        if len(content) <= place_size:
            table += content.ljust(place_size, b"\0")
        else:
            table += struct.pack(order + place, after + len(outside))
            outside += content
    return header + table + bytes(place_size) + outside.ljust(position - after, b"\0") + data


def written(values, **options):
    stream = io.BytesIO()
    options.setdefault("photometric", "rgb" if values.ndim == 3 and values.shape[-1] in (3, 4) else "minisblack")
    options.setdefault("metadata", None)
    tifffile.imwrite(stream, values, software=False, **options)
    return stream.getvalue()


def saved(picture, **options):
    stream = io.BytesIO()
    picture.save(stream, "TIFF", **options)
    return stream.getvalue()


def packed_bits(values, bits):
    """Rows of samples of some bits, the high bit first, each row in whole bytes."""
    rows = values.reshape(values.shape[0], -1).astype(np.uint64)
    digits = rows[..., None] >> np.arange(bits - 1, -1, -1, dtype=np.uint64) & np.uint64(1)
    return np.packbits(digits.reshape(rows.shape[0], -1).astype(np.uint8), axis=1).tobytes()


def stretched(values, bits):
    """v·m/(2^b − 1), rounded to nearest: m the greatest of 8 or of 16 bits."""
    wanted, dtype = (255, np.uint8) if bits <= 8 else (65535, np.uint16)
    greatest = 2**bits - 1
    return ((2 * values.astype(np.int64) * wanted + greatest) // (2 * greatest)).astype(dtype)


def on_white(values):
    """round((v·a + white·(white − a)) / white)."""
    white = np.iinfo(values.dtype).max
    wide = values.astype(np.int64)
    alpha = wide[..., -1:]
    return ((wide[..., :-1] * alpha + white * (white - alpha) + white // 2) // white).astype(values.dtype)


def read(content, page=0):
    """tifffile's samples, channels last."""
    with tifffile.TiffFile(io.BytesIO(content)) as file:
        page = file.pages[page]
        values = page.asarray()
        if values.ndim == 3 and page.planarconfig == 2:
            values = np.moveaxis(values, 0, -1)
        return values


def pillow(content):
    picture = Image.open(io.BytesIO(content))
    return np.asarray(picture if picture.mode == "L" else picture.convert("RGB"))


def whole_numbers():
    """(name, file, what is delivered), lossless."""
    gray, color, alpha = ramp(1, 0, 255, np.uint8), ramp(3, 0, 255, np.uint8), ramp(4, 0, 255, np.uint8)
    gray16, color16, alpha16 = ramp(1, 0, 65535, np.uint16), ramp(3, 0, 65535, np.uint16), ramp(4, 0, 65535, np.uint16)
    for name, values in {"gray8": gray, "gray16": gray16, "rgb8": color, "rgb16": color16}.items():
        content = written(values)
        yield name, content, read(content)
        content = written(values, byteorder=">", rowsperstrip=5)
        yield f"{name}-big-endian", content, read(content)
    for order, word in (("<", "little"), (">", "big")):
        content = written(color16, byteorder=order, bigtiff=True, compression="lzw", predictor=True, rowsperstrip=4)
        yield f"bigtiff-{word}", content, read(content)
    for name, values, kind in (("rgba8", alpha, "unassalpha"), ("rgba16", alpha16, "unassalpha")):
        content = written(values, extrasamples=[kind], compression="zlib")
        yield name, content, on_white(read(content))
    for name, values in (("rgba8-premultiplied", alpha), ("rgba16-premultiplied", alpha16)):
        white = np.iinfo(values.dtype).max
        wide = values.astype(np.int64)
        wide[..., :3] = wide[..., :3] * wide[..., 3:] // white
        content = written(wide.astype(values.dtype), extrasamples=["assocalpha"])
        yield name, content, (wide[..., :3] + white - wide[..., 3:]).astype(values.dtype)
    for name, values, kind in (("gray-alpha8", alpha, 2), ("gray-alpha16", alpha16, 2),
                               ("gray-alpha8-premultiplied", alpha, 1)):
        white = np.iinfo(values.dtype).max
        wide = values[..., 2:].astype(np.int64)
        if kind == 1:
            wide[..., 0] = wide[..., 0] * wide[..., 1] // white
        pair = wide.astype(values.dtype)
        content = written(pair, photometric="minisblack", planarconfig="contig", extrasamples=[kind])
        expected = (wide[..., 0] + white - wide[..., 1]).astype(values.dtype) if kind == 1 else on_white(pair)
        yield name, content, expected
    for count in (2, 4, 5, 13):
        values = ramp(count, 0, 65535, np.uint16) if count == 5 else ramp(count, 0, 255, np.uint8)
        for planar in ("contig", "separate"):
            shaped = np.moveaxis(values, -1, 0) if planar == "separate" else values
            content = written(shaped, photometric="minisblack", planarconfig=planar, extrasamples=[0] * (count - 1),
                              compression="zlib", rowsperstrip=8)
            yield f"bands{count}-{planar}", content, read(content)
    content = written(alpha, extrasamples=["unspecified"])
    yield "rgb-and-band", content, read(content)
    content = written(np.moveaxis(color16, -1, 0), planarconfig="separate", photometric="rgb", rowsperstrip=6)
    yield "rgb16-planar", content, read(content)
    for tile in ((16, 16), (32, 16), (16, 48)):
        content = written(color, tile=tile, compression="lzw")
        yield f"tiles{tile[1]}x{tile[0]}", content, read(content)
    content = written(np.moveaxis(color16, -1, 0), tile=(16, 16), planarconfig="separate", photometric="rgb")
    yield "tiles-planar", content, read(content)
    content = written(gray, tile=(16, 16))
    yield "tiles-gray", content, read(content)

    for bits in (1, 2, 4, 6, 10, 12, 14):
        values = ramp(1, 0, 2**bits - 1, np.uint16 if bits > 8 else np.uint8)
        for order, word in (("<", ""), (">", "-big-endian")):
            tags = {BITS: (3, [bits])}
            yield f"uint{bits}{word}", tiff_file([packed_bits(values, bits)], tags, order), stretched(values, bits)
    values = ramp(3, 0, 4095, np.uint16)
    tags = {BITS: (3, [12] * 3), SAMPLES: (3, [3]), PHOTOMETRIC: (3, [2])}
    content = tiff_file([packed_bits(values, 12)], tags)
    assert np.array_equal(read(content), values)
    yield "rgb12", content, stretched(values, 12)
    padded = np.zeros((32, 48), np.uint8)
    values = ramp(1, 0, 1, np.uint8)
    padded[:HEIGHT, :WIDTH] = values
    blocks = [packed_bits(padded[row : row + 16, column : column + 16], 1) for row in (0, 16) for column in (0, 16, 32)]
    tags = {BITS: (3, [1]), TILE_WIDTH: (3, [16]), TILE_HEIGHT: (3, [16])}
    yield "uint1-tiles", tiff_file(blocks, tags, tiled=True), stretched(values, 1)

    for name, values in {"uint1": ramp(1, 0, 1, np.uint8), "uint8": gray, "uint16": gray16}.items():
        bits = int(name[4:])
        order = "<u2" if bits == 16 else "u1"
        data = packed_bits(values, 1) if bits == 1 else values.astype(order).tobytes()
        expected = stretched(2**bits - 1 - values.astype(np.int64), bits)
        yield f"white-is-zero-{name}", tiff_file([data], {BITS: (3, [bits]), PHOTOMETRIC: (3, [0])}), expected
    pair = alpha[..., :2]
    content = tiff_file([pair.tobytes()], {BITS: (3, [8, 8]), SAMPLES: (3, [2]), PHOTOMETRIC: (3, [0]), EXTRA: (3, [2])})
    yield "white-is-zero-alpha", content, on_white(np.stack([255 - pair[..., 0], pair[..., 1]], -1))

    colors = RANDOM.integers(0, 256, (256, 3))
    for bits in (1, 2, 4, 8):
        values = ramp(1, 0, 2**bits - 1, np.uint8)
        entries = colors[: 2**bits]
        tags = {BITS: (3, [bits]), PHOTOMETRIC: (3, [3]), COLOR_MAP: (3, (entries * 257).T.ravel().tolist())}
        content = tiff_file([packed_bits(values, bits)], tags)
        yield f"palette{bits}", content, pillow(content)
    values = ramp(1, 0, 15, np.uint8)
    odd = np.clip(colors[:16] * 256 + RANDOM.integers(0, 256, (16, 3)), 0, 65535)
    tags = {BITS: (3, [4]), PHOTOMETRIC: (3, [3]), COLOR_MAP: (3, odd.T.ravel().tolist())}
    content = tiff_file([packed_bits(values, 4)], tags)
    yield "palette-sixteen-bits", content, pillow(content)
    tags = {BITS: (3, [4]), PHOTOMETRIC: (3, [3]), COLOR_MAP: (3, colors[:16].T.ravel().tolist())}
    yield "palette-eight-bits", tiff_file([packed_bits(values, 4)], tags), colors[:16].astype(np.uint8)[values]
    pair = np.stack([gray, gray[::-1]], -1)
    tags = {BITS: (3, [8, 8]), SAMPLES: (3, [2]), PHOTOMETRIC: (3, [3]), EXTRA: (3, [2]),
            COLOR_MAP: (3, (colors * 257).T.ravel().tolist())}
    rgba = np.concatenate([colors.astype(np.uint8)[pair[..., 0]], pair[..., 1:]], -1)
    yield "palette-alpha", tiff_file([pair.tobytes()], tags), on_white(rgba)

    ink = Image.merge("CMYK", [Image.fromarray(alpha[..., channel]) for channel in range(4)])
    for compression in ("raw", "tiff_lzw"):
        content = saved(ink, compression=compression)
        yield f"cmyk8-{compression}", content, pillow(content)
    tags = {BITS: (3, [16] * 4), SAMPLES: (3, [4]), PHOTOMETRIC: (3, [5])}
    light = 65535 - alpha16.astype(np.int64)
    # Pillow's rounding, in 16 bits: c = light − ink·light/65535.
    product = alpha16[..., :3].astype(np.int64) * light[..., 3:] + 32768
    expected = (light[..., 3:] - (((product >> 16) + product) >> 16)).astype(np.uint16)
    yield "cmyk16", tiff_file([alpha16.astype("<u2").tobytes()], tags), expected
    tags = {**tags, BITS: (3, [8] * 4), 332: (3, [2])}
    yield "inks-not-cmyk", tiff_file([alpha.tobytes()], tags), alpha


def compressions():
    gray, color = ramp(1, 0, 255, np.uint8), ramp(3, 0, 255, np.uint8)
    gray16 = ramp(1, 0, 65535, np.uint16)
    for compression in ("lzw", "zlib", "packbits", "lzma", "zstd", "lerc"):
        content = written(color, compression=compression, rowsperstrip=8)
        yield f"{compression}", content, read(content)
    content = written(color, compression="webp", compressionargs={"lossless": True}, rowsperstrip=HEIGHT)
    yield "webp-lossless", content, read(content)
    content = written(color, compression=32946, rowsperstrip=8)
    yield "deflate-of-old", content, read(content)
    for compression in ("lzw", "zlib", "lzma", "zstd"):
        content = written(gray16, compression=compression, predictor=True, rowsperstrip=8)
        yield f"{compression}-predictor16", content, read(content)
        content = written(color, compression=compression, predictor=True, rowsperstrip=8, byteorder=">")
        yield f"{compression}-predictor8", content, read(content)
    content = written(ramp(1, 0, 1, np.float32), compression="lerc", rowsperstrip=8)
    yield "lerc-float", content, read(content)
    line_art = Image.fromarray(ramp(1, 0, 255, np.uint8) > 127)
    for compression in ("tiff_ccitt", "group3", "group4"):
        content = saved(line_art, compression=compression)
        yield f"{compression.replace('_', '-')}", content, np.asarray(line_art, np.uint8) * 255
    turned = bytearray(saved(line_art, compression="group4"))
    with tifffile.TiffFile(io.BytesIO(bytes(turned))) as file:
        page = file.pages[0]
        for offset, count in zip(page.dataoffsets, page.databytecounts):
            turned[offset : offset + count] = (int(f"{byte:08b}"[::-1], 2) for byte in turned[offset : offset + count])
        if FILL_ORDER in page.tags:
            entry = page.tags[FILL_ORDER]
            turned[entry.valueoffset : entry.valueoffset + 2] = struct.pack("<H", 2)
            yield "group4-low-bit-first", bytes(turned), np.asarray(line_art, np.uint8) * 255
    values = ramp(1, 0, 15, np.uint8)
    data = bytes(int(f"{byte:08b}"[::-1], 2) for byte in packed_bits(values, 4))
    yield "uint4-low-bit-first", tiff_file([data], {BITS: (3, [4]), FILL_ORDER: (3, [2])}), stretched(values, 4)


def lossy():
    """(name, file, what Pillow reads): decoders may differ by a level."""
    picture = Image.fromarray(ramp(3, 0, 255, np.uint8))
    for name, source in {"jpeg-gray": picture.convert("L"), "jpeg-rgb": picture}.items():
        content = saved(source, compression="jpeg")
        yield name, content, pillow(content)
    pixels = np.asarray(picture)
    for name, sampling in (("444", (1, 1)), ("422", (2, 1)), ("420", (2, 2))):
        content = written(pixels, compression="jpeg", photometric="ycbcr" if name == "444" else "rgb",
                          subsampling=sampling, rowsperstrip=16)
        yield f"jpeg-ycbcr{name}", content, pillow(content)
    content = written(pixels, compression="jpeg", tile=(16, 16), photometric="rgb", subsampling=(2, 2))
    yield "jpeg-tiles", content, pillow(content)
    content = written(pixels, compression="webp", compressionargs={"level": 80}, rowsperstrip=HEIGHT)
    yield "webp", content, read(content)

    luma = np.asarray(picture.convert("YCbCr"))
    tags = {BITS: (3, [8] * 3), SAMPLES: (3, [3]), PHOTOMETRIC: (3, [6]), 530: (3, [1, 1]),
            532: (5, [0, 1, 255, 1, 128, 1, 255, 1, 128, 1, 255, 1])}
    for name, across, down in (("444", 1, 1), ("422", 2, 1), ("420", 2, 2)):
        wide = np.pad(luma, ((0, -HEIGHT % down), (0, -WIDTH % across), (0, 0)), "edge")
        cells = wide.reshape(wide.shape[0] // down, down, wide.shape[1] // across, across, 3).transpose(0, 2, 1, 3, 4)
        light = cells[..., 0].reshape(*cells.shape[:2], -1)
        chroma = np.rint(cells[..., 1:].astype(float).mean((2, 3))).astype(np.uint8)
        data = np.concatenate([light, chroma], -1).tobytes()
        halved = {**tags, 530: (3, [across, down])}
        # Pillow reads it with libtiff where it is compressed, and not at all where it is not.
        content = tiff_file([zlib.compress(data, 9)], {**halved, COMPRESSION: (3, [8])})
        expected = pillow(content)
        yield f"ycbcr{name}-deflate", content, expected
        yield f"ycbcr{name}", tiff_file([data], halved), expected
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=85, subsampling="4:2:0")
    jpeg = stream.getvalue()
    tags = {BITS: (3, [8] * 3), SAMPLES: (3, [3]), PHOTOMETRIC: (3, [6]), COMPRESSION: (3, [6]), 530: (3, [2, 2]),
            512: (3, [1]), 513: (4, [0]), 514: (4, [len(jpeg)])}
    content = bytearray(tiff_file([jpeg], tags))
    start = content.index(b"\xff\xd8\xff")
    entry = content.index(struct.pack("<HHI", 513, 4, 1))
    content[entry + 8 : entry + 12] = struct.pack("<I", start)
    yield "jpeg-of-old", bytes(content), pillow(bytes(content))


def numbers():
    """Samples that are delivered as they are stored, in single precision."""
    for kind, low, high in (("int8", -128, 127), ("int16", -32768, 32767), ("int32", -(2**31), 2**31 - 1),
                            ("uint32", 0, 2**32 - 1), ("float16", -8, 8), ("float32", -1000, 1000),
                            ("float64", -1e6, 1e6), ("int64", -(2**40), 2**40), ("uint64", 0, 2**40)):
        values = ramp(1, low, high, np.dtype(kind))
        for order, word in (("<", ""), (">", "-big-endian")):
            content = written(values, byteorder=order)
            yield f"{kind}{word}", content, read(content)
    odd = np.array([0, 1, -1, 0.5, 65504, 6e-8, 6e-5, np.inf, -np.inf, np.nan, 1e-3], np.float16)
    content = written(np.resize(odd, (HEIGHT, WIDTH)), compression="zlib")
    yield "float16-odd", content, read(content)
    for kind in ("float16", "float32", "float64"):
        content = written(ramp(3, 0, 1, np.dtype(kind)), compression="zlib", predictor=True, rowsperstrip=8)
        yield f"{kind}-predictor", content, read(content)
    content = written(ramp(1, 0, 2**32 - 1, np.uint32), compression="lzw", predictor=2)
    yield "uint32-predictor", content, read(content)
    content = written(ramp(2, -1, 1, np.float32), photometric="minisblack", planarconfig="contig", extrasamples=[0], tile=(16, 16))
    yield "float32-bands", content, read(content)
    # 24 bits: a whole number, or a sign, 7 bits of exponent and 16 of fraction. The bytes of either are in the order of the
    # file, as libtiff and GDAL have it; tifffile takes whole numbers for the high byte first always.
    whole = ramp(1, 0, 2**24 - 1, np.uint32)
    fractions = ramp(1, -100, 100, np.float32)
    for order, word in (("<", ""), (">", "-big-endian")):
        def triples(codes):
            parts = codes.astype("<u4").view(np.uint8).reshape(HEIGHT, WIDTH, 4)[..., :3]
            return (parts if order == "<" else parts[..., ::-1]).tobytes()

        yield f"uint24{word}", tiff_file([triples(whole)], {BITS: (3, [24])}, order), whole
        bits = fractions.view(np.uint32)
        exponent = (bits >> 23 & 255).astype(np.int64) - 127 + 63
        codes = (bits >> 31 << 23) | (exponent << 16).astype(np.uint32) | (bits & 0x7FFFFF) >> 7
        codes[fractions == 0] = 0
        kept = np.where(codes == 0, 0, (bits & np.uint32(0xFFFFFF80)).view(np.float32))
        tags = {BITS: (3, [24]), FORMAT: (3, [3])}
        yield f"float24{word}", tiff_file([triples(codes)], tags, order), kept
    values = ramp(1, 0, 2**20 - 1, np.uint32)
    yield "uint20", tiff_file([packed_bits(values, 20)], {BITS: (3, [20])}), values
    values = ramp(1, -2048, 2047, np.int32)
    tags = {BITS: (3, [12]), FORMAT: (3, [2])}
    yield "int12", tiff_file([packed_bits(values & 0xFFF, 12)], tags), values
    values = ramp(1, 0, 2**32 - 1, np.uint32)
    tags = {BITS: (3, [32]), PHOTOMETRIC: (3, [0])}
    yield "white-is-zero-uint32", tiff_file([values.astype("<u4").tobytes()], tags), 2**32 - 1 - values.astype(np.int64)


def missing():
    """Samples that GDAL's tag names are missing: not a number, or 0 of 8 and 16 bits."""
    values = ramp(1, 0, 255, np.uint8)
    values[3:6, 4:9] = 255
    text = {MISSING: (2, b"255\0")}
    yield "missing-uint8", tiff_file([values.tobytes()], text), np.where(values == 255, 0, values)
    values = ramp(1, 0, 1000, np.uint16)
    values[3:6, 4:9] = 65535
    tags = {BITS: (3, [16]), MISSING: (2, b"65535\0")}
    yield "missing-uint16", tiff_file([values.astype("<u2").tobytes()], tags), np.where(values == 65535, 0, values)
    for kind, code, words in (("int16", 2, b"-9999\0"), ("float32", 3, b"-3.40282346638529e+38\0"),
                              ("float64", 3, b"-1.7976931348623157e+308\0")):
        values = ramp(1, 0, 1000, np.dtype(kind))
        values[3:6, 4:9] = float(words[:-1]) if kind != "int16" else -9999
        tags = {BITS: (3, [8 * values.itemsize]), FORMAT: (3, [code]), MISSING: (2, words)}
        data = values.astype(f"<{values.dtype.str[1:]}").tobytes()
        wanted = np.where((values < 0), np.nan, values).astype(np.float32)
        yield f"missing-{kind}", tiff_file([data], tags), wanted
    values = ramp(1, 1, 255, np.uint8)
    padded = np.zeros((32, 48), np.uint8)
    padded[:HEIGHT, :WIDTH] = values
    padded[:16, 16:32] = 0
    blocks = [padded[row : row + 16, column : column + 16].tobytes() for row in (0, 16) for column in (0, 16, 32)]
    blocks[1] = None
    tags = {TILE_WIDTH: (3, [16]), TILE_HEIGHT: (3, [16])}
    yield "tile-left-out", tiff_file(blocks, tags, tiled=True), padded[:HEIGHT, :WIDTH]


def pages():
    """(name, file, pixels of each page)."""
    stack = [ramp(1, 0, 65535, np.uint16)[: HEIGHT - page] for page in range(4)]
    for big in (False, True):
        stream = io.BytesIO()
        with tifffile.TiffWriter(stream, bigtiff=big, byteorder=">" if big else "<") as file:
            for page in stack:
                file.write(page, photometric="minisblack", metadata=None, software=False)
        yield f"stack{'-big' if big else ''}", stream.getvalue(), stack
    stream = io.BytesIO()
    values = np.stack([ramp(1, 0, 65535, np.uint16) for _ in range(3)])
    tifffile.imwrite(stream, values, ome=True, photometric="minisblack", metadata={"axes": "CYX"})
    # The same file whenever it is made.
    yield "ome", re.sub(rb"(?<=urn:uuid:)[0-9a-f-]{36}", b"0" * 36, stream.getvalue()), list(values)
    stream = io.BytesIO()
    color = ramp(3, 0, 255, np.uint8)
    mask = np.ones((HEIGHT, WIDTH), bool)
    with tifffile.TiffWriter(stream) as file:
        common = {"metadata": None, "software": False}
        file.write(color, photometric="rgb", tile=(16, 16), **common)
        file.write(color[::2, ::2], photometric="rgb", subfiletype=1, tile=(16, 16), **common)
        file.write(mask, photometric="mask", subfiletype=4, **common)
        file.write(color[::4, ::4], photometric="rgb", subfiletype=1, **common)
        file.write(255 - color, photometric="rgb", subfiletype=2, **common)
    yield "pyramid", stream.getvalue(), [color, 255 - color]
    stream = io.BytesIO()
    with tifffile.TiffWriter(stream) as file:
        file.write(color, photometric="rgb", tile=(16, 16), subifds=1, **common)
        file.write(color[::2, ::2], photometric="rgb", subfiletype=1, tile=(16, 16), **common)
    yield "pyramid-below", stream.getvalue(), [color]
    content = written(color, subfiletype=1)
    yield "thumbnail-alone", content, [color]


def refused():
    """(name, file, what the failure says)."""
    gray, color = ramp(1, 0, 255, np.uint8), ramp(3, 0, 255, np.uint8)
    yield "lab", tiff_file([color.tobytes()], {BITS: (3, [8] * 3), SAMPLES: (3, [3]), PHOTOMETRIC: (3, [8])}), "L*a*b*"
    yield "mosaic", tiff_file([gray.tobytes()], {PHOTOMETRIC: (3, [32803])}), "mosaic"
    yield "complex", written(gray.astype(np.complex64)), "complex"
    yield "bits48", tiff_file([bytes(6 * gray.size)], {BITS: (3, [48])}), "48 bits"
    many = np.zeros((HEIGHT, WIDTH, 65), np.uint8)
    yield "channels65", written(many, photometric="minisblack", planarconfig="contig", extrasamples=[0] * 64,
                                compression="zlib"), "65 channels"
    yield "jpeg2000", written(color, compression="jpeg2000"), "JPEG 2000"
    yield "jpeg-xl", written(color, compression="jpegxl"), "JPEG XL"
    yield "twelve-bit-jpeg", written(ramp(1, 0, 4095, np.uint16), compression="jpeg", bitspersample=12), "12"
    yield "no-photometric", tiff_file([gray.tobytes()], {PHOTOMETRIC: None}), "photometric"
    yield "volume", tiff_file([gray.tobytes() * 2], {32997: (4, [2])}), "volume"
    inks = {BITS: (3, [32] * 4), SAMPLES: (3, [4]), PHOTOMETRIC: (3, [5]), FORMAT: (3, [3] * 4)}
    yield "cmyk-float", tiff_file([bytes(16 * gray.size)], inks), "CMYK"
    yield "mixed-bits", tiff_file([bytes(2 * gray.size)], {BITS: (3, [8, 16]), SAMPLES: (3, [2])}), "BitsPerSample"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    entries, expected, places = [], bytearray(), {}

    def keep(name, content, pixel_pages, largest=0):
        (FOLDER / f"{name}.tif").write_bytes(content)
        for number, pixels in enumerate(pixel_pages):
            if pixels.dtype not in (np.uint8, np.uint16):
                pixels = pixels.astype(np.float32)
            height, width, channels = *pixels.shape[:2], pixels.shape[2] if pixels.ndim == 3 else 1
            data = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
            if data not in places:
                places[data] = len(expected)
                expected.extend(data)
            entries.append({"file": f"{name}.tif", "page": number, "pageCount": len(pixel_pages), "width": width,
                            "height": height, "channels": channels, "bits": 8 * pixels.itemsize,
                            "offset": places[data], "largest": largest})

    for name, content, pixels in [*whole_numbers(), *compressions(), *numbers(), *missing()]:
        keep(name, content, [pixels])
    for name, content, pixels in lossy():
        keep(name, content, [pixels], 1)
    plain = ramp(3, 0, 255, np.uint8)
    for orientation in range(1, 9):
        content = written(plain, extratags=[(ORIENTATION, 3, 1, orientation, True)], compression="zlib")
        keep(f"orientation{orientation}", content, [pillow(content)])
    for name, content, pixels in pages():
        keep(name, content, pixels)
    refusals = []
    for name, content, words in refused():
        (FOLDER / f"refused-{name}.tif").write_bytes(content)
        refusals.append({"file": f"refused-{name}.tif", "words": words})
    (FOLDER / "expected.zlib").write_bytes(zlib.compress(expected, 9))
    (FOLDER / "expected.json").write_text("[\n" + ",\n".join(map(json.dumps, entries)) + "\n]\n")
    (FOLDER / "refused.json").write_text("[\n" + ",\n".join(map(json.dumps, refusals)) + "\n]\n")
    print(len(entries), "images,", sum(file.stat().st_size for file in FOLDER.iterdir()), "bytes")
