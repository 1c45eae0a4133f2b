"""Golden values of the probe of several labels an image, from scikit-learn.

Writes Tests/EvaluationTests/Golden/multi-label.json: run from the root of the repository with a Python that has
scikit-learn. Takes the first seed at which no two scores of a class are so close that rounding could turn a decision.
"""

import json
import pathlib

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score
from sklearn.preprocessing import StandardScaler

N, TESTS, D, K = 160, 36, 8, 4
MARGIN = 2e-4  # of the largest score; fits agree to a tenth of it


def listed(a, digits=9):
    return [float(f"{v:.{digits}g}") for v in np.asarray(a, dtype=np.float64).ravel()]


def draw(rng, directions, n):
    x = np.round(rng.normal(size=(n, D)) * np.geomspace(0.1, 10, D) + 3, 3).astype(np.float32)
    z = (x - 3) / np.geomspace(0.1, 10, D) @ directions.T + rng.logistic(size=(n, K)) - [0, 1, 2, 0.5]
    return x, z > 0


def objective(models, x, y, l2):
    total = 0
    for c, m in enumerate(models):
        z = m.decision_function(x)
        total += (np.logaddexp(0, z) - z * y[:, c]).mean() + l2 / 2 * (m.coef_**2).sum()
    return total


def attempt(seed):
    rng = np.random.default_rng(seed)
    directions = 1.5 * rng.normal(size=(K, D))
    (train, y), (test, truth) = draw(rng, directions, N), draw(rng, directions, TESTS)
    scaler = StandardScaler().fit(train.astype(np.float64))
    x, t = (scaler.transform(v.astype(np.float64)) for v in (train, test))
    fits = []
    for l2 in (1.0, 1e-2, 1e-3):
        models = [LogisticRegression(C=1 / (l2 * N), solver="newton-cholesky", tol=1e-10).fit(x, y[:, c]) for c in range(K)]
        z = np.stack([m.decision_function(t) for m in models], 1)
        if min(np.abs(z).min(), np.diff(np.sort(z, 0), axis=0).min()) < MARGIN * np.abs(z).max():
            return None
        precisions = [average_precision_score(truth[:, c], z[:, c]) for c in range(K)]
        fits.append(dict(
            l2=l2, objective=objective(models, x, y, l2), weights=listed([m.coef_[0] for m in models]),
            intercepts=listed([m.intercept_[0] for m in models]), averagePrecisions=listed(precisions, 15),
            meanAveragePrecision=average_precision_score(truth, z, average="macro"),
            microF1=f1_score(truth, z > 0, average="micro"), macroF1=f1_score(truth, z > 0, average="macro")))
    return dict(
        seed=seed, width=D, classCount=K, train=listed(train, 6), test=listed(test, 6),
        labels=[np.flatnonzero(row).tolist() for row in y], testLabels=[np.flatnonzero(row).tolist() for row in truth],
        fits=fits)


golden = next(found for found in map(attempt, range(5000)) if found)

# Average precision by itself, with ties.
rng = np.random.default_rng(3)
cases = []
for n in (1, 2, 7, 30, 200):
    for levels in (2, 5, 1000):
        scores = rng.integers(0, levels, n) / 8
        positives = rng.random(n) < 0.3
        positives[rng.integers(n)] = True
        cases.append(dict(scores=scores.tolist(), positives=positives.tolist(),
                          value=float(average_precision_score(positives, scores))))
golden["averagePrecisions"] = cases
path = pathlib.Path("Tests/EvaluationTests/Golden/multi-label.json")
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes, seed", golden["seed"],
      [(f["objective"], f["meanAveragePrecision"], f["microF1"], f["macroF1"]) for f in golden["fits"]])
