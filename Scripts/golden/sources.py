"""Writes the golden files of DatasetsTests: a list as Python's csv module reads it, CIFAR binaries with their images as
NumPy and Pillow make them, and bands with their stack.

Usage: .build/rivals/bin/python Scripts/golden/sources.py   (from the package's folder; NumPy 2, Pillow 12)
"""

import csv
import json
import os
from pathlib import Path

import numpy as np
from PIL import Image

TARGET = Path("Tests/DatasetsTests/Golden")

LIST = (
    "id,class,path\r\n"
    '1,"a, b",plain.png\r\n'
    '2,x,"with, comma.png"\r\n'
    "\r\n"
    '3,"say ""hi""","two\r\nlines.png"\r\n'
    '4,,"""quoted"".png"\r\n'
    '5,"","größe/ü.png"\r\n'
    '6, x ,"/absolute/6.png"'
)


def write_list() -> None:
    (TARGET / "list.csv").write_bytes(LIST.encode())
    with (TARGET / "list.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, strict=True)]
    entries = [{"path": row["path"], "label": row["class"]} for row in rows]
    (TARGET / "list.json").write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n")


def record(labels: list[int], seed: int) -> bytes:
    place = np.arange(3072)
    return bytes(labels) + ((place * (seed + 3) + place // 32 * 5 + place // 1024 * 70) % 256).astype(np.uint8).tobytes()


def write_cifar(folder: str, files: dict[str, list[bytes]], label_bytes: int) -> None:
    (TARGET / folder).mkdir(exist_ok=True)
    for name, records in files.items():
        (TARGET / folder / name).write_bytes(b"".join(records))
    for split in ["train", "test"]:
        records = [r for name, rs in files.items() if name.startswith("test") == (split == "test") for r in rs]
        planes = np.stack([np.frombuffer(r[label_bytes:], np.uint8).reshape(3, 32, 32) for r in records])
        images = planes.transpose(0, 2, 3, 1).reshape(-1, 32, 3)
        Image.fromarray(images).save(TARGET / f"{folder}-{split}.png", optimize=True)


def write_bands() -> None:
    (TARGET / "bands").mkdir(exist_ok=True)
    generator = np.random.default_rng(0)
    eight = {name: generator.integers(0, 256, (4, 5), np.uint8) for name in ["_B02", "_B03"]}
    deep = generator.integers(0, 65536, (4, 5), np.uint16)
    for name, band in eight.items():
        Image.fromarray(band).save(TARGET / "bands" / f"tile{name}.png")
    Image.fromarray(deep).save(TARGET / "bands" / "tile_B08.png")
    assert Image.open(TARGET / "bands" / "tile_B08.png").mode == "I;16"
    wide = [band.astype(np.uint16) * 257 for band in eight.values()]
    stacks = {"eight": np.dstack(list(eight.values())), "mixed": np.dstack([deep, *wide])}
    text = json.dumps({name: stack.flatten().tolist() for name, stack in stacks.items()})
    (TARGET / "bands.json").write_text(text + "\n")


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    write_list()
    ten = {f"data_batch_{n}.bin": [record([(n * 3) % 10], n)] for n in range(1, 6)}
    write_cifar("cifar10", ten | {"test_batch.bin": [record([9], 7), record([0], 8)]}, 1)
    names = "airplane automobile bird cat deer dog frog horse ship truck".split()
    (TARGET / "cifar10" / "batches.meta.txt").write_text("\n".join(names) + "\n\n")
    hundred = {"train.bin": [record([19, 99], 9), record([0, 7], 10)], "test.bin": [record([5, 42], 11)]}
    write_cifar("cifar100", hundred, 2)
    write_bands()
    print(sum(path.stat().st_size for path in TARGET.rglob("*") if path.is_file()), "bytes in", os.fspath(TARGET))


if __name__ == "__main__":
    main()
