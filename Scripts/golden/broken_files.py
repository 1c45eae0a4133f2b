"""Deliberately broken PNG and JPEG files for the Imaging tests, several hundred in one small archive.

Run from anywhere: python Scripts/golden/broken_files.py (after imaging.py and png_suite.py, whose files it breaks).
Each comes with what has to happen: "fails", "decodes" (odd, but its pixels are all there), or "either", where it is up
to the library; in no case a crash, more than a second or more memory than the pixels that a file may claim.
The x* files are those of Willem van Schaik's PngSuite, remade from the good ones as its page describes them.
"""

import json
import random
import struct
import zlib

from imaging import GOLDEN, exif, png_chunk

FOLDER = GOLDEN / "broken"
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read(name):
    return (GOLDEN / name).read_bytes()


def chunks(content):
    """(kind, body) of every chunk of an intact PNG."""
    offset, found = 8, []
    while offset < len(content):
        length = struct.unpack(">I", content[offset : offset + 4])[0]
        found.append((content[offset + 4 : offset + 8], content[offset + 8 : offset + 8 + length]))
        offset += 12 + length
    return found


def join(parts):
    return SIGNATURE + b"".join(png_chunk(kind, body) for kind, body in parts)


def header(width, height, depth=8, kind=0, compression=0, filtering=0, interlace=0):
    return b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, compression, filtering, interlace)


def gray(width, height, data, *between, depth=8, kind=0, interlace=0):
    return join([header(width, height, depth, kind, interlace=interlace), *between, (b"IDAT", data), (b"IEND", b"")])


