"""Medians of interleaved measurements (a JSON object a line) as a Markdown table."""

import json
import statistics
import sys


def median(rows, key):
    return statistics.median(row[key] for row in rows)


def speed(rows):
    return f"{median(rows, 'imagesPerSecond'):.1f}" if rows else "–"


def ratio(ours, theirs):
    """The median over pairs and, where there are several, their range."""
    ratios = sorted(a["imagesPerSecond"] / b["imagesPerSecond"] for a, b in zip(ours, theirs))
    if not ratios:
        return "–"
    spread = f" ({ratios[0]:.2f}–{ratios[-1]:.2f})" if len(ratios) > 1 else ""
    return f"{statistics.median(ratios):.2f}{spread}"


def main():
    rows = [json.loads(line) for line in open(sys.argv[1])]
    print("| shape | kernels | Vitrail img/s | share of the GEMM bound | eager img/s | ratio | compiled img/s | ratio "
          "| peak MB | eager's | share | first step s | eager's |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    for shape in dict.fromkeys(row["shape"] for row in rows):
        here = [row for row in rows if row["shape"] == shape]
        eager = [row for row in here if row.get("mode") == "eager"]
        compiled = [row for row in here if row.get("mode") == "compile"]
        for kernels in dict.fromkeys(row["kernels"] for row in here if "kernels" in row):
            ours = [row for row in here if row.get("kernels") == kernels]
            share = statistics.median(row["imagesPerSecond"] / row["gemmBoundImagesPerSecond"] for row in ours)
            peak, eager_peak = median(ours, "peakBytes") / 1e6, median(eager, "peakBytes") / 1e6
            print(f"| {shape} | {kernels} | {speed(ours)} | {share:.2f} "
                  f"| {speed(eager)} | {ratio(ours, eager)} "
                  f"| {speed(compiled)} | {ratio(ours, compiled)} "
                  f"| {peak:.0f} | {eager_peak:.0f} | {peak / eager_peak:.2f} "
                  f"| {median(ours, 'secondsToFirstStep'):.2f} | {median(eager, 'secondsToFirstStep'):.2f} |")


if __name__ == "__main__":
    main()
