"""Writes the golden files of the source of NumPy arrays: every type with every order of axes, labels, and arrays that are
refused, each with the line of Python that mends it and what that line makes.

Usage: .build/rivals/bin/python Scripts/golden/arrays.py   (from the package's folder; NumPy 2)
"""

import base64
import json
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np

TARGET = Path("Tests/DatasetsTests/Golden/arrays")
TYPES = ["|u1", "<u2", ">u2", "<f4", ">f4"]
# Images, rows, columns: no fewer rows than columns, so that nine channels at the end are taken for channels.
COUNT, HEIGHT, WIDTH = 3, 7, 6


def values(dtype: str, channels: int, generator: np.random.Generator) -> np.ndarray:
    shape = (COUNT, HEIGHT, WIDTH, channels)
    if dtype[1] == "f":
        return generator.normal(0.5, 2, shape).astype(dtype)
    return generator.integers(0, 1 << 8 * int(dtype[2:]), shape).astype(dtype)


def expected(images: np.ndarray) -> str:
    """Samples `[images, rows, columns, channels]`, the least byte first."""
    return base64.b64encode(np.ascontiguousarray(images.astype(images.dtype.newbyteorder("<")))).decode()


def write_kinds() -> list[dict]:
    generator = np.random.default_rng(19)
    kinds = []

    def add(name: str, stored: np.ndarray, images: np.ndarray, version: tuple[int, int] = (1, 0)) -> None:
        with (TARGET / f"{name}.npy").open("wb") as file:
            np.lib.format.write_array(file, np.ascontiguousarray(stored), version=version)
        assert (TARGET / f"{name}.npy").read_bytes()[6:8] == bytes(version)
        kinds.append({"name": name, "channels": images.shape[3], "samples": expected(images)})

    for dtype in TYPES:
        name = {"|": "", "<": "little-", ">": "big-"}[dtype[0]] + np.dtype(dtype).name
        gray, colour = values(dtype, 1, generator), values(dtype, 3, generator)
        add(f"{name}-nhw", gray[..., 0], gray)
        add(f"{name}-nhwc", colour, colour)
        add(f"{name}-nchw", colour.transpose(0, 3, 1, 2), colour)
    bands = values("<u2", 5, generator)
    add("bands-nchw", bands.transpose(0, 3, 1, 2), bands)
    bands = values("|u1", 9, generator)
    add("bands-nhwc", bands, bands)
    for version in [(2, 0), (3, 0)]:
        gray = values("|u1", 1, generator)
        add(f"version-{version[0]}", gray[..., 0], gray, version)
    return kinds


def write_labels() -> dict[str, list[int]]:
    labels = {}
    for dtype in ["|i1", "|u1", "<i2", ">u2", "<i4", ">i4", "<u4", "<i8", ">i8", ">u8"]:
        found = np.array([7, 2, 7, 110, 2] if dtype[1] == "u" else [7, -1, 7, 110, 2], dtype)
        name = {"|": "", "<": "little-", ">": "big-"}[dtype[0]] + np.dtype(dtype).name
        np.save(TARGET / f"labels-of-{name}.npy", found)
        labels[name] = [int(label) for label in found]
    return labels


def write_refusals() -> list[dict]:
    """Arrays that are refused, each mended by its line in a folder of its own."""
    generator = np.random.default_rng(20)
    images = values("|u1", 1, generator)[..., 0]
    objects = np.empty(COUNT, object)
    for index in range(COUNT):
        objects[index] = images[index]
    records = np.zeros(COUNT, [("image", "u1", (HEIGHT, WIDTH)), ("label", "<i8")])
    records["image"] = images
    cases = {
        "object": (objects, "np.stack(list(a))"),
        "records": (records, 'a["image"]'),
        "fortran": (np.asfortranarray(images), "np.ascontiguousarray(a)"),
        "float64": (images / 255, "a.astype(np.float32)"),
        "float16": ((images / 255).astype(np.float16), "a.astype(np.float32)"),
        "int16": (images.astype("<i2") - 100, "a.astype(np.float32)"),
        "uint32": (images.astype(">u4"), "a.astype(np.float32)"),
        "bool": (images > 99, "a.astype(np.uint8) * 255"),
        "single": (images[0], "a[None]"),
        "single-colour": (images[..., :3], "a[None]"),
    }
    refusals = []
    for name, (array, expression) in cases.items():
        file = f"{name}.npy"
        np.save(TARGET / file, array, allow_pickle=True)
        options = ", allow_pickle=True" if name == "object" else ""
        line = f'a = np.load("{file}"{options}); np.save("{file}", {expression})'
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(TARGET / file, folder)
            place = os.getcwd()
            os.chdir(folder)
            exec(line, {"np": np})
            mended = np.load(file)
            shutil.copy(file, Path(place) / TARGET / f"{name}-mended.npy")
            os.chdir(place)
        refusals.append({"name": name, "line": line, "shape": list(mended.shape), "type": mended.dtype.name})
    np.save(TARGET / "complex.npy", images.astype(np.complex64))
    np.save(TARGET / "text.npy", np.array([["ab", "c"]]))
    np.save(TARGET / "axes.npy", images.reshape(1, 1, COUNT, HEIGHT, WIDTH))
    np.save(TARGET / "empty.npy", images[:0])
    return refusals


def main() -> None:
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    golden = {"kinds": write_kinds(), "labels": write_labels(), "refusals": write_refusals()}
    (TARGET / "arrays.json").write_text(json.dumps(golden, indent=1) + "\n")
    print(sum(path.stat().st_size for path in TARGET.iterdir()), "bytes in", os.fspath(TARGET))


if __name__ == "__main__":
    main()
