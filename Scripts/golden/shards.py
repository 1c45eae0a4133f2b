"""Goldens of the archives in the Datasets tests: made by Python's tarfile, in each of its formats.

Needs NumPy and Pillow. Run from anywhere: python Scripts/golden/shards.py
Images are gray 4×3 PNGs; shards.json says where tarfile finds the data of each member, and what is in it.
"""

import io
import json
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

GOLDEN = Path(__file__).resolve().parents[2] / "Tests" / "DatasetsTests" / "Golden"
LONG = "long-folder/" * 14 + "name"
BEYOND_PREFIX = "a-very-long-folder-name/" * 12 + "x" * 120


def png(number):
    file = io.BytesIO()
    Image.fromarray((np.arange(12, dtype=np.uint8) * 9 + number).reshape(3, 4)).save(file, "PNG")
    return file.getvalue()


def member(archive, name, data, kind=tarfile.REGTYPE, link=""):
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, link
    entry.size = len(data) if kind == tarfile.REGTYPE else 0
    entry.mtime = 1.5e9 + 0.25  # a fraction makes PAX records
    archive.addfile(entry, io.BytesIO(data))


def samples(names, labels):
    for number, (name, label) in enumerate(zip(names, labels)):
        yield f"{name}.png", png(number)
        if isinstance(label, str):
            yield f"{name}.cls", label.encode()
        elif label is not None:
            yield f"{name}.json", json.dumps(label).encode()


def write(name, kind, members):
    path = GOLDEN / f"{name}.tar"
    with tarfile.open(path, "w", format=kind) as archive:
        member(archive, "folder", b"", tarfile.DIRTYPE)
        for name_, data in members:
            member(archive, name_, data)
        member(archive, "folder/link.png", b"", tarfile.SYMTYPE, "elsewhere/" * (9 if kind == tarfile.USTAR_FORMAT else 15) + "x.png")
        member(archive, "README", b"no image")
        member(archive, "._hidden.png", b"no image either")
    with tarfile.open(path) as archive:
        return [
            {"name": m.name, "offset": m.offset_data, "size": m.size,
             "pixels": np.asarray(Image.open(archive.extractfile(m))).ravel().tolist()}
            for m in archive if m.isfile() and m.name.endswith((".png", ".PNG")) and "._" not in m.name
        ]


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    names = ["000", "./001", "sub.folder/002", LONG, "ä", BEYOND_PREFIX]
    words = ["fox", "owl", "fox", None, {"label": "ant", "caption": "x"}, {"caption": "none"}]
    numbers = ["3\n", "0", {"label": 12}, None, "3", {"label": None}]
    index = {
        "ustar": write("ustar", tarfile.USTAR_FORMAT, samples(names[:4], words[:4])),
        "gnu": write("gnu", tarfile.GNU_FORMAT, samples(names, words)),
        "pax": write("pax", tarfile.PAX_FORMAT, samples(names, numbers)),
    }
    (GOLDEN / "shards.json").write_text(json.dumps(index, indent=1) + "\n")
    print(sum(f.stat().st_size for f in GOLDEN.iterdir()), "bytes")
