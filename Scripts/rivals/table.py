"""Medians of interleaved measurements (a JSON object a line) as a Markdown table."""

import json
import statistics
import sys


def median(rows, key):
    return statistics.median(row[key] for row in rows)


def main():
    rows = [json.loads(line) for line in open(sys.argv[1])]
    print("| shape | Vitrail img/s | PyTorch img/s | ratio (of pairs) | GEMM bound img/s | share of the bound "
          "| peak MB | PyTorch peak MB | first step s | PyTorch first step s |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for shape in dict.fromkeys(row["shape"] for row in rows):
        ours = [row for row in rows if row["shape"] == shape and "lanes" in row]
        theirs = [row for row in rows if row["shape"] == shape and "lanes" not in row]
        ratios = sorted(a["imagesPerSecond"] / b["imagesPerSecond"] for a, b in zip(ours, theirs))
        share = statistics.median(row["imagesPerSecond"] / row["gemmBoundImagesPerSecond"] for row in ours)
        print(f"| {shape} | {median(ours, 'imagesPerSecond'):.1f} | {median(theirs, 'imagesPerSecond'):.1f} "
              f"| {statistics.median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f}) "
              f"| {median(ours, 'gemmBoundImagesPerSecond'):.1f} | {share:.2f} "
              f"| {median(ours, 'peakBytes') / 1e6:.0f} | {median(theirs, 'peakBytes') / 1e6:.0f} "
              f"| {median(ours, 'secondsToFirstStep'):.2f} | {median(theirs, 'secondsToFirstStep'):.2f} |")


if __name__ == "__main__":
    main()
