"""Times one training step of `mae_reference`'s ViT in PyTorch on the CPU, float32: MAE's, or SimCLR's of two views.

The rival of `vitrail bench step [--objective simCLR]`. Example: python Scripts/rivals/pytorch_step.py --shape ti --json
Pixels are made once; a step is masking or nothing, forward, backward, AdamW and clearing of gradients. The default
attention is the faster for the shape (see ATTENTION), the default optimizer the fused AdamW.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import time
from pathlib import Path


def seconds_since_start():
    """Seconds since the kernel started this process, the interpreter's own start-up included."""
    fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
    started = int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started


def resident_bytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))
import torch  # noqa: E402

from mae_reference import (  # noqa: E402
    Configuration, MaskedAutoencoder, VisionTransformer, decay_groups, patchify)

IMPORTS_BYTES = resident_bytes()

# side, patch, (width, depth, heads), decoder (width, depth, heads), batch
SHAPES = {
    "mini": (28, 4, (128, 6, 4), (64, 1, 4), 128),
    "xs": (32, 4, (192, 12, 3), (128, 4, 4), 64),
    "ti": (224, 16, (192, 12, 3), (192, 4, 3), 32),
    "s": (224, 16, (384, 12, 6), (256, 4, 8), 16),
    "b": (224, 16, (768, 12, 12), (512, 8, 16), 8),
}

# The faster attention, by interleaved runs on 2-core AMD EPYCs (Zen 4 and Zen 5), two threads, otherwise idle: mini
# explicit by 6-13 %, xs explicit by 17 %, ti and s the same within 2 %; b fused by 3-5 % of CPU time.
ATTENTION = {"mini": "explicit", "xs": "explicit", "ti": "fused", "s": "fused", "b": "fused"}


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=SHAPES, default="ti")
    parser.add_argument("--objective", choices=("mae", "simCLR"), default="mae")
    parser.add_argument("--batch", type=int, help="samples a step (default: the shape's)")
    parser.add_argument("--steps", type=int, default=10, help="timed steps (default 10)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--compile", action="store_true", help="torch.compile the forward and backward")
    parser.add_argument("--attention", choices=("fused", "explicit"), help="default: the faster")
    parser.add_argument("--optimizer", choices=("fused", "foreach", "loop"), default="fused")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if options.steps < 1 or options.threads < 1:
        parser.error("--steps and --threads must be at least 1")
    options.attention = options.attention or ATTENTION[options.shape]
    return options


class SimCLR(VisionTransformer):
    """The mean token of two views, a head of two layers with a batch norm between, NT-Xent at 0.1 (Chen et al., 2020)."""

    def __init__(self, configuration, fused):
        super().__init__(configuration, fused)
        width = configuration.width
        self.head = torch.nn.Sequential(
            torch.nn.Linear(width, 4 * width, bias=False), torch.nn.BatchNorm1d(4 * width), torch.nn.ReLU(),
            torch.nn.Linear(4 * width, 128))

    def forward(self, patches):
        z = torch.nn.functional.normalize(self.head(self.features(patches)[1]), dim=1)
        scores = z @ z.T / 0.1
        scores.fill_diagonal_(float("-inf"))
        return torch.nn.functional.cross_entropy(scores, torch.arange(len(z)).roll(len(z) // 2))


def make_step(options):
    """A function that runs one training step, and the batch size."""
    side, patch, encoder, decoder, batch = SHAPES[options.shape]
    batch = options.batch or batch
    configuration = Configuration(side, side, 3, patch, *encoder, *decoder)
    kind = MaskedAutoencoder if options.objective == "mae" else SimCLR
    model = kind(configuration, fused=options.attention == "fused")
    chosen = {"fused": {"fused": True}, "foreach": {"foreach": True}, "loop": {"foreach": False}}
    optimiser = torch.optim.AdamW(
        decay_groups(model, 0.05), lr=1.5e-4, betas=(0.9, 0.95), **chosen[options.optimizer])
    views = 1 if options.objective == "mae" else 2
    patches = patchify(torch.randn(views * batch, 3, side, side), patch).contiguous()
    run = torch.compile(model) if options.compile else model

    def step():
        if options.objective == "mae":
            loss = run(patches, torch.rand(batch, configuration.patch_count))[0]
        else:
            loss = run(patches)
        loss.backward()
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        return loss.item()

    return step, batch


def main():
    options = arguments()
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    step, batch = make_step(options)
    step()
    first = seconds_since_start()
    for _ in range(5 if options.compile else 2):
        step()
    times = []
    for _ in range(options.steps):
        begin = time.perf_counter()
        step()
        times.append(time.perf_counter() - begin)
    median = statistics.median(times)
    result = {
        "shape": options.shape,
        "batch": batch,
        "threads": options.threads,
        "imagesPerSecond": round(batch / median, 2),
        "millisecondsPerStep": round(1000 * median, 2),
        "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "secondsToFirstStep": round(first, 2),
        "importsBytes": IMPORTS_BYTES,
        "mode": "compile" if options.compile else "eager",
        "attention": options.attention,
        "optimizer": options.optimizer,
        "fastestMillisecondsPerStep": round(1000 * min(times), 2),
    }
    print(json.dumps(result) if options.json else "\n".join(f"{k}: {v}" for k, v in result.items()))


if __name__ == "__main__":
    main()
