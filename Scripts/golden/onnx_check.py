"""Runs exported models through onnx.checker and onnxruntime, and prints how far they are from what Vitrail computed.

Usage: python Scripts/golden/onnx_check.py [FOLDER]

FOLDER holds NAME.F32.onnx or NAME.F16.onnx and NAME.json: {"images": {"shape", "values"}, "features": …, "tokens": …}. Without
one the tests write one, of every kind of encoder, of files for images of any size and of the encoders of the benchmarks:
VITRAIL_ONNX_OUT=FOLDER Scripts/check ONNX.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy
import onnx
import onnxruntime


# Of the largest element. Half precision has 11 bits, which some of the random encoders make less of.
BOUNDS = {"F32": 1e-4, "F16": 0.05}


def array(tree):
    return numpy.array(tree["values"], numpy.float32).reshape(tree["shape"])


def session(path):
    """One thread; warnings go to standard error."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 2
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def difference(found, wanted):
    """The largest difference over the largest element; infinite where shapes differ."""
    if found.shape != wanted.shape or found.dtype != numpy.float32:
        return float("inf")
    return float(numpy.abs(found.astype(numpy.float64) - wanted).max() / numpy.abs(wanted).max())


def check(folder):
    worst = {}
    failed = 0
    files = sorted(pathlib.Path(folder).glob("*.onnx"))
    for path in files:
        name, precision = path.name.removesuffix(".onnx").rsplit(".", 1)
        onnx.checker.check_model(onnx.load(path), full_check=True)
        expected = json.loads(path.with_name(name + ".json").read_text())
        model = session(path)
        outputs = [output.name for output in model.get_outputs()]
        for output, found in zip(outputs, model.run(outputs, {"images": array(expected["images"])})):
            error = difference(found, array(expected[output]))
            if not error <= BOUNDS[precision]:
                failed += 1
                print(f"FAILED {path.name} {output}: {error:.1e}")
            family = name if name.startswith("bench-") else name.rsplit("-", 1)[0]
            key = (family, precision, output)
            worst[key] = max(worst.get(key, (0, "")), (error, name))
    for (family, precision, output), (error, name) in sorted(worst.items()):
        print(f"{family:20} {precision} {output:10} {error:.1e}  {name}")
    print(
        f"{len(files)} files, {failed} outputs beyond the bounds, onnx {onnx.__version__}, "
        f"onnxruntime {onnxruntime.__version__}"
    )
    return failed > 0 or not files


def main():
    if sys.argv[1:]:
        return check(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(__file__).resolve().parents[2]
        subprocess.run(
            ["Scripts/check", "ONNX", "EncoderExportTests|DynamicSizeTests"],
            cwd=root, env=os.environ | {"VITRAIL_ONNX_OUT": folder}, check=True,
        )
        return check(folder)


if __name__ == "__main__":
    sys.exit(main())
