"""Golden values of what is measured of a matrix of features, by numpy alone.

Writes Tests/TensorsTests/Golden/feature_health.json: run from the root of the repository with a Python that has numpy.
"""

import json
import pathlib

import numpy as np

rng = np.random.default_rng(11)


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def case(name, x, positive):
    x, positive = np.round(x, 4), np.round(positive, 4)
    p = np.linalg.svd(x, compute_uv=False)
    p = p / p.sum() + 1e-7
    u, v = unit(x), unit(positive)
    distances = ((u[:, None] - u[None]) ** 2).sum(axis=2)
    pairs = distances[~np.eye(len(x), dtype=bool)]
    return {
        "name": name,
        "width": x.shape[1],
        "features": x.ravel().tolist(),
        "positives": positive.ravel().tolist(),
        "rankMe": float(np.exp(-(p * np.log(p)).sum())),
        "directionSpread": float(u.std(axis=0).mean() * np.sqrt(x.shape[1])),
        "alignment": float(((u - v) ** 2).sum(axis=1).mean()),
        "uniformity": float(np.log(np.exp(-2 * pairs).mean())),
    }


def draw(n, d):
    return rng.normal(size=(n, d))


wide, tall = draw(7, 12), draw(20, 5)
common = draw(1, 9) * 5 + 0.1 * draw(16, 9)  # nearly collapsed
low = draw(18, 2) @ draw(2, 10)  # rank 2
cases = [
    case("more channels than samples", wide, wide + 0.3 * draw(7, 12)),
    case("more samples than channels", tall, draw(20, 5)),
    case("a large common part", common, common + 0.05 * draw(16, 9)),
    case("two directions", low, low + draw(18, 10)),
]
path = pathlib.Path("Tests/TensorsTests/Golden/feature_health.json")
path.write_text(json.dumps(cases) + "\n")
