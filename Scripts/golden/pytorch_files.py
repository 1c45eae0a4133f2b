"""Goldens of PyTorch's files: what torch.save writes, and what torch reads in it.

Run from anywhere: python Scripts/golden/pytorch_files.py

Tests/VisionTransformerTests/Golden/weights/<name>.pth, and expected.safetensors with the values of `<name>/<path>` as torch
converts them to float32; expected.json tells type and shape of every tensor of a file.
"""

import json
import zipfile
from collections import Counter, OrderedDict
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

FOLDER = Path(__file__).resolve().parents[2] / "Tests/VisionTransformerTests/Golden/weights"
# As safetensors names them.
TYPES = {
    torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.float8_e4m3fn: "F8_E4M3", torch.float8_e5m2: "F8_E5M2", torch.int64: "I64", torch.int32: "I32",
    torch.int16: "I16", torch.int8: "I8", torch.uint64: "U64", torch.uint32: "U32", torch.uint16: "U16",
    torch.uint8: "U8", torch.bool: "BOOL", torch.complex64: "C64", torch.complex128: "C128",
}
expected, described = {}, {}


def normal(*shape, dtype=torch.float32):
    return torch.randn(shape, generator=generator).to(dtype)


def paths(value, prefix=""):
    """(path, tensor) of all tensors in dictionaries, lists and tuples."""
    if isinstance(value, torch.Tensor):
        yield prefix, value
    elif isinstance(value, dict):
        for key, item in value.items():
            # Vitrail leaves keys of other types out.
            if type(key) in (str, int):
                yield from paths(item, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from paths(item, f"{prefix}.{index}" if prefix else str(index))


def record(name):
    """Keeps the floating-point tensors that torch itself reads in a file."""
    value = torch.load(FOLDER / f"{name}.pth", weights_only=False, map_location="cpu")
    described[name] = {path: {"dtype": TYPES[tensor.dtype], "shape": list(tensor.shape)} for path, tensor in paths(value)}
    for path, tensor in paths(value):
        if TYPES[tensor.dtype] in ("F32", "F64", "F16", "BF16"):
            expected[f"{name}/{path}"] = tensor.detach().float().contiguous().clone()


def save(name, value, **options):
    torch.save(value, FOLDER / f"{name}.pth", **options)
    record(name)


def small_model():
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))
    for tensor in model.state_dict().values():
        if tensor.is_floating_point():
            tensor.copy_(normal(*tensor.shape))
    return model


def rewritten(name, source, change=lambda archive: None, **options):
    """The members of a file put into another archive by Python's zipfile."""
    with zipfile.ZipFile(FOLDER / f"{source}.pth") as old, zipfile.ZipFile(FOLDER / f"{name}.pth", "w") as new:
        change(new)
        for info in old.infolist():
            member = zipfile.ZipInfo(info.filename.replace(source, name, 1))
            with new.open(member, "w", **options) as file:
                file.write(old.read(info))
    record(name)


def main():
    model = small_model()
    save("flat", model.state_dict())
    optimizer = torch.optim.AdamW(model.parameters())
    model(normal(5, 3)).sum().backward()
    optimizer.step()
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [3, 5])
    save("checkpoint", {
        "model": model.state_dict(), "teacher": OrderedDict(backbone=small_model().state_dict()),
        "optimizer": optimizer.state_dict(), "schedule": schedule.state_dict(), "epoch": 3, "seed": 2**64 - 1,
        "loss": 0.25, "name": "größe", "best": None, "done": False, "numbers": {1, 2}, "frozen": frozenset([3]),
        "raw": b"\x00\xff", "array": bytearray(b"abc"), "milestones": Counter([3, 3, 5]), "z": 1 + 2j,
        "accuracy": np.float64(0.5), "steps": np.int64(7), "device": torch.device("cpu"), "type": torch.float16,
        "size": torch.Size([2, 3]), "minus": -70_000, "wide": -2**40, "large": 10**30, "list": [normal(2), (normal(1),)],
        7: normal(3), True: normal(2), (1, 2): normal(2),
    })
    save("parameters", {"weight": torch.nn.Parameter(normal(2, 3)), "bias": torch.nn.Parameter(normal(2), False)})

    floats = torch.tensor([1, -0.0, 0.1, 3e-42, 65504, 1e30, float("inf"), -float("inf")])
    kinds = [torch.float32, torch.float64, torch.float16, torch.bfloat16]
    save("floats", {str(kind).removeprefix("torch."): (floats.double() * 1.0000001).to(kind) for kind in kinds})
    names = ["int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8", "bool", "complex64",
             "complex128", "float8_e4m3fn", "float8_e5m2"]
    save("numbers", {name: torch.arange(3.0).to(getattr(torch, name)) for name in names})

    base = normal(4, 5, 6)
    tied = normal(3, 2)
    save("views", {
        "transposed": base.permute(2, 0, 1), "sliced": base[1:3, ::2, 1:], "expanded": base[0, 0, 0].expand(3, 2),
        "rows": base[2], "column": base[:, 3, 2], "windows": base.flatten().unfold(0, 4, 2)[:5], "one": base[1:2, 1:2, :],
        "tied": tied, "again": tied, "part": tied[1], "turned": tied.T.double().half(),
        "empty": torch.zeros(0, 3), "none": torch.zeros(2, 0), "scalar": torch.tensor(7.5), "end": base[3, 4, 5],
        "brain": base[0].bfloat16().T, "halves": base.half()[:, 1:4:2].transpose(0, 2), "doubles": base[1].double()[:, 2:].T,
    })
    for protocol in (3, 4, 5):
        save(f"protocol{protocol}", {"a": normal(2, 2), "b": {"größe": torch.nn.Parameter(normal(3))}, "c": {1},
                                     "raw": b"\x00\xff", "array": bytearray(b"abc"), "frozen": frozenset([3]), "n": [2**70, -1, 300],
                                     "d": OrderedDict(x=normal(1))}, pickle_protocol=protocol)
    # A checksum of 0 in all members.
    torch.serialization.set_crc32_options(False)
    save("unchecked", {"w": normal(3)})
    torch.serialization.set_crc32_options(True)
    rewritten("rezipped", "flat")
    rewritten("zip64", "flat", lambda archive: setattr(archive, "comment", b"a comment PK\5\6"), force_zip64=True)
    save_file(expected, FOLDER / "expected.safetensors")
    (FOLDER / "expected.json").write_text(json.dumps(described, sort_keys=True, ensure_ascii=False) + "\n")
    print(sum(file.stat().st_size for file in FOLDER.iterdir()), "bytes")


generator = torch.Generator().manual_seed(20)
torch.manual_seed(20)
if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    main()
