"""Images a second of torchvision's ImageFolder with a DataLoader of 2 workers, as JSON:
python torchvision_loader.py DIR [--images N] [--workers N]

RandomResizedCrop(224, scale 0.2-1, bicubic), horizontal flip, tensor, normalise; batches of 64. TIFF files are read by
tifffile, as tensors of all their channels.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import tifffile
import torch
from torchvision import datasets, transforms


def tiff(path):
    samples = tifffile.imread(path)
    return torch.from_numpy(np.ascontiguousarray(samples.transpose(2, 0, 1))).to(torch.float32).div_(65535)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    torch.set_num_threads(1)
    crop = [
        transforms.RandomResizedCrop(224, scale=(0.2, 1), interpolation=transforms.InterpolationMode.BICUBIC),
        transforms.RandomHorizontalFlip(),
    ]
    normalize = transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    if any(Path(given.folder).rglob("*.tif")):
        normalize = transforms.Normalize([0.449] * 4, [0.226] * 4)
        images = datasets.ImageFolder(given.folder, transforms.Compose([*crop, normalize]), loader=tiff)
    else:
        images = datasets.ImageFolder(given.folder, transforms.Compose([*crop, transforms.ToTensor(), normalize]))
    sampler = torch.utils.data.RandomSampler(images, replacement=True, num_samples=given.images + 256)
    loader = torch.utils.data.DataLoader(images, 64, sampler=sampler, num_workers=given.workers)
    count, start = 0, None
    for batch, _ in loader:
        if start is None:  # the first batch waits for the workers to start
            start = time.perf_counter()
        else:
            count += len(batch)
        if count >= given.images:
            break
    seconds = time.perf_counter() - start
    print(json.dumps({"images": count, "imagesPerSecond": count / seconds, "workers": given.workers}))


if __name__ == "__main__":
    main()
