"""Writes distribution functions of Β(a, b) and Γ(shape) by SciPy, for the tests of what `RandomStream` draws.

Run: python Scripts/golden/beta.py. Results do not depend on the working directory.
"""

import json
from pathlib import Path

import numpy
from scipy import stats

GOLDEN = Path(__file__).resolve().parents[2] / "Tests/TensorsTests/Golden"
SHARES = numpy.linspace(0.02, 0.98, 49)


def table(name, shapes, distribution):
    """Points at equal shares of the distribution, and the function there."""
    points = distribution.ppf(SHARES)
    return {"distribution": name, "shapes": shapes, "points": points.tolist(),
            "shares": distribution.cdf(points).tolist()}


if __name__ == "__main__":
    tables = [table("beta", [a, b], stats.beta(a, b))
              for a, b in [(0.8, 0.8), (1, 1), (0.3, 0.3), (2, 5), (0.1, 0.1), (40, 30)]]
    tables += [table("gamma", [shape], stats.gamma(shape)) for shape in (0.2, 0.9, 1, 1.7, 25)]
    lines = ",\n  ".join(map(json.dumps, tables))
    (GOLDEN / "beta.json").write_text(f"[\n  {lines}\n]\n")
