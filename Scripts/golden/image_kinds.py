"""Goldens of the contract for odd files (docs/images.md): one real file a kind, and Pillow's pixels of it.

Needs what imaging.py needs, and cjpeg and jpegtran of libjpeg-turbo (Debian: libjpeg-turbo-progs) on the PATH, for the
kinds of JPEG that Pillow does not write. Run from anywhere: python Scripts/golden/image_kinds.py

Two kinds no common tool writes are made here bit by bit: a JPEG of 12 bits a sample and a lossless one, both of a flat
gray; they are only ever refused.
"""

import io
import json
import struct
import subprocess

import numpy as np
from PIL import Image, ImageOps

from imaging import GOLDEN, exif, png_chunk, png_file, scene

FOLDER = GOLDEN / "kinds"


def jpeg(picture, **options):
    stream = io.BytesIO()
    picture.save(stream, "JPEG", **{"quality": 75, **options})
    return stream.getvalue()


def tool(content, *command):
    return subprocess.run(command, input=content, stdout=subprocess.PIPE, check=True).stdout


def sampled(picture, factors, *options):
    stream = io.BytesIO()
    picture.save(stream, "PPM")
    return tool(stream.getvalue(), "cjpeg", "-quality", "75", "-sample", factors, *options)


def segment(marker, content):
    return bytes([0xFF, marker]) + struct.pack(">H", 2 + len(content)) + content


def flat(frame_marker, precision, scan, data):
    """An 8×8 gray JPEG whose only Huffman code, one bit long, stands for 0."""
    code = bytes([1] + 15 * [0] + [0])
    return (b"\xff\xd8" + segment(0xDB, b"\0" + bytes(64 * [1]))
            + segment(frame_marker, struct.pack(">BHHB", precision, 8, 8, 1) + b"\1\x11\0")
            + segment(0xC4, b"\0" + code) + segment(0xC4, b"\x10" + code)
            + segment(0xDA, b"\1\1\0" + scan) + data + b"\xff\xd9")