def wrong_crc(content, kind):
    start = content.index(kind)
    length = struct.unpack(">I", content[start - 4 : start])[0]
    at = start + 4 + length
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def png_structure():
    for name in ("rgb8.png", "gray1-interlaced.png", "palette4-alpha.png", "gray-alpha16.png"):
        content = read(name)
        parts = chunks(content)
        offset = 8
        for kind, body in parts:
            for cut in sorted({offset, offset + 2, offset + 4, offset + 8, offset + 8 + len(body) // 2, offset + 8 + len(body)}):
                yield f"cut {name} at {cut}", content[:cut], "fails"
            for length in (0, len(body) + 1, max(len(body) - 1, 0), 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF):
                if length != len(body):
                    broken = content[:offset] + struct.pack(">I", length) + content[offset + 4 :]
                    yield f"length {length} of {kind.decode()} in {name}", broken, "fails"
            yield f"checksum of {kind.decode()} in {name}", wrong_crc(content, kind), "fails"
            offset += 12 + len(body)
        for index, (kind, body) in enumerate(parts):
            text = kind.decode()
            without = join(parts[:index] + parts[index + 1 :])
            yield f"no {text} in {name}", without, "decodes" if kind == b"tRNS" else "fails"
            twice = join(parts[: index + 1] + parts[index:])
            yield f"{text} twice in {name}", twice, {b"tRNS": "either", b"IEND": "decodes"}.get(kind, "fails" if kind != b"IDAT" else "either")
            yield f"{text} last in {name}", join(parts[:index] + parts[index + 1 :] + [parts[index]]), (
                "decodes" if kind == b"IEND" else "either" if kind == b"tRNS" else "fails")
            yield f"{text} empty in {name}", join(parts[:index] + [(kind, b"")] + parts[index + 1 :]), (
                "decodes" if kind == b"IEND" else "either" if kind == b"tRNS" else "fails")


def png_headers():
    data = zlib.compress(bytes(9 * 9))
    for width, height in ((0, 8), (8, 0), (0, 0), (0x80000000, 8), (8, 0x80000000), (0xFFFFFFFF, 0xFFFFFFFF),
                          (0x7FFFFFFF, 1), (1, 0x7FFFFFFF), (100000, 100000), (1000001, 1)):
        yield f"png of {width} by {height}", gray(width, height, data), "fails"
    for depth in (0, 3, 5, 7, 9, 15, 17, 32, 99, 255):
        yield f"png of {depth} bits", gray(8, 8, data, depth=depth), "fails"
    for kind in (1, 5, 7, 9, 128, 255):
        yield f"png of colour type {kind}", gray(8, 8, data, kind=kind), "fails"
    for depth, kind in ((1, 2), (4, 2), (16, 3), (2, 4), (4, 6), (1, 6)):
        yield f"png of {depth} bits of colour type {kind}", gray(8, 8, data, depth=depth, kind=kind), "fails"
    for field in range(3):
        parts = [header(8, 8, 8, 0, *(7 if place == field else 0 for place in range(3))), (b"IDAT", data), (b"IEND", b"")]
        yield f"png with header byte {10 + field} wrong", join(parts), "fails"
    for cut in range(13):
        parts = [(b"IHDR", header(8, 8)[1][:cut]), (b"IDAT", data), (b"IEND", b"")]
        yield f"png with a header of {cut} bytes", join(parts), "fails"
    yield "png with a header of 14 bytes", join([(b"IHDR", header(8, 8)[1] + b"\0"), (b"IDAT", data), (b"IEND", b"")]), "fails"


def png_data():
    rows = b"".join(b"\0" + bytes(range(8)) for _ in range(8))
    good = zlib.compress(rows)
    yield "png filter 5", gray(8, 8, zlib.compress(b"\5" + rows[1:])), "fails"
    yield "png filter 255", gray(8, 8, zlib.compress(rows[:9] + b"\xff" + rows[10:])), "fails"
    yield "png without the last row", gray(8, 8, zlib.compress(rows[:-9])), "fails"
    yield "png without the last byte", gray(8, 8, zlib.compress(rows[:-1])), "fails"
    yield "png with a row too many", gray(8, 8, zlib.compress(rows + rows[:9])), "decodes"
    yield "png of empty data", gray(8, 8, zlib.compress(b"")), "fails"
    yield "png with bytes after the data", gray(8, 8, good + b"more"), "decodes"
    yield "png with a wrong sum of its data", gray(8, 8, good[:-1] + bytes([good[-1] ^ 1])), "either"
    for cut in range(0, len(good), 3):
        yield f"png with {cut} bytes of data", gray(8, 8, good[:cut]), "fails" if cut < len(good) - 6 else "either"
    for place in (0, 1, 2):
        for value in (0, 0x0F, 0xFF):
            broken = good[:place] + bytes([value]) + good[place + 1 :]
            yield f"png data byte {place} is {value}", gray(8, 8, broken), "either"
    yield "png in a thousand pieces", join([header(8, 8), *[(b"IDAT", good[i : i + 1]) for i in range(len(good))],
                                            *[(b"IDAT", b"")] * 900, (b"IEND", b"")]), "decodes"
    yield "png with a chunk between its data", join(
        [header(8, 8), (b"IDAT", good[:9]), (b"teXt", b"between"), (b"IDAT", good[9:]), (b"IEND", b"")]), "fails"
    # A bomb: megabytes of zeros, of which the image wants 72 bytes.
    bomb = zlib.compress(bytes(20_000_000), 9)
    yield "png bomb behind its pixels", gray(8, 8, bomb), "decodes"
    yield "png of a bomb's width", gray(5000, 5000, bomb), "fails"
    yield "png of a bomb's width, interlaced", gray(5000, 5000, bomb, interlace=1), "fails"
    # Texts that inflate to a megabyte each: never inflated.
    text = b"Comment\0\0" + zlib.compress(bytes(1_000_000), 9)
    for kind, body in ((b"zTXt", text), (b"iTXt", b"Comment\0\1\0\0\0" + text[9:]), (b"iCCP", text)):
        yield f"png with {kind.decode()} bombs", gray(8, 8, good, *[(kind, body)] * 8), "decodes"
    yield "png with 1500 texts", gray(8, 8, good, *[(b"tEXt", b"a\0b")] * 1500), "decodes"
    for kind in (b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"tIME", b"eXIf", b"tEXt"):
        yield f"png with {kind.decode()} of junk", gray(8, 8, good, (kind, b"\xff" * 5)), "decodes"
        yield f"png with empty {kind.decode()}", gray(8, 8, good, (kind, b"")), "decodes"
        yield f"png with a wrong checksum of {kind.decode()}", wrong_crc(gray(8, 8, good, (kind, b"\xff" * 5)), kind), "decodes"
        yield f"png claiming a huge {kind.decode()}", (
            join([header(8, 8)]) + struct.pack(">I", 0x7FFFFFF0) + kind + b"x" * 40), "fails"
    yield "png with an unknown chunk that it needs", gray(8, 8, good, (b"ABCD", b"?")), "fails"
    yield "png with an unknown chunk", gray(8, 8, good, (b"abCd", b"?")), "decodes"
    yield "png with a chunk name of other bytes", gray(8, 8, good, (b"\1\2\3\4", b"?")), "fails"


def png_palettes():
    indices = zlib.compress(b"".join(b"\0" + bytes(range(8 * y, 8 * y + 8)) for y in range(8)))
    for count in (1, 2, 63):
        palette = (b"PLTE", bytes(3 * count))
        yield f"png index beyond a palette of {count}", gray(8, 8, indices, palette, kind=3), "either"
    yield "png palette of 257", gray(8, 8, indices, (b"PLTE", bytes(3 * 257)), kind=3), "fails"
    yield "png palette of 64 and a third", gray(8, 8, indices, (b"PLTE", bytes(3 * 64 + 1)), kind=3), "fails"
    yield "png palette after the data", join(
        [header(8, 8, 8, 3), (b"IDAT", indices), (b"PLTE", bytes(192)), (b"IEND", b"")]), "fails"
    full = (b"PLTE", bytes(192))
    yield "png with more alphas than colours", gray(8, 8, indices, full, (b"tRNS", bytes(65)), kind=3), "either"
    yield "png with alphas before the palette", gray(8, 8, indices, (b"tRNS", bytes(4)), full, kind=3), "either"
    yield "png with a short key", gray(8, 8, indices, (b"tRNS", b"\0")), "either"
    yield "png with a key beside alpha", gray(4, 8, indices, (b"tRNS", b"\0\0"), kind=4), "either"
    alphas = gray(8, 8, indices, full, (b"tRNS", bytes(4)), kind=3)
    yield "png with a wrong checksum of tRNS", wrong_crc(alphas, b"tRNS"), "fails"


def png_suite_x():
    one, four = read("pngsuite/basn0g01.png"), read("pngsuite/basn0g04.png")
    eight, colour = read("pngsuite/basn0g08.png"), read("pngsuite/basn2c08.png")
    yield "xs1n0g01", bytes([one[0] & 0x7F]) + one[1:], "fails"
    yield "xs2n0g01", one[:1] + b"Q" + one[2:], "fails"
    yield "xs4n0g01", one[:3] + b"g" + one[4:], "fails"
    yield "xs7n0g01", one[:6] + b" " + one[7:], "fails"
    yield "xcrn0g04", four.replace(b"\n", b"\r\n"), "fails"
    yield "xlfn0g04", four.replace(b"\r\n", b"\n"), "fails"
    yield "xhdn0g08", wrong_crc(eight, b"IHDR"), "fails"
    yield "xcsn0g01", wrong_crc(one, b"IDAT"), "fails"
    yield "xdtn0g01", join([part for part in chunks(one) if part[0] != b"IDAT"]), "fails"
    for name, base, place, value in (("xc1n0g08", eight, 9, 1), ("xc9n2c08", colour, 9, 9), ("xd0n2c08", colour, 8, 0),
                                     ("xd3n2c08", colour, 8, 3), ("xd9n2c08", colour, 8, 99)):
        first, *rest = chunks(base)
        body = bytearray(first[1])
        body[place] = value
        yield name, join([(b"IHDR", bytes(body)), *rest]), "fails"


def segments(content):
    """(start, end, marker) of every segment of an intact JPEG with one scan, its data with the scan's header."""
    offset, found = 2, [(0, 2, 0xD8)]
    while content[offset + 1] != 0xDA:
        length = struct.unpack(">H", content[offset + 2 : offset + 4])[0]
        found.append((offset, offset + 2 + length, content[offset + 1]))
        offset += 2 + length
    return [*found, (offset, len(content) - 2, 0xDA), (len(content) - 2, len(content), 0xD9)]


def jpeg_structure():
    for name in ("ycbcr420-odd.jpg", "gray.jpg", "ycck.jpg", "ycbcr420-restarts.jpg"):
        content = read(name)
        parts = segments(content)
        for index, (start, end, marker) in enumerate(parts):
            body = content[start:end]
            for cut in sorted({start, start + 1, start + 2, start + 3, start + 4, (start + end) // 2, end - 1}):
                if cut < len(content):
                    yield f"cut {name} at {cut}", content[:cut], "fails"
            pieces = [content[a:b] for a, b, _ in parts]
            # Without a Huffman table the standard one is taken, as in motion JPEG; these files have that one.
            yield f"no {marker:02X} at {start} in {name}", b"".join(pieces[:index] + pieces[index + 1 :]), (
                "fails" if marker in (0xD8, 0xC0, 0xDA, 0xD9) else "decodes" if marker == 0xC4 else "either")
            yield f"{marker:02X} twice at {start} in {name}", b"".join(pieces[: index + 1] + pieces[index:]), (
                "fails" if marker in (0xD8, 0xC0, 0xDA) else "decodes")
            if 0xD8 < marker and marker != 0xD9 or marker in (0xC0, 0xC4):
                for length in (0, 1, 2, 3, len(body) - 3, len(body) + 5, 0xFFFF):
                    if marker == 0xDA and length > 3 or length == len(body) - 2:
                        continue
                    broken = content[: start + 2] + struct.pack(">H", length & 0xFFFF) + content[start + 4 :]
                    yield f"length {length} of {marker:02X} at {start} in {name}", broken, (
                        "fails" if marker in (0xC0, 0xDA) or marker == 0xC4 and length != 2 else "either")


def jpeg_frames():
    content = read("ycbcr420-odd.jpg")
    frame = content.index(b"\xff\xc0")

    def patched(offset, value):
        return content[: frame + offset] + value + content[frame + offset + len(value) :]

    for height, width in ((0, 8), (8, 0), (0, 0), (65535, 65535), (65500, 65500), (65535, 8), (20000, 20000)):
        yield f"jpeg of {width} by {height}", patched(5, struct.pack(">HH", height, width)), "fails"
    yield "jpeg taller than its data", patched(5, struct.pack(">HH", 400, 37)), "fails"
    for precision in (0, 1, 7, 9, 12, 16, 255):
        yield f"jpeg of {precision} bits", patched(4, bytes([precision])), "fails"
    for count in (0, 1, 2, 4, 5, 10, 11, 255):
        yield f"jpeg of {count} components", patched(9, bytes([count])), "fails"
    for sampling in (0x00, 0x01, 0x10, 0x55, 0xFF, 0x50):
        yield f"jpeg with sampling {sampling:02x}", patched(11, bytes([sampling])), "fails"
    for sampling in (0x44, 0x33, 0x31, 0x13, 0x41, 0x14):
        yield f"jpeg with sampling {sampling:02x}", patched(11, bytes([sampling])), "either"
    for table in (1, 3, 4, 255):
        yield f"jpeg with quantisation table {table}", patched(12, bytes([table])), "fails" if table > 1 else "either"
    yield "jpeg with one component thrice", patched(13, content[frame + 10 : frame + 13] * 2), "fails"
    for marker in (0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF):
        yield f"jpeg of process {marker:02X}", patched(1, bytes([marker])), (
            "decodes" if marker == 0xC1 else "either" if marker in (0xC9, 0xC2, 0xCA) else "fails")


def jpeg_tables():
    content = read("ycbcr420-odd.jpg")
    table = content.index(b"\xff\xc4")
    counts = table + 5
    for text, value in (("no codes", bytes(16)), ("255 codes of each length", b"\xff" * 16), ("3 codes of one bit", b"\3" + bytes(15)),
                        ("all codes of 16 bits", bytes(15) + b"\xff"), ("2 codes of one bit", b"\2" + bytes(15))):
        yield f"jpeg Huffman table with {text}", content[:counts] + value + content[counts + 16 :], "fails"
    for number in (0x02, 0x04, 0x12, 0x20, 0xFF):
        yield f"jpeg Huffman table {number:02x}", content[: table + 4] + bytes([number]) + content[table + 5 :], (
            "either" if number in (0x02, 0x12) else "fails")
    value = table + 21
    for symbol in (16, 17, 255):
        broken = content[:value] + bytes([symbol]) * 12 + content[value + 12 :]
        yield f"jpeg Huffman table with symbol {symbol}", broken, "fails"
    quantisation = content.index(b"\xff\xdb")
    zeros = content[: quantisation + 5] + bytes(64) + content[quantisation + 69 :]
    yield "jpeg quantised by 0", zeros, "either"
    yield "jpeg quantisation table of 16 bits", content[: quantisation + 4] + b"\x10" + content[quantisation + 5 :], "either"
    scan = content.index(b"\xff\xda")
    for place, text in ((4, "count"), (5, "component"), (6, "tables"), (11, "first"), (12, "last"), (13, "bits")):
        for number in (0, 2, 5, 64, 200, 255):
            if content[scan + place] == number:
                continue
            yield f"jpeg scan {text} {number}", content[: scan + place] + bytes([number]) + content[scan + place + 1 :], (
                "fails" if place <= 6 and number != 2 else "either")


def jpeg_scans():
    content = read("ycbcr420-odd.jpg")
    scan = content.index(b"\xff\xda")
    data = scan + 14
    middle = (data + len(content)) // 2
    yield "jpeg of restart markers without end", content[:data] + b"\xff\xd0" * 4000 + b"\xff\xd9", "fails"
    yield "jpeg with a stray restart marker", content[:middle] + b"\xff\xd3" + content[middle:], "fails"
    restarts = read("ycbcr420-restarts.jpg")
    first = restarts.index(b"\xff\xd0", restarts.index(b"\xff\xda"))
    yield "jpeg without a restart marker", restarts[:first] + restarts[first + 2 :], "fails"
    yield "jpeg with a wrong restart marker", restarts[: first + 1] + b"\xd5" + restarts[first + 2 :], "fails"
    interval = content[:scan] + b"\xff\xdd\0\4\0\1" + content[scan:]
    yield "jpeg that promises restart markers", interval, "fails"
    yield "jpeg with an end in its data", content[:middle] + b"\xff\xd9", "fails"
    yield "jpeg with zeros for data", content[:data] + bytes(600) + b"\xff\xd9", "either"
    yield "jpeg with ones for data", content[:data] + b"\xff\0" * 600 + b"\xff\xd9", "either"
    yield "jpeg with fill bytes for data", content[:data] + b"\xff" * 2000 + b"\xff\xd9", "fails"
    yield "jpeg with junk after its data", content[:-2] + b"junk" + content[-2:], "decodes"
    progressive = read("ycbcr420-progressive.jpg")
    starts = [at for at in range(len(progressive) - 1) if progressive[at : at + 2] == b"\xff\xda"]
    for index, start in enumerate(starts):
        yield f"progressive jpeg without the scans from {index}", progressive[:start], "fails"
        yield f"progressive jpeg that ends before scan {index}", progressive[:start] + b"\xff\xd9", (
            "fails" if index == 0 else "either")
    last = progressive[starts[-1] : -2]
    yield "progressive jpeg of 40 more scans", progressive[:-2] + last * 40 + b"\xff\xd9", "either"
    yield "progressive jpeg of scans without end", progressive[:-2] + last[:12] * 400 + b"\xff\xd9", "fails"
    # 900 scans over 4000×4000 pixels, each of one run of empty blocks: refused after a hundred.
    frame = progressive.index(b"\xff\xc2")
    big = progressive[: frame + 5] + struct.pack(">HH", 1000, 1000) + progressive[frame + 9 : starts[0]]
    for component in (1, 2, 3):
        big += b"\xff\xc4\0\x14\x10" + bytes([1]) + bytes(15) + b"\xe0"
        big += (b"\xff\xda\0\x08\1" + bytes([component]) + b"\0\1\x3f\0" + bytes(4)) * 300
    yield "progressive jpeg that repeats scans over a large image", big + b"\xff\xd9", "fails"


def jpeg_notes():
    content = read("exif6-big.jpg")
    bare = content[:2] + content[content.index(b"\xff\xe0") :] if b"\xff\xe0" in content else content

    def tiff(body):
        note = b"Exif\0\0" + body
        return content[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(note)) + note + bare[2:]

    for text, body in (
        ("a directory that is itself", b"MM\0*\0\0\0\4\0\1"), ("a directory beyond it", b"MM\0*\xff\xff\xff\xff"),
        ("65535 entries", b"MM\0*\0\0\0\x08\xff\xff" + bytes(24)), ("no byte order", b"XX\0*\0\0\0\x08\0\1"),
        ("a next directory that is the first", b"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\x08"),
        ("an orientation of 0", exif(0, ">")[10:]), ("an orientation of 9", exif(9, ">")[10:]),
        ("an orientation of 65535", exif(65535, "<")[10:]), ("nothing", b""), ("half a header", b"MM\0"),
    ):
        yield f"jpeg whose EXIF has {text}", tiff(body), "decodes"
    for marker in range(0xE0, 0xF0):
        yield f"jpeg with APP{marker - 0xE0} of junk", bare[:2] + segment(marker, bytes(range(200))) + bare[2:], "decodes"
    yield "jpeg with a huge comment", bare[:2] + segment(0xFE, b"x" * 20000) + bare[2:], "decodes"
    yield "jpeg with 500 comments", bare[:2] + segment(0xFE, b"x") * 500 + bare[2:], "decodes"
    yield "jpeg behind fill bytes", bare[:2] + b"\xff" * 300 + bare[2:], "decodes"
    adobe = read("cmyk.jpg")
    at = adobe.index(b"Adobe") + 11
    for transform in (1, 3, 255):
        yield f"cmyk jpeg of transform {transform}", adobe[:at] + bytes([transform]) + adobe[at + 1 :], "either"


def segment(marker, content):
    return bytes([0xFF, marker]) + struct.pack(">H", 2 + len(content)) + content


def others():
    yield "nothing", b"", "fails"
    for text, content in (
        ("gif", b"GIF89a\1\0\1\0\0\0\0;"), ("webp", b"RIFF\0\0\0\0WEBP"), ("tiff", b"II*\0\x08\0\0\0"), ("bmp", b"BM" + bytes(50)),
        ("html", b"<html>"), ("zeros", bytes(64)), ("one byte", b"\x89"), ("a png signature", SIGNATURE),
        ("a jpeg signature", b"\xff\xd8\xff"), ("jpeg start and end", b"\xff\xd8\xff\xd9"), ("an mng", b"\x8aMNG\r\n\x1a\n"),
        ("two starts", b"\xff\xd8" * 9), ("a png in a jpeg", b"\xff\xd8\xff" + read("rgb8.png")),
    ):
        yield text, content, "fails"
    generator = random.Random(3)
    for signature, text in ((SIGNATURE, "png"), (b"\xff\xd8\xff", "jpeg")):
        for trial in range(10):
            yield f"{text} of noise {trial}", signature + generator.randbytes(60), "fails"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    entries, data = [], bytearray()
    for maker in (png_structure, png_headers, png_data, png_palettes, png_suite_x, jpeg_structure, jpeg_frames, jpeg_tables,
                  jpeg_scans, jpeg_notes, others):
        for name, content, outcome in maker():
            entries.append([name, len(content), outcome])
            data += content
    # Many share their bytes with the one before: the archive is one gzip-less zlib stream.
    (FOLDER / "files.zlib").write_bytes(zlib.compress(bytes(data), 9))
    (FOLDER / "files.json").write_text("[\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]\n")
    print(len(entries), "files,", len(data), "bytes,", sum(f.stat().st_size for f in FOLDER.iterdir()), "stored")
