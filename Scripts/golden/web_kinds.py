"""Goldens of WebP, GIF and BMP (docs/images.md): a small file of every kind, and its pixels beside it as a PNG.

Needs Pillow and NumPy. Run from anywhere: python Scripts/golden/web_kinds.py
The pixels are Pillow's, of RGB or RGBA, upright; where Pillow refuses a kind or decodes it wrong they are those from
which the file was built here (`by`: specification). What Pillow does not write is put together byte by byte.
"""

import io
import json
import struct
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

FOLDER = Path(__file__).resolve().parents[2] / "Tests" / "ImagingTests" / "Golden" / "web"
WIDTH, HEIGHT = 33, 21


def scene(width, height, seed):
    """Smooth colours, a few sharp edges, a little noise; with alpha from none to full."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width] / max(width, height)
    waves = [np.sin(x * a + y * b + c) for a, b, c in random.uniform(2, 9, (4, 3))]
    pixels = 127 + 110 * np.stack(waves, -1) + random.normal(0, 6, (height, width, 4))
    pixels[height // 3 : height // 2, width // 4 : width // 2] = random.uniform(0, 255, 4)
    pixels[:, -5:-3, 0] = 255
    return np.clip(pixels, 0, 255).astype(np.uint8)


def saved(picture, format, **options):
    stream = io.BytesIO()
    picture.save(stream, format, **options)
    return stream.getvalue()


# WebP


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


def riff(*chunks):
    content = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(content)) + content


def extended(flags, width, height):
    return chunk(b"VP8X", bytes([flags, 0, 0, 0]) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3])


def frame(still, left, top, width, height, flags=2):
    """A frame of an animation with the picture of a still file."""
    start = 12 if still[12:16] != b"VP8X" else 30
    numbers = (left // 2, top // 2, width - 1, height - 1, 100)
    return chunk(b"ANMF", b"".join(struct.pack("<I", number)[:3] for number in numbers) + bytes([flags]) + still[start:])


def exif(orientation, order):
    return (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(
        order + "IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def webp_kinds():
    rgba = Image.fromarray(scene(WIDTH, HEIGHT, 1))
    rgb = rgba.convert("RGB")
    large = Image.fromarray(scene(70, 53, 2))
    few = rgb.quantize(9).convert("RGB")
    animation = chunk(b"ANIM", struct.pack("<IH", 0x80FF4020, 0))
    lossy, lossless = saved(rgb, "WEBP", quality=80), saved(rgb, "WEBP", lossless=True)
    clear, clear_lossy = saved(rgba, "WEBP", lossless=True, exact=True), saved(rgba, "WEBP", quality=70)
    yield "lossy", lossy
    yield "lossy-low", saved(large.convert("RGB"), "WEBP", quality=5)
    yield "lossy-large", saved(large.convert("RGB"), "WEBP", quality=90, method=6)
    yield "lossy-alpha", clear_lossy
    yield "lossy-alpha-large", saved(large, "WEBP", quality=60, alpha_quality=40, exact=True)
    yield "lossy-gray", saved(rgb.convert("L").convert("RGB"), "WEBP", quality=80)
    yield "lossless", lossless
    yield "lossless-large", saved(large.convert("RGB"), "WEBP", lossless=True, quality=100, method=6)
    yield "lossless-alpha", clear
    yield "lossless-palette", saved(few, "WEBP", lossless=True)
    yield "lossless-two-colours", saved(rgb.quantize(2).convert("RGB"), "WEBP", lossless=True)
    yield "one-pixel", saved(rgb.crop((0, 0, 1, 1)), "WEBP", quality=80)
    yield "notes", saved(rgb, "WEBP", quality=80, icc_profile=b"no profile", xmp=b"<no xmp/>")
    yield "trailing", lossy + bytes(range(200))
    for orientation in range(1, 9):
        note = exif(orientation, ">" if orientation % 2 else "<")
        marker = b"Exif\0\0" if orientation > 4 else b""
        yield f"exif{orientation}", riff(
            extended(0x08, WIDTH, HEIGHT), lossless[12:], chunk(b"EXIF", marker + note))
    yield "exif-without-flag", riff(extended(0, WIDTH, HEIGHT), lossless[12:], chunk(b"EXIF", exif(6, "<")))
    other = frame(saved(ImageOps.invert(rgb), "WEBP", quality=80), 0, 0, WIDTH, HEIGHT)
    yield "animated", saved(rgb, "WEBP", save_all=True, append_images=[ImageOps.invert(rgb)], quality=80)
    yield "animated-alpha", riff(
        extended(0x12, 44, 40), animation, frame(clear, 6, 4, WIDTH, HEIGHT, 0), other)
    yield "animated-lossy-alpha", riff(
        extended(0x12, 44, 40), animation, frame(clear_lossy, 10, 18, WIDTH, HEIGHT, 0), other)
    yield "animated-offset", riff(extended(0x02, 50, 30), animation, frame(lossy, 14, 8, WIDTH, HEIGHT), other)
    yield "animated-exif", riff(
        extended(0x0A, 50, 30), animation, frame(lossless, 2, 8, WIDTH, HEIGHT), other, chunk(b"EXIF", exif(6, ">")))


# GIF


def blocks(content, size=255):
    return b"".join(
        bytes([len(content[start : start + size])]) + content[start : start + size]
        for start in range(0, len(content), size)) + b"\0"


def lzw(indices, code_size, clears=True):
    """Codes of all indices; without `clears` the full table is kept."""
    clear = 1 << code_size
    bits, count, content = 0, 0, bytearray()
    width, table = code_size + 1, {}

    def put(code):
        nonlocal bits, count
        bits |= code << count
        count += width
        while count >= 8:
            content.append(bits & 255)
            bits >>= 8
            count -= 8

    put(clear)
    next_code, string = clear + 2, ()
    for index in indices:
        longer = string + (int(index),)
        if len(longer) == 1 or longer in table:
            string = longer
            continue
        put(table[string] if len(string) > 1 else string[0])
        if next_code < 4096:
            table[longer] = next_code
            if next_code == 1 << width and width < 12:
                width += 1
            next_code += 1
        elif clears:
            put(clear)
            next_code, width, table = clear + 2, code_size + 1, {}
        string = (int(index),)
    put(table[string] if len(string) > 1 else string[0])
    # The decoder has one more string by now.
    if next_code == 1 << width and width < 12:
        width += 1
    put(clear + 1)
    if count:
        content.append(bits & 255)
    return bytes(content)


def palette(bits, seed):
    return np.random.default_rng(seed).integers(0, 256, (1 << bits, 3)).astype(np.uint8).tobytes()


def gif(
    indices, bits, colours=None, local=None, transparent=None, place=(0, 0), screen=None, interlaced=False,
    version=b"GIF89a", before=b"", after=b"", clears=True, block=255, code_size=None,
):
    height, width = indices.shape
    screen = screen or (width, height)
    flags = 0x80 | bits - 1 if colours else 0
    content = version + struct.pack("<HHBBB", *screen, flags, 3, 0) + (colours or b"") + before
    if transparent is not None:
        content += b"!\xf9\x04\x01\0\0" + bytes([transparent, 0])
    flags = (0x80 | bits - 1 if local else 0) | (0x40 if interlaced else 0)
    if interlaced:
        rows = [row for first, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for row in range(first, height, step)]
        indices = indices[rows]
    code_size = code_size or max(2, bits)
    content += b"," + struct.pack("<HHHHB", *place, width, height, flags) + (local or b"") + bytes([code_size])
    return content + blocks(lzw(indices.flatten(), code_size, clears), block) + after + b";"


def gif_kinds():
    gray = scene(WIDTH, HEIGHT, 3)[..., 0].astype(int)
    eight, four, one = gray, gray >> 4, gray >> 7
    other = np.random.default_rng(4).integers(0, 256, (66, 70))
    colours = palette(8, 5)
    comment = b"!\xfe" + blocks(b"a comment")
    loop = b"!\xff" + blocks(b"NETSCAPE2.0") [:-1] + blocks(b"\1\0\0")
    later = b"!\xf9\x04\x09\0\0\7\0" + gif(gray >> 5, 3, local=palette(3, 6))[13:-1]
    yield "global", gif(eight, 8, colours)
    yield "global-87a", gif(eight, 8, colours, version=b"GIF87a")
    yield "local", gif(four, 4, palette(4, 7), local=palette(4, 8))
    yield "local-alone", gif(four, 4, local=palette(4, 8))
    yield "without-palette", gif(eight, 8)
    yield "gray-palette", gif(eight, 8, bytes(value for level in range(256) for value in [level] * 3))
    yield "two-colours", gif(one, 1, palette(1, 9))
    yield "three-bits", gif(gray >> 5, 3, palette(3, 10))
    yield "index-beyond", gif(gray >> 5, 2, palette(2, 11), code_size=3)
    yield "interlaced", gif(eight, 8, colours, interlaced=True)
    for height in (1, 2, 3, 5, 8):
        yield f"interlaced-{height}", gif(four[:height], 4, palette(4, 7), interlaced=True)
    yield "transparent", gif(four, 4, palette(4, 12), transparent=6)
    yield "transparent-interlaced", gif(four, 4, palette(4, 12), transparent=9, interlaced=True)
    yield "transparent-gray", gif(eight, 8, transparent=60)
    yield "offset", gif(four, 4, palette(4, 13), place=(5, 7), screen=(50, 40))
    yield "offset-transparent", gif(four, 4, palette(4, 13), place=(9, 2), screen=(50, 40), transparent=3)
    yield "offset-interlaced", gif(four, 4, palette(4, 13), place=(9, 2), screen=(50, 40), interlaced=True)
    yield "beyond-screen", gif(four, 4, palette(4, 14), place=(4, 3), screen=(20, 50))
    yield "animated", gif(eight, 8, colours, before=loop, after=comment + later)
    yield "notes", gif(eight, 8, colours, before=comment + b"!\x01" + blocks(b"plain text is passed over") + b"\0")
    yield "noise", gif(other, 8, colours)
    yield "noise-table-kept", gif(other, 8, colours, clears=False)
    yield "flat", gif(np.zeros((80, 100), int), 2, palette(2, 15))
    yield "small-blocks", gif(eight, 8, colours, block=3)
    picture = Image.fromarray(scene(WIDTH, HEIGHT, 16))
    yield "pillow", saved(picture.convert("RGB"), "GIF")
    yield "pillow-animated", saved(picture, "GIF", save_all=True, append_images=[picture.transpose(0)], interlace=1)


# BMP


def rows(values, bits):
    """Rows of pixels from the top, each padded to four bytes."""
    width = values.shape[1]
    size = (width * bits + 31) // 32 * 4
    for row in values:
        if bits < 8:
            per_byte = 8 // bits
            padded = np.pad(row, (0, -width % per_byte)).reshape(-1, per_byte)
            content = (padded << np.arange(8 - bits, -1, -bits)).sum(1).astype(np.uint8).tobytes()
        else:
            content = b"".join(int(value).to_bytes(bits // 8, "little") for value in row)
        yield content + bytes(size - len(content))


def bmp(
    data, bits, width=WIDTH, height=HEIGHT, colours=b"", compression=0, header=40, named=0, masks=(), gap=b"", offset=None,
):
    """A file with rows, bottom up, or other data as they are."""
    if not isinstance(data, bytes):
        data = b"".join(list(rows(data, bits))[:: -1 if height > 0 else 1])
    if header == 12:
        head = struct.pack("<IHHHH", header, width, height, 1, bits)
    else:
        head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(data), 2835, 2835, named, 0)
        head = struct.pack("<I", header) + head[4:header]
    words = b"".join(struct.pack("<I", mask) for mask in masks)
    head = (head + words).ljust(header, b"\0")
    start = 14 + len(head) + len(colours) + len(gap)
    return (b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start if offset is None else offset)
            + head + colours + gap + data)


def table(colours, entry=4):
    return b"".join(bytes(colour[::-1]) + bytes(entry - 3) for colour in colours.tolist())


def packed(rgba, widths, shifts):
    """Pixels of samples in the highest bits of 8, of the widths and at the shifts of red, green, blue, alpha."""
    value = np.zeros(rgba.shape[:2], np.int64)
    for channel, (width, shift) in enumerate(zip(widths, shifts)):
        value |= (rgba[..., channel].astype(np.int64) * 257 >> 16 - width) << shift
    return value


def unpacked(values, masks, deep=False):
    """The samples of pixels, by the specification and docs/images.md."""
    samples = []
    for mask in masks:
        shift = (mask & -mask).bit_length() - 1
        greatest = mask >> shift
        field = (values & mask) >> shift
        samples.append((field * 65535 * 2 + greatest) // (2 * greatest) if deep else field * 255 // greatest)
    return np.stack(samples, -1).astype(np.uint16 if deep else np.uint8)


def run_length(values, bits, seed):
    """Runs, alternating runs, indices as they are, all cut at random; rows from the bottom."""
    random = np.random.default_rng(seed)
    content = bytearray()
    for row in values[::-1].tolist():
        place = 0
        while place < len(row):
            step = 1 if bits == 8 else 2
            end = place + 1
            while end < len(row) and row[end] == row[end - step if end - place >= step else place + (end - place) % step] \
                    and end - place < 255:
                end += 1
            if bits == 4 and end == place + 1 and end < len(row):
                end += 1
            literal = min(int(random.integers(3, 20)), len(row) - place)
            if end - place < 4 and literal >= 3:
                part = row[place : place + literal]
                content += bytes([0, literal])
                part += [0] * (-literal % (2 if bits == 8 else 4))
                content += bytes(part) if bits == 8 else bytes(a << 4 | b for a, b in zip(part[::2], part[1::2]))
                place += literal
            else:
                first, second = row[place], row[min(place + 1, end - 1)]
                content += bytes([end - place, first if bits == 8 else first << 4 | second])
                place = end
        content += b"\0\0"
    return bytes(content) + b"\0\1"


def bmp_kinds():
    """Name, file, and its pixels where Pillow is not asked."""
    rgba = scene(WIDTH, HEIGHT, 20)
    gray = rgba[..., 0].astype(np.int64)
    full = np.random.default_rng(21).integers(0, 256, (256, 3)).astype(np.uint8)
    levels = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, 1)
    for bits in (1, 2, 4, 8):
        values = gray >> 8 - bits
        colours = full[: 1 << bits]
        known = colours[values] if bits == 2 else None
        yield f"palette{bits}", bmp(values, bits, colours=table(colours)), known
        yield f"palette{bits}-core", bmp(values, bits, colours=table(colours, 3), header=12), known
        yield f"palette{bits}-down", bmp(values, bits, height=-HEIGHT, colours=table(colours)), known
    yield "black-white1", bmp(gray >> 7, 1, colours=table(levels[::255])), None
    yield "white-black1", bmp(gray >> 7, 1, colours=table(levels[::-255])), None
    yield "black-white8", bmp(gray >> 7, 8, colours=table(levels[::255]), named=2), levels[::255][gray >> 7]
    yield "gray8", bmp(gray, 8, colours=table(levels)), None
    yield "gray-ramp4", bmp(gray >> 4, 4, colours=table(levels[:16])), levels[gray >> 4]
    yield "short-palette8", bmp(gray >> 3, 8, colours=table(full[:32]), named=32), None
    yield "index-beyond", bmp(gray, 8, colours=table(full[:99]), named=99), None
    beyond = np.where(gray[..., None] < 99, full[gray], 0).astype(np.uint8)
    yield "palette-up-to-pixels", bmp(gray, 8, colours=table(full[:99])), beyond
    yield "pixels-at-palette", bmp(gray >> 4, 4, colours=table(full[:16]), offset=54), None
    yield "no-offset", bmp(gray >> 4, 4, colours=table(full[:16]), offset=0), None
    yield "gap", bmp(gray, 8, colours=table(full), gap=bytes(37)), None
    yield "os2-short", bmp(gray >> 4, 4, colours=table(full[:16]), header=16), full[gray >> 4]
    yield "os2", bmp(gray >> 4, 4, colours=table(full[:16]), header=64), None
    bgr = packed(rgba, (8, 8, 8), (16, 8, 0))
    bgra = packed(rgba, (8, 8, 8, 8), (16, 8, 0, 24))
    for header in (12, 16, 40, 52, 56, 64, 108, 124):
        yield f"rgb24-{header}", bmp(bgr, 24, header=header), rgba[..., :3] if header == 16 else None
    yield "rgb24-down", bmp(bgr, 24, height=-HEIGHT), None
    yield "rgb32", bmp(bgra, 32), None
    five = packed(rgba, (5, 5, 5, 1), (10, 5, 0, 15))
    yield "rgb16", bmp(five, 16), None
    yield "rgb16-down", bmp(five, 16, height=-HEIGHT), None
    layouts = {
        # Widths and shifts of red, green, blue and alpha.
        "565": (16, (5, 6, 5), (11, 5, 0)), "555": (16, (5, 5, 5), (10, 5, 0)), "bgrx": (32, (8, 8, 8), (16, 8, 0)),
        "xbgr": (32, (8, 8, 8), (24, 16, 8)), "bgxr": (32, (8, 8, 8), (24, 8, 0)), "rgb24": (24, (8, 8, 8), (16, 8, 0)),
        "abgr": (32, (8,) * 4, (24, 16, 8, 0)), "rgba": (32, (8,) * 4, (0, 8, 16, 24)),
        "bgra": (32, (8,) * 4, (16, 8, 0, 24)), "bgar": (32, (8,) * 4, (24, 8, 0, 16)),
        "1555": (16, (5, 5, 5, 1), (10, 5, 0, 15)), "4444": (16, (4,) * 4, (8, 4, 0, 12)),
        "332": (16, (3, 3, 2), (5, 2, 0)), "7654": (32, (7, 6, 5, 4), (20, 12, 5, 0)),
        "2101010": (32, (10, 10, 10, 2), (20, 10, 0, 30)), "12-10-10": (32, (12, 10, 10), (20, 10, 0)),
    }
    by_hand = {"4444", "332", "7654", "2101010", "12-10-10"}
    for name, (bits, widths, shifts) in layouts.items():
        values = packed(rgba, widths, shifts)
        masks = [(1 << width) - 1 << shift for width, shift in zip(widths, shifts)]
        known = unpacked(values, masks, deep=max(widths) > 8) if name in by_hand else None
        for header in (124,) if len(masks) == 4 else (40, 52, 108):
            yield f"fields-{name}-{header}", bmp(values, bits, compression=3, header=header, masks=masks), known
    masks = [0x7C00, 0x3E0, 0x1F, 0x8000]
    yield "alpha-fields-1555", bmp(five, 16, compression=6, masks=masks), unpacked(five, masks)
    masks = [0xFF0000, 0xFF00, 0xFF, 0xFF000000]
    yield "alpha-fields-bgra", bmp(bgra, 32, compression=6, masks=masks), rgba
    yield "fields-none", bmp(bgra, 32, compression=3, header=108), None
    flat = np.where(gray > 120, gray >> 5, 3)
    yield "runs8", bmp(run_length(flat, 8, 22), 8, colours=table(full), compression=1), None
    yield "runs8-down", bmp(run_length(flat[::-1], 8, 22), 8, height=-HEIGHT, colours=table(full), compression=1), None
    yield "runs4", bmp(run_length(flat, 4, 23), 4, colours=table(full[:16]), compression=2), None
    yield "runs8-without-end", bmp(run_length(flat, 8, 22)[:-2], 8, colours=table(full), compression=1), None
    yield "runs8-noise", bmp(run_length(gray, 8, 24), 8, colours=table(full), compression=1), None
    # Two rows of six from the bottom: runs beyond the row, a short row, a move, an empty row, an early end.
    moves = b"\3\1" b"\0\2\2\1" b"\1\2" b"\0\0" b"\0\0" b"\1\3" b"\0\3\4\5\6\0" b"\xff\7" b"\0\0" b"\2\1" b"\0\1"
    seen = np.array([[0, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0], [3, 4, 5, 6, 7, 7], [0, 0, 0, 0, 0, 0],
                     [0, 0, 0, 0, 0, 2], [1, 1, 1, 0, 0, 0]])
    yield "runs8-moves", bmp(moves, 8, 6, 6, table(full), compression=1), full[seen]
    rounded = b"\4\x12\4\x33" b"\0\0" b"\0\5\x12\x34\x50\0" b"\2\x67" b"\0\0" b"\0\1"
    seen = np.array([[0] * 7, [1, 2, 3, 4, 5, 6, 7], [1, 2, 1, 2, 3, 3, 3]])
    yield "runs4-odd", bmp(rounded, 4, 7, 3, table(full[:16]), compression=2), full[seen]
    yield "pillow", saved(Image.fromarray(rgba), "BMP"), None


REFUSED = {"bmp-jpeg": (24, 4, 40), "bmp-png": (32, 5, 40), "bmp-huffman": (1, 3, 64), "bmp-runs24": (24, 4, 64)}


def pillow(content):
    """Pillow's pixels of the first frame, upright, with alpha where it has any."""
    image = Image.open(io.BytesIO(content))
    image.load()
    image = ImageOps.exif_transpose(image)
    return image.convert("RGBA" if "transparency" in image.info or "A" in image.mode else "RGB")