def jpeg_kinds():
    picture = Image.fromarray(scene(71, 53, 6))
    gray = picture.convert("L")
    ink = Image.merge("CMYK", [*picture.split(), gray.point(lambda value: value // 2)])
    cmyk = jpeg(ink)
    adobe = cmyk.index(b"\xff\xee\x00\x0eAdobe")
    plain = jpeg(picture, subsampling="4:2:0")
    kinds = {
        "ycbcr444": jpeg(picture, subsampling="4:4:4"), "ycbcr422": jpeg(picture, subsampling="4:2:2"),
        "ycbcr420": plain, "ycbcr440": sampled(picture, "1x2"), "ycbcr411": sampled(picture, "4x1"),
        "ycbcr410": sampled(picture, "4x2"), "gray": jpeg(gray), "rgb": jpeg(picture, keep_rgb=True),
        "cmyk": cmyk, "cmyk-unmarked": cmyk[:adobe] + cmyk[adobe + 16 :],
        "ycck": cmyk[: adobe + 15] + b"\x02" + cmyk[adobe + 16 :],
        "progressive": jpeg(picture, subsampling="4:2:0", progressive=True),
        "progressive444": jpeg(picture, subsampling="4:4:4", progressive=True),
        "progressive-gray": jpeg(gray, progressive=True),
        "arithmetic": tool(plain, "jpegtran", "-arithmetic"),
        "arithmetic-progressive": tool(plain, "jpegtran", "-arithmetic", "-progressive"),
        "restarts": jpeg(picture, subsampling="4:2:0", restart_marker_blocks=2),
        # Three and two columns in the last blocks: two chroma samples and one.
        "edge420": jpeg(picture.crop((0, 0, 67, 50)), subsampling="4:2:0"),
        "edge422": jpeg(picture.crop((0, 0, 66, 49)), subsampling="4:2:2"),
        "notes": jpeg(picture, subsampling="4:2:0", icc_profile=b"no profile", comment=b"a comment", dpi=(7, 300)),
        "trailing": plain + bytes(range(256)),
    }
    for orientation in range(1, 9):
        kinds[f"exif{orientation}"] = plain[:2] + exif(orientation, ">") + plain[2:]
    stream = io.BytesIO()
    picture.save(stream, "MPO", quality=75, save_all=True, append_images=[ImageOps.invert(picture)])
    kinds["mpo"] = stream.getvalue()
    for name, content in kinds.items():
        yield f"{name}.jpg", content


def png_kinds():
    random = np.random.default_rng(8)
    fine = np.clip(np.kron(random.uniform(0, 65535, (8, 11, 4)), np.ones((5, 4, 1)))
                   + np.arange(44)[None, :, None] * 37 + random.integers(0, 2, (40, 44, 4)), 0, 65535).astype(np.int64)
    coarse = fine >> 8
    palette = random.integers(0, 256, (16, 3)).astype(np.uint8).tobytes()
    transparency = bytes([0, 60, 255, 128])
    for interlaced in (False, True):
        suffix = "-interlaced" if interlaced else ""
        yield f"gray8{suffix}.png", png_file(coarse[..., :1], 0, 8, interlaced)
        yield f"gray16{suffix}.png", png_file(fine[..., :1], 0, 16, interlaced)
        yield f"rgb8{suffix}.png", png_file(coarse[..., :3], 2, 8, interlaced)
        yield f"rgba8{suffix}.png", png_file(coarse, 6, 8, interlaced)
        yield f"rgb16{suffix}.png", png_file(fine[..., :3], 2, 16, interlaced)
        yield f"rgba16{suffix}.png", png_file(fine, 6, 16, interlaced)
        yield f"palette4{suffix}.png", png_file(
            coarse[..., :1] >> 4, 3, 4, interlaced, png_chunk(b"PLTE", palette) + png_chunk(b"tRNS", transparency))
    for orientation in range(1, 9):
        note = exif(orientation, "<")[10:]
        yield f"exif{orientation}.png", png_file(coarse[:21, :34, :3], 2, 8, False, png_chunk(b"eXIf", note))
    notes = (png_chunk(b"gAMA", struct.pack(">I", 100000)) + png_chunk(b"sRGB", b"\0")
             + png_chunk(b"cHRM", struct.pack(">8I", *range(10000, 90000, 10000)))
             + png_chunk(b"iCCP", b"profile\0\0not a profile") + png_chunk(b"sBIT", b"\3\3\3"))
    first = png_file(coarse[..., :3], 2, 8, False)
    later = png_file(255 - coarse[..., :3], 2, 8, False)
    data = later[later.index(b"IDAT") + 4 : -16]
    frame = struct.pack(">IIIIHHBB", 44, 40, 0, 0, 1, 10, 0, 0)
    start, end = first.index(b"IDAT") - 4, len(first) - 12
    yield "animated.png", (
        first[:start] + png_chunk(b"acTL", struct.pack(">II", 2, 0)) + png_chunk(b"fcTL", struct.pack(">I", 0) + frame)
        + first[start:end] + png_chunk(b"fcTL", struct.pack(">I", 1) + frame)
        + png_chunk(b"fdAT", struct.pack(">I", 2) + data) + first[end:])
    yield "colour-notes.png", png_file(coarse[..., :3], 2, 8, False, notes)


def landscape(width, height):
    """Noise whose waves are the weaker the finer they are, as those of photographs."""
    random = np.random.default_rng(9)
    total = np.zeros((height, width, 3))
    for octave in range(1, 9):
        size = (2**octave + 1, 2**octave * height // width + 1)
        waves = [Image.fromarray(random.normal(0, 1, size[::-1]).astype(np.float32)) for _ in range(3)]
        wide = [np.asarray(wave.resize((width, height), Image.Resampling.BICUBIC)) for wave in waves]
        # Channels go together, as under white light.
        total += (np.stack(wide, -1) * 0.3 + wide[0][..., None]) * 60 / 1.9**octave
    return Image.fromarray(np.clip(128 + total, 0, 255).astype(np.uint8))


def drafts(files):
    """Pillow's draft mode: libjpeg decodes at a half, a quarter or an eighth, and what comes is resized."""
    for name in files:
        for denominator, size in ((2, (161, 40)), (4, (81, 33)), (8, (70, 50))):
            image = Image.open(FOLDER / name)
            image.draft(image.mode, (640 // denominator, 480 // denominator))
            assert image.size == (640 // denominator, 480 // denominator)
            golden = f"pillow-{name.split('.')[0]}-{denominator}.png"
            image.resize(size, Image.Resampling.BICUBIC).save(FOLDER / golden, optimize=True)
            yield {"file": name, "pillow": golden}


def pillow(content):
    """Pillow's upright RGB or gray, composited on white; nothing where it does not keep the depth."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    if image.format == "PNG" or image.mode in ("RGBA", "P", "PA"):
        rgba = np.asarray(image.convert("RGBA"), np.int64)
        alpha = rgba[..., 3:]
        pixels = ((rgba[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
        return Image.fromarray(pixels)
    return image.convert("L") if image.mode == "L" else image.convert("RGB")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    expected = []
    for name, content in [*jpeg_kinds(), *png_kinds()]:
        (FOLDER / name).write_bytes(content)
        if "16" in name:
            continue
        golden = f"pillow-{name.replace('.', '-')}.png"
        pillow(content).save(FOLDER / golden, optimize=True)
        expected.append({"file": name, "pillow": golden})
    for name, content in {
        "twelve-bit.jpg": flat(0xC1, 12, b"\0\x3f\0", b"\x3f"),
        "index-beyond.png": png_file(np.arange(16).reshape(4, 4, 1) % 4, 3, 2, False, png_chunk(b"PLTE", b"\xff" * 6)),
        "lossless.jpg": flat(0xC3, 8, b"\1\0\0", bytes(8)),
    }.items():
        (FOLDER / name).write_bytes(content)
    # For scaled decoding: fine lines and a picture like a photograph.
    lines, land = Image.fromarray(scene(640, 480, 7)), landscape(640, 480)
    large = {
        "lines.jpg": jpeg(lines, subsampling="4:2:0", quality=50),
        "land420.jpg": jpeg(land, subsampling="4:2:0", quality=70),
        "land444.jpg": jpeg(land, subsampling="4:4:4", quality=70),
        "land-gray-progressive.jpg": jpeg(land.convert("L"), quality=70, progressive=True),
    }
    for name, content in large.items():
        (FOLDER / name).write_bytes(content)
    # Of odd sides: the last row and column of a smaller picture stand for fewer pixels.
    landscape(637, 475).save(FOLDER / "land.webp", quality=70)
    (FOLDER / "drafts.json").write_text("[\n" + ",\n".join(map(json.dumps, drafts(large))) + "\n]\n")
    (FOLDER / "pillow.json").write_text("[\n" + ",\n".join(map(json.dumps, expected)) + "\n]\n")
    print(sum(file.stat().st_size for file in FOLDER.iterdir()), "bytes")