def png16(pixels):
    """Pillow writes no colours of 16 bits."""
    import zlib

    def png_chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, channels = pixels.shape
    lines = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2 + channels % 3 * 4, 0, 0, 0))
            + png_chunk(b"IDAT", zlib.compress(lines, 9)) + png_chunk(b"IEND", b""))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    kinds = [(f"{name}.webp", content, None) for name, content in webp_kinds()]
    kinds += [(f"{name}.gif", content, None) for name, content in gif_kinds()]
    kinds += [(f"{name}.bmp", content, known) for name, content, known in bmp_kinds()]
    entries, pixels = [], {}
    for name, content, known in kinds:
        (FOLDER / name).write_bytes(content)
        if known is None:
            expected = saved(pillow(content), "PNG", optimize=True)
        elif known.dtype == np.uint16:
            expected = png16(known)
        else:
            expected = saved(Image.fromarray(known), "PNG", optimize=True)
        # Kinds of the same pixels share a file of them.
        golden = pixels.setdefault(expected, f"pillow-{name.replace('.', '-')}.png")
        (FOLDER / golden).write_bytes(expected)
        entries.append({"file": name, "pixels": golden, "by": "Pillow" if known is None else "specification"})
    for name, (bits, compression, header) in REFUSED.items():
        (FOLDER / f"refused-{name}.bmp").write_bytes(bmp(bytes(50), bits, compression=compression, header=header))
    (FOLDER / "kinds.json").write_text("[\n" + ",\n".join(map(json.dumps, entries)) + "\n]\n")
    print(len(entries), "kinds,", sum(file.stat().st_size for file in FOLDER.iterdir()), "bytes")
